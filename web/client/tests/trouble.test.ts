/** What goes wrong between a client and the mall: signatures, clocks, sessions that end, answers that are lost. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Mall, Session, Wx } from "wechat-mall-client";
import { Phone } from "./phone.js";
import {
  browser, buyer, forMiniPrograms, goods, inStock, losing, moveIn, newName, ordersOf, refusal, signInWeb, STAGE,
  standingBetween, watched,
} from "./stage.js";

const HOUR = 3_600_000;
const FORGED = "0".repeat(64);
const NOWHERE = "http://127.0.0.1:1";

test("a refused signature does nothing, and who cannot sign in anew is told", async () => {
  const { spu_id, sku_id } = await goods(5_000, 2);
  const mall = await buyer();
  mall.enter({ ...(mall.session as Session), session_key: FORGED });
  const found = await refusal(mall.call("orders.place_order", { lines: [{ sku_id, quantity: 1 }] }));
  assert.equal(found.code, "BAD_SIGNATURE");
  assert.equal(mall.session, null);
  assert.deepEqual(await inStock(spu_id), { available: 2, held: 0 });
});

test("a refused signature is signed in anew, and the call goes on under its key", async () => {
  const { sku_id } = await goods(5_000, 2);
  const phone = new Phone(newName("forged"));
  const mall = ofPhone(phone);
  await moveIn(mall);
  mall.enter({ ...(mall.session as Session), session_key: FORGED });
  phone.sent.length = 0;
  const { order_no } = await mall.call("orders.place_order", { lines: [{ sku_id, quantity: 1 }] });
  const [first, , last] = phone.sent;
  assert.deepEqual(phone.sent.map(({ action }) => action), [
    "orders.place_order", "members.sign_in", "orders.place_order"]);
  assert.equal(first?.key, last?.key);
  assert.deepEqual(await ordersOf(mall), [order_no]);
});

test("a session that has ended hides no goods", async () => {
  const mall = await buyer();
  await ended(mall);
  assert.ok((await mall.call("catalog.list_products")).items);
  assert.equal((await refusal(mall.call("orders.list_orders"))).code, "NOT_SIGNED_IN");
});

test("a session that has ended is one sign-in for all who call at that moment", async () => {
  const phone = new Phone(newName("ended"));
  const mall = ofPhone(phone);
  await moveIn(mall);
  await ended(mall);
  phone.sent.length = 0;
  await Promise.all([mall.call("orders.list_orders"), mall.call("members.view_profile"), mall.call("carts.view_cart")]);
  assert.equal(phone.sent.filter(({ action }) => action === "members.sign_in").length, 1);
});

test("a sign-in that fails is tried anew by the next call", async () => {
  const phone = new Phone(newName("late"));
  const { Mall, mini, byLogin } = forMiniPrograms;
  let isReady = false;
  const signIn = byLogin(phone.wx);
  const mall = new Mall({
    doors: mini(phone.wx, STAGE.gateway),
    signIn: async (stranger) => (isReady ? signIn(stranger) : Promise.reject(new Error("not yet"))),
  });
  await assert.rejects(mall.call("orders.list_orders"), /not yet/);
  isReady = true;
  assert.deepEqual(await ordersOf(mall), []);
});

test("a code of wx.login that is used up is followed by a fresh one", async () => {
  const phone = new Phone(newName("code"));
  const codes = ["of-yesterday", `sim:${phone.person}`];
  const login: Wx["login"] = ({ success }) => success({ code: codes.shift() as string });
  const wx = { ...phone.wx, login };
  const { Mall, mini, byLogin } = forMiniPrograms;
  const mall = new Mall({ doors: mini(wx, STAGE.gateway), signIn: byLogin(wx) });
  assert.deepEqual(await ordersOf(mall), []);
});

for (const [words, ahead] of [["an hour behind", -HOUR], ["an hour ahead", HOUR]] as const) {
  test(`a clock that is ${words} is set by the mall's, once`, async () => {
    const { token, session_key } = (await buyer()).session as Session;
    const mall = browser({ now: () => Date.now() + ahead });
    mall.enter({ token, session_key });
    assert.equal((await watched(() => mall.call("orders.list_orders"))).length, 2);
    assert.equal((await watched(() => mall.call("orders.list_orders"))).length, 1);
  });
}

test("the mall's clock is learnt from any answer", async () => {
  const mall = browser({ now: () => Date.now() + HOUR });
  mall.enter(await signInWeb(mall, newName("early")));
  assert.equal((await watched(() => mall.call("orders.list_orders"))).length, 1);
});

test("a lost answer is asked for under the same key: a page has one order", async () => {
  const { sku_id } = await goods(5_000, 9);
  const mall = await buyer();
  const lines = [{ sku_id, quantity: 1 }];
  const sent = await watched(() => standingBetween(losing("orders.place_order", 1), async () => {
    const { order_no } = await mall.call("orders.place_order", { lines });
    assert.deepEqual(await ordersOf(mall), [order_no]);
  }));
  const orders = sent.filter(({ action }) => action === "orders.place_order").map(({ headers }) => headers);
  assert.equal(new Set(orders.map((each) => each["Idempotency-Key"])).size, 1);
  assert.equal(new Set(orders.map((each) => each["X-Mall-Nonce"])).size, 2);
});

for (const way of ["cloud", "mini"] as const) {
  test(`a lost answer is asked for under the same key: one order by ${way}`, async () => {
    const { sku_id } = await goods(5_000, 9);
    const phone = new Phone(newName("lost"));
    const mall = ofPhone(phone, way);
    await moveIn(mall);
    phone.losesAnswers = 1;
    const { order_no } = await mall.call("orders.place_order", { lines: [{ sku_id, quantity: 1 }] });
    assert.deepEqual(await ordersOf(mall), [order_no]);
    const keys = phone.sent.filter(({ action }) => action === "orders.place_order").map(({ key }) => key);
    assert.deepEqual([keys.length, new Set(keys).size], [2, 1]);
  });
}

test("when the cloud does not answer, wx.request asks for the same order and goes on", async () => {
  const { sku_id } = await goods(5_000, 9);
  const phone = new Phone(newName("fallback"));
  const { Mall, cloud, mini, byLogin } = forMiniPrograms;
  const doors = [...cloud(phone.wx.cloud), ...mini(phone.wx, STAGE.gateway)];
  const mall = new Mall({ doors, signIn: byLogin(phone.wx), pause: async () => {} });
  await mall.call("members.sign_in");
  await moveIn(mall);
  phone.losesAnswers = 1;
  const { order_no } = await mall.call("orders.place_order", { lines: [{ sku_id, quantity: 1 }] });
  assert.deepEqual(await ordersOf(mall), [order_no]);
  assert.deepEqual(phone.sent.slice(-4).map(({ by, action }) => `${by} ${action}`), [
    "request orders.place_order", "request members.sign_in", "request orders.place_order",
    "request orders.list_orders"]);
});

test("base addresses are tried in turn, and the one that answers is kept", async () => {
  const mall = browser({ doors: forMiniPrograms.web(NOWHERE, STAGE.gateway) });
  assert.equal((await watched(() => mall.call("catalog.list_products"))).length, 2);
  assert.equal((await watched(() => mall.call("catalog.list_products"))).length, 1);
});

test("an order of which nobody knows is asked for by the same wish, and the next wish is a new one", async () => {
  const { sku_id } = await goods(5_000, 9);
  const mall = await buyer();
  const wish = () => mall.call("orders.place_order", { lines: [{ sku_id, quantity: 1 }] });
  const found = await standingBetween(losing("orders.place_order", 3), () => refusal(wish()));
  assert.deepEqual([found.code, found.retryable, found.message], ["NO_ANSWER", true, "网络不给力，请稍后再试"]);
  const { order_no } = await wish();
  assert.deepEqual(await ordersOf(mall), [order_no]);
  assert.notEqual((await wish()).order_no, order_no);
  assert.equal((await ordersOf(mall)).length, 2);
});

test("a wish of long ago is another one", async () => {
  const { sku_id } = await goods(5_000, 9);
  let later = 0;
  const mall = await buyer({ now: () => Date.now() + later });
  const wish = () => mall.call("orders.place_order", { lines: [{ sku_id, quantity: 1 }] });
  const { key } = await standingBetween(losing("orders.place_order", 3), () => refusal(wish()));
  later = 11 * 60_000;
  const [first] = await watched(wish);
  assert.notEqual(first?.headers["Idempotency-Key"], key);
});

test("a key of one's own makes two calls one", async () => {
  const { sku_id } = await goods(5_000, 9);
  const mall = await buyer();
  const wish = () => mall.call("orders.place_order", { lines: [{ sku_id, quantity: 1 }] }, { key: "checkout-1" });
  const [first, second] = await Promise.all([wish(), wish()]);
  assert.equal(first.order_no, second.order_no);
});

test("a page of a gateway is no answer of the mall", async () => {
  let pages = 1;
  const sent = await watched(() => standingBetween((real) => async (url, how) =>
    pages-- > 0 ? new Response("<h1>502 Bad Gateway</h1>", { status: 502 }) : real(url, how),
    () => browser().call("catalog.list_products")));
  assert.ok(sent.length >= 1 && pages < 0);
});

test("nobody waits longer than was said", { timeout: 5_000 }, async () => {
  const { Mall, cloud } = forMiniPrograms;
  const mall = new Mall({ doors: cloud({ callFunction: () => undefined }), tries: 1 });
  assert.equal((await refusal(mall.call("catalog.list_products", {}, { seconds: 0.05 }))).code, "NO_ANSWER");
});

test("what cannot be written as UTF-8 is refused as input, and not by its signature", async () => {
  const mall = await buyer();
  const home = { phone: "13800001111", province: "广东省", city: "深圳市", district: "南山区", detail: "1 号" };
  const half = { ...home, name: "茶\ud83c" };
  assert.equal((await refusal(mall.call("members.save_address", half))).code, "BAD_INPUT");
  await mall.call("members.save_address", { ...half, name: "茶𝄞é" });
});

function ofPhone(phone: Phone, way: "cloud" | "mini" = "mini"): Mall {
  const { Mall, cloud, mini, byLogin } = forMiniPrograms;
  const doors = way === "cloud" ? cloud(phone.wx.cloud) : mini(phone.wx, STAGE.gateway);
  return new Mall({ doors, signIn: byLogin(phone.wx), pause: async () => {} });
}

/** The session ends at the mall, and the client does not know. */
async function ended(mall: Mall): Promise<void> {
  const other = browser();
  other.enter(mall.session as Session);
  await other.call("members.sign_out");
}
