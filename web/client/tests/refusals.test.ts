/** Every class of error as the client tells it: what it says, and whether it asks again. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { isWaiting, type Refused } from "wechat-mall-client";
import { Phone } from "./phone.js";
import {
  browser, buyer, forMiniPrograms, goods, inStock, newName, ordersOf, post, refusal, staff, STAGE, standingBetween,
  watched,
} from "./stage.js";

test("bad input names its field (400)", async () => {
  const mall = await buyer();
  const found = await refusal(mall.call("orders.place_order", { lines: [] }));
  assert.deepEqual([found.code, found.field, found.retryable], ["BAD_INPUT", "lines", false]);
  assert.match(found.message, /数量太少/);
  assert.ok(found.request_id && found.key && found.action === "orders.place_order");
});

test("who is not signed in is told so (401)", async () => {
  assert.equal((await refusal(browser().call("orders.list_orders"))).code, "NOT_SIGNED_IN");
});

test("who may not is told which permission it takes (403)", async () => {
  const shop = await staff();
  const role = await shop.call("staff.save_role", { name: newName("role"), permissions: ["orders.search_orders"] });
  const account = { username: newName("clerk"), password: "Zq8-blue-kettle-41" };
  if (isWaiting(role)) throw new Error(role.says);
  await shop.call("staff.save_staff", { ...account, display_name: "小王", role_id: role.role_id });
  const clerk = browser();
  clerk.enter(await clerk.call("staff.sign_in_staff", account));
  const found = await refusal(clerk.call("stock.list_stock", {}));
  assert.deepEqual([found.code, found.data], ["NOT_ALLOWED", { permission: "stock.list_stock" }]);
  const { Mall, cloud } = forMiniPrograms;
  const byCloud = new Mall({ doors: cloud(new Phone(newName("clerk")).wx.cloud) });
  assert.equal((await refusal(byCloud.call("staff.sign_in_staff", account))).code, "OVER_HTTP_ONLY");
});

test("what is not there is not found (404)", async () => {
  const mall = await buyer();
  assert.equal((await refusal(mall.call("orders.get_order", { order_no: "ord_nothing" }))).code, "ORDER_NOT_FOUND");
});

test("one key for two things is a conflict (409)", async () => {
  const { sku_id } = await goods(5_000, 5);
  const mall = await buyer();
  const key = newName("key");
  await mall.call("orders.place_order", { lines: [{ sku_id, quantity: 1 }] }, { key });
  const other = mall.call("orders.place_order", { lines: [{ sku_id, quantity: 2 }] }, { key });
  assert.equal((await refusal(other)).code, "IDEMPOTENCY_KEY_REUSED");
  assert.equal((await ordersOf(mall)).length, 1);
});

test("a broken rule says what is left (422)", async () => {
  const { spu_id, sku_id } = await goods(5_000, 2);
  const mall = await buyer();
  const found = await refusal(mall.call("orders.place_order", { lines: [{ sku_id, quantity: 3 }] }));
  assert.equal(found.code, "OUT_OF_STOCK");
  assert.deepEqual(await inStock(spu_id), { available: 2, held: 0 });
});

test("who tries too often is sent away at once, with the minutes (429)", async () => {
  const mall = await buyer();
  const tries = async () => (await refusal(mall.call("coupons.redeem_code", { code: "AAAA-BBBB-CCCC-DDDD" }))).code;
  for (let left = 30; left && (await tries()) !== "TOO_MANY_TRIES"; left--);
  const sent = await watched(async () => {
    const found = await refusal(mall.call("coupons.redeem_code", { code: "AAAA-BBBB-CCCC-DDDD" }));
    assert.equal(found.code, "TOO_MANY_TRIES");
    assert.ok((found.data["minutes"] as number) > 0 && found.retryable);
  });
  assert.equal(sent.length, 1);
});

test("what the outside did not answer is asked again under one key, also by whoever asks anew (503)", async () => {
  const { sku_id } = await goods(5_000, 2);
  const mall = await buyer();
  const { order_no } = await mall.call("orders.place_order", { lines: [{ sku_id, quantity: 1 }] });
  await post(`${STAGE.pay}/_sim/faults`, { rules: [{ at: "create", do: "500", times: null }] });
  let failed: Refused | undefined;
  const sent = await watched(async () => {
    failed = await refusal(mall.call("payments.start_payment", { order_no }));
  });
  await fetch(`${STAGE.pay}/_sim/faults`, { method: "DELETE" });
  assert.ok(failed!.retryable && failed!.code === "PAY_OUTCOME_UNKNOWN", failed!.code);
  assert.equal(sent.length, 3);
  const later = await watched(() => mall.call("payments.start_payment", { order_no }));
  const keys = [...sent, ...later].map(({ headers }) => headers["Idempotency-Key"]);
  assert.deepEqual([...new Set(keys)], [failed!.key]);
});

test("a fault of the mall's own is said in a general sentence, and not asked again (500)", async () => {
  const error = { code: "INTERNAL", message: "系统开小差了，请稍后再试", field: null, data: {}, retryable: false };
  let asked = 0;
  await standingBetween(() => async () => {
    asked++;
    return new Response(JSON.stringify({ ok: false, error, request_id: "req_1" }), { status: 500 });
  }, async () => {
    const found = await refusal(browser().call("catalog.list_products"));
    assert.deepEqual([found.code, found.message, asked], ["INTERNAL", error.message, 1]);
  });
});
