import assert from "node:assert/strict";
import { test } from "node:test";
import type { Refused } from "wechat-mall-client";
import { draftOf, emptyDraft, inputOf, skuOf, type Row } from "./draft";

const ROW: Row = {
  group_buy_id: "gbu_1", version: 3, spu_id: "spu_1", product_title: "茶", title: "两人团", size: 2, open_hours: 24, per_member: 1,
  prices: { sku_1: 6900, sku_2: 7900 }, leader_prices: { sku_1: 5900 }, state: "ACTIVE", starts_at: "2026-11-30T16:00:00Z",
  ends_at: "2026-12-10T16:00:00Z", forming: 0, succeeded: 0, failed: 0,
};

test("what was saved and is not changed is sent as it was", () => {
  const sent = inputOf(draftOf(ROW));
  assert.deepEqual(sent.prices, [
    { sku_id: "sku_1", price_fen: 6900, leader_price_fen: 5900 }, { sku_id: "sku_2", price_fen: 7900, leader_price_fen: null },
  ]);
  assert.deepEqual([sent.starts_at, sent.version], ["2026-12-01T00:00:00+08:00", 3]);
});

test("a SKU without a price is left out, and what is no amount is sent for the mall to refuse", () => {
  const prices = {
    sku_1: { price_fen: null, leader_price_fen: null }, sku_2: { price_fen: undefined, leader_price_fen: null },
    sku_3: { price_fen: null, leader_price_fen: 100 }, sku_4: { price_fen: 100, leader_price_fen: undefined },
  };
  assert.deepEqual(inputOf({ ...emptyDraft(), prices }).prices, [
    { sku_id: "sku_2", price_fen: 0, leader_price_fen: null }, { sku_id: "sku_3", price_fen: 0, leader_price_fen: 100 },
    { sku_id: "sku_4", price_fen: 100, leader_price_fen: 0 },
  ]);
});

test("a refused price is that of a SKU, whether it is named by its place or by itself", () => {
  const sent = inputOf(draftOf(ROW));
  const told = (field: string, data: object = {}) => ({ field, data }) as Refused;
  assert.equal(skuOf(told("prices.1.price_fen"), sent), "sku_2");
  assert.equal(skuOf(told("prices", { sku_id: "sku_1" }), sent), "sku_1");
  assert.deepEqual([skuOf(told("prices"), sent), skuOf(told("title"), sent), skuOf(null, null)], [null, null, null]);
});
