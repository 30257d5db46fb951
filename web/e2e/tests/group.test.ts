/** A group buy of two, by two people with a browser each. */

import type { Page } from "playwright-core";
import { asVisitor, comeToBuy, payAtSimulator, payPage, PHONE, scene, STAGE } from "../src/index.js";

scene("one opens a group of two, the other joins by its address, and both will be shipped to", async ({ browser }) => {
  const [first, second] = await Promise.all([browser(PHONE), browser(PHONE)]);
  await Promise.all([comeToBuy(first), comeToBuy(second)]);
  const spu_id = await cable();
  await first.goto(`${STAGE.gateway}/shop/#/products/${spu_id}`);
  await first.getByRole("button", { name: "发起拼团" }).click();
  await choose(first, "1米");
  await first.getByRole("button", { name: "提交订单" }).click();
  await payPage(first);
  await payAtSimulator(first);
  await first.getByRole("link", { name: "邀请好友" }).or(first.getByRole("button", { name: "邀请好友" })).click();
  await first.getByText("待加入").waitFor();
  const invitation = first.url();
  await second.goto(invitation);
  await second.getByRole("button", { name: "参团" }).click();
  await choose(second, "1米");
  await second.getByRole("button", { name: "提交订单" }).click();
  await payPage(second);
  await payAtSimulator(second);
  await second.goto(invitation);
  await second.getByText("拼团成功").first().waitFor();
});

const TITLE = "编织快充数据线";

async function choose(page: Page, value: string): Promise<void> {
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("button", { name: value }).click();
  await sheet.getByRole("button", { name: /拼团|参团/ }).click();
  await page.waitForURL("**/shop/#/checkout");
}

/** The demo shop's product that two buy together. */
async function cable(): Promise<string> {
  const { items } = await asVisitor().call("catalog.list_products", { keyword: TITLE });
  return items.find(({ title }) => title === TITLE)!.spu_id;
}
