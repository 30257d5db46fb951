/** Ways to pay: in WeChat's own browser, for two sellers at once, and with stored value. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import {
  asBuyer, asOwner, comeToBuy, goods, newName, orderNow, payAtSimulator, payPage, PHONE, scene, seller, STAGE, thumb, toCheckout,
} from "../src/index.js";

const IN_WECHAT = {
  ...PHONE,
  userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 "
    + "MicroMessenger/8.0.50(0x18003237) NetType/WIFI Language/zh_CN",
};

interface Asked {
  package: string;
  appId: string;
  signType: string;
}

/** As WeChat's browser brings it: the person turns away the first time, and pays the second. */
async function bringBridge(page: Page): Promise<Asked[]> {
  const asked: Asked[] = [];
  await page.exposeFunction("wechatAsks", async (request: Asked) => {
    asked.push(request);
    if (asked.length === 1) return "get_brand_wcpay_request:cancel";
    await thumb(request.package.replace("prepay_id=", ""));
    return "get_brand_wcpay_request:ok";
  });
  await page.addInitScript(() => {
    const told = globalThis as unknown as { wechatAsks(request: unknown): Promise<string>; WeixinJSBridge: unknown };
    told.WeixinJSBridge = {
      invoke: (name: string, request: unknown, done: (answer: { err_msg: string }) => void) =>
        void (name === "getBrandWCPayRequest" && told.wechatAsks(request).then((err_msg) => done({ err_msg }))),
    };
  });
  return asked;
}

scene("in the service account's browser one pays by WeChat's own dialog, also after turning away from it", async ({ browser }) => {
  const page = await browser(IN_WECHAT);
  const asked = await bringBridge(page);
  await comeToBuy(page);
  const order_no = await orderNow(page, await goods());
  const pay = page.getByRole("button", { name: "微信支付", exact: true });
  await pay.click();
  await page.getByText("还没有支付").waitFor();
  await pay.click();
  await page.getByText("支付成功").waitFor();
  assert.deepEqual([asked.length, asked[0]!.signType], [2, "RSA"]);
  assert.equal((await (await asOwner()).call("orders.view_order", { order_no })).order.state, "TO_SHIP");
});

scene("goods of two sellers are paid for together, and each sees its own order", async ({ browser }) => {
  const other = await seller();
  const [cup, leaf] = [await goods(2_000), await goods(6_000, 5, newName("叶"), other.inside)];
  const page = await browser(PHONE);
  const name = await comeToBuy(page);
  const buyer = await asBuyer(name);
  for (const { sku_id } of [cup, leaf]) await buyer.call("carts.put_cart_item", { sku_id, quantity: 1 });
  await page.goto(`${STAGE.gateway}/shop/#/cart`);
  await page.getByText(other.name).waitFor();
  await page.getByRole("button", { name: "结算(2)" }).click();
  await page.getByText(other.name).waitFor();
  await page.getByRole("button", { name: "提交订单" }).click();
  const order_no = await payPage(page);
  await page.getByText("2 个订单一起支付").waitFor();
  await payAtSimulator(page);
  const { items } = await buyer.call("orders.list_orders", {});
  assert.deepEqual(items.map(({ order }) => order.state), ["TO_SHIP", "TO_SHIP"]);
  assert.ok(items.some(({ order }) => order.order_no === order_no));
  const [mine] = (await other.inside.call("orders.search_orders", { sku_id: leaf.sku_id })).items;
  assert.deepEqual(mine!.order.lines.map(({ title }) => title), [leaf.title]);
});

scene("stored value is topped up and pays a part of an order, WeChat the rest", async ({ browser }) => {
  const page = await browser(PHONE);
  const name = await comeToBuy(page);
  await page.goto(`${STAGE.gateway}/shop/#/me/wallet`);
  await page.getByRole("button", { name: "充值" }).click();
  const sheet = page.getByRole("dialog", { name: "充值" });
  await sheet.getByLabel("金额").fill("50");
  await sheet.getByRole("button", { name: "去支付" }).click();
  await sheet.getByRole("button", { name: "在此设备上用微信支付" }).click();
  await page.getByRole("button", { name: "支付" }).click();
  await page.getByRole("link", { name: "返回商家" }).click();
  await page.locator(".sum", { hasText: "¥50.00" }).waitFor();
  await toCheckout(page, await goods(12_000));
  await page.locator(".van-field", { hasText: "余额" }).getByRole("button", { name: "全用" }).click();
  await page.getByText("¥70.00").first().waitFor();
  await page.getByRole("button", { name: "提交订单" }).click();
  const order_no = await payPage(page);
  await payAtSimulator(page);
  const { order } = await (await asBuyer(name)).call("orders.get_order", { order_no });
  assert.deepEqual([order.state, order.price.pay_fen, order.price.balance_fen], ["TO_SHIP", 12_000, 5_000]);
  await page.goto(`${STAGE.gateway}/shop/#/me/wallet`);
  await page.locator(".sum", { hasText: "¥0.00" }).waitFor();
});
