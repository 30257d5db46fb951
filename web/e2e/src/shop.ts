/** What buyers do in the shop, each by its buttons. */

import type { Page } from "playwright-core";
import type { Goods } from "./goods.js";
import { asBuyer, moveIn, signInAsBuyer } from "./people.js";
import { STAGE } from "./stage.js";

/** A member with an address, signed in to the shop. */
export async function comeToBuy(page: Page): Promise<string> {
  const name = await signInAsBuyer(page);
  await moveIn(await asBuyer(name));
  return name;
}

/** From the product's page to the page on which it is paid; the order's number. */
export async function orderNow(page: Page, goods: Goods): Promise<string> {
  await toCheckout(page, goods);
  await page.getByRole("button", { name: "提交订单" }).click();
  return payPage(page);
}

export async function toCheckout(page: Page, { spu_id }: Goods): Promise<void> {
  await page.goto(`${STAGE.gateway}/shop/#/products/${spu_id}`);
  await page.getByRole("button", { name: "立即购买" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "立即购买" }).click();
  await page.waitForURL("**/shop/#/checkout");
}

/** The page that asks for the payment is there; the order's number. */
export async function payPage(page: Page): Promise<string> {
  await page.waitForURL(/#\/pay\/ord_/);
  return /#\/pay\/(\w+)/.exec(page.url())![1] as string;
}
