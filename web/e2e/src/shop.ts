/** What buyers do in the shop, as they see it. */

import type { Page } from "playwright-core";
import type { Goods } from "./goods.js";
import { allowAtWechat } from "./people.js";
import { STAGE } from "./stage.js";

const PASTED = "李四，13900001111，浙江省杭州市西湖区文三路 90 号";

export async function openShop(page: Page, route: string): Promise<void> {
  await page.goto(`${STAGE.gateway}/shop/#${route}`);
}

/** From the product's page to the checkout; `press`: the button below, and in the panel. */
export async function choose(page: Page, { spu_id }: Goods, press = "立即购买"): Promise<void> {
  await openShop(page, `/products/${spu_id}`);
  await page.getByRole("button", { name: press }).first().click();
  await page.getByRole("dialog", { name: press }).getByRole("button", { name: press }).click();
}

/** Who is not signed in yet does it on the way. */
export async function signInOnTheWay(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "微信登录" }).click();
  await allowAtWechat(page, name);
}

/** At the checkout, by a text from somewhere else. */
export async function pasteAddress(page: Page): Promise<void> {
  await page.getByText("请填写收货地址").click();
  await page.getByPlaceholder(/粘贴/).fill(PASTED);
  await page.getByRole("button", { name: "识别" }).click();
  await page.getByText("识别好了，请核对").waitFor();
  await page.getByRole("button", { name: "保存地址" }).click();
  await page.getByText("李四 139****1111").waitFor();
}

/** The order's number, on the page where it is paid. */
export async function place(page: Page): Promise<string> {
  await page.getByRole("button", { name: "提交订单" }).click();
  await page.waitForURL(/#\/pay\//);
  return numberIn(page);
}

export function numberIn(page: Page): string {
  return /ord_\w+/.exec(page.url())?.[0] as string;
}

/** "¥1,234.50" -> 123450. */
export function fenIn(text: string): number {
  const found = /([−-]?)¥([\d,]+)\.(\d\d)/.exec(text);
  if (!found) throw new Error(`no amount in "${text}"`);
  return Number(`${found[2]}${found[3]}`.replace(/,/g, "")) * (found[1] ? -1 : 1);
}

/** What the rows of a price say, in fen. */
export async function rowsOf(page: Page): Promise<number[]> {
  return (await page.locator(".price-row dd").allInnerTexts()).map(fenIn);
}
