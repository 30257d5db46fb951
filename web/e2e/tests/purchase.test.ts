/** A purchase from both sides: the shop on a phone, the console at a desk. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import {
  asOwner, comeToBuy, goods, orderNow, payAtSimulator, PHONE, scene, signInAsOwner, STAGE, toCheckout,
} from "../src/index.js";

scene("somebody buys on a phone, the owner ships at the desk, the parcel is received", async ({ browser }) => {
  const tea = await goods(8_800, 3);
  const [phone, desk] = await Promise.all([browser(PHONE), browser()]);
  await Promise.all([comeToBuy(phone), signInAsOwner(desk)]);
  const order_no = await orderNow(phone, tea);
  await payAtSimulator(phone);
  await ship(desk, order_no);
  await phone.goto(`${STAGE.gateway}/shop/#/orders/${order_no}`);
  await phone.getByText("SF1234567890123").first().waitFor();
  await phone.getByRole("button", { name: "确认收货" }).click();
  await phone.getByRole("dialog").getByRole("button", { name: "确认收货" }).click();
  await phone.getByRole("button", { name: "申请发票" }).waitFor();
  const { order } = await (await asOwner()).call("orders.view_order", { order_no });
  assert.deepEqual([order.state, order.price.list_fen], ["RECEIVED", 8_800]);
});

/** At the console's page of the order. */
async function ship(desk: Page, order_no: string): Promise<void> {
  await desk.goto(`${STAGE.gateway}/console/#/orders/${order_no}`);
  await desk.getByRole("button", { name: "发货", exact: true }).click();
  const form = desk.locator("form").filter({ hasText: "运单号" });
  await form.getByRole("combobox").click();
  await desk.getByRole("option", { name: /顺丰/ }).first().click();
  await form.getByLabel("运单号").fill("SF1234567890123");
  await form.getByRole("button", { name: "发货" }).click();
  await desk.getByText("已发货").first().waitFor();
}

scene("who presses twice on ordering and on paying has one order and pays once", async ({ browser }) => {
  const tea = await goods(5_600, 3);
  const phone = await browser(PHONE);
  await comeToBuy(phone);
  await toCheckout(phone, tea);
  await phone.getByRole("button", { name: "提交订单" }).dblclick();
  await phone.waitForURL(/#\/pay\/ord_/);
  await phone.getByRole("button", { name: "在此设备上用微信支付" }).dblclick();
  await phone.getByRole("button", { name: "支付" }).dblclick();
  await phone.getByRole("link", { name: "返回商家" }).click();
  await phone.getByText("支付成功").waitFor();
  const shop = await asOwner();
  const { items } = await shop.call("orders.search_orders", { sku_id: tea.sku_id });
  assert.deepEqual(items.map(({ order }) => order.state), ["TO_SHIP"]);
  assert.equal((await shop.call("stock.list_stock", { spu_id: tea.spu_id })).items[0]!.available, 2);
});
