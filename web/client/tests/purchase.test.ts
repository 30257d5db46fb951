/** A whole purchase by each way: address, quote, order, payment, parcel, receipt. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Mall, Wx } from "wechat-mall-client";
import { Phone } from "./phone.js";
import {
  browser, forMiniPrograms, goods, inStock, moveIn, newName, signInWeb, staff, STAGE, thumb, until,
} from "./stage.js";

type Pays = (params: Record<string, string>) => Promise<unknown>;

async function purchase(mall: Mall, pays: Pays): Promise<void> {
  const { spu_id, sku_id } = await goods(15_900, 10);
  await moveIn(mall);
  const lines = [{ sku_id, quantity: 2 }];
  const quote = await mall.call("pricing.quote_checkout", { lines });
  const placed = await mall.call("orders.place_order", { lines, expected_pay_fen: quote.pay_fen });
  assert.equal(placed.pay_fen, quote.pay_fen);
  assert.deepEqual(await inStock(spu_id), { available: 8, held: 2 });
  const { order_no } = placed;
  const started = await mall.call("payments.start_payment", { order_no });
  assert.equal(started.amount_fen, placed.pay_fen);
  await pays(started.request_payment as Record<string, string>);
  const state = async () => (await mall.call("orders.get_order", { order_no })).order.state;
  await until(state, "TO_SHIP");
  const shipped = await (await staff()).call("fulfilment.ship_orders", {
    parcels: [{ order_no, carrier: "SF", tracking_no: newName("SF").replace(/-/g, "") }],
  });
  assert.ok("shipped" in shipped && shipped.shipped === 1);
  await mall.call("orders.confirm_receipt", { order_no });
  assert.equal(await state(), "RECEIVED");
  assert.deepEqual(await inStock(spu_id), { available: 8, held: 0 });
}

test("a mini program buys by cloud calls, and signs nothing", async () => {
  const phone = new Phone(newName("cloud"));
  const { Mall, cloud, byLogin } = forMiniPrograms;
  const mall = new Mall({ doors: cloud(phone.wx.cloud), signIn: byLogin(phone.wx) });
  await purchase(mall, (params) => phone.wx.requestPayment(params as never));
  assert.deepEqual([...new Set(phone.sent.map(({ by }) => by))], ["cloud"]);
});

test("a mini program buys by wx.request, and is signed in without a word", async () => {
  const phone = new Phone(newName("mini"));
  const { Mall, mini, byLogin, inWx } = forMiniPrograms;
  const mall = new Mall({ doors: mini(phone.wx, STAGE.gateway), signIn: byLogin(phone.wx), keeper: inWx(phone.wx) });
  await purchase(mall, (params) => phone.wx.requestPayment(params as never));
  assert.equal(phone.sent.filter(({ action }) => action === "members.sign_in").length, 1);
  const again = new Mall({ doors: mini(phone.wx, STAGE.gateway), keeper: inWx(phone.wx) }); // the app is opened anew
  assert.ok((await again.call("orders.list_orders")).items.length === 1);
});

test("a page buys by fetch", async () => {
  const mall = browser();
  mall.enter(await signInWeb(mall, newName("web")));
  await purchase(mall, (params) => thumb(String(params["package"])));
});

test("one person is one member by every way", async () => {
  const { Mall, cloud, mini, byLogin } = forMiniPrograms;
  const phone = new Phone(newName("one"));
  const member = async (mall: Mall) => (await mall.call("members.view_profile")).member_id;
  const byCloud = new Mall({ doors: cloud(phone.wx.cloud) });
  await byCloud.call("members.sign_in");
  const page = browser();
  page.enter(await signInWeb(page, phone.person));
  const byRequest = new Mall({ doors: mini(phone.wx, STAGE.gateway), signIn: byLogin(phone.wx) });
  const found = [byCloud, byRequest, page].map(member);
  assert.equal(new Set(await Promise.all(found)).size, 1);
});

test("what is used of wx, the real one has", () => {
  const takes = (wx: Wx, cloud: Parameters<typeof forMiniPrograms.cloud>[0]) => [wx, cloud].length;
  assert.equal((takes satisfies (wx: WechatMiniprogram.Wx, cloud: WxCloud) => number).length, 2);
});
