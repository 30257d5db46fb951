import assert from "node:assert/strict";
import { test } from "node:test";

import { filtersOf, priceWords } from "./filters";
import { pathTo } from "./tree";

test("the address says what is shown", () => {
  assert.deepEqual(filtersOf({ q: "茶", tag: "送礼", category: "cat_1", sort: "price_low", from: "10", to: "20.5" }), {
    keyword: "茶", tag: "送礼", category_id: "cat_1", sort: "price_low", price_from_fen: 1_000, price_to_fen: 2_050,
  });
});

test("what an address says wrongly is left out", () => {
  assert.deepEqual(filtersOf({ q: "", sort: "by_magic", from: "-1", to: "abc", tag: ["a", "b"] }), { sort: "newest" });
  assert.equal(filtersOf({ q: "长".repeat(100) }).keyword?.length, 64);
});

test("a price is said in yuan", () => {
  assert.equal(priceWords({}), "");
  assert.equal(priceWords({ price_from_fen: 1_000 }), "10.00 元以上");
  assert.equal(priceWords({ price_to_fen: 0 }), "0.00 元以下");
  assert.equal(priceWords({ price_from_fen: 1_000, price_to_fen: 2_000 }), "10.00-20.00 元");
});

test("the way down a tree to a category", () => {
  const leaf = { category_id: "c", name: "杯具", children: [] };
  const middle = { category_id: "b", name: "厨房", children: [leaf] };
  const top = { category_id: "a", name: "家居", children: [middle] };
  const tree = [{ category_id: "x", name: "食品", children: [] }, top];
  assert.deepEqual(pathTo(tree, "c"), [top, middle, leaf]);
  assert.deepEqual(pathTo(tree, "a"), [top]);
  assert.deepEqual(pathTo(tree, "gone"), []);
  assert.deepEqual(pathTo(tree, null), []);
});
