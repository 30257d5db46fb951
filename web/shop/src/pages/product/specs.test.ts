import assert from "node:assert/strict";
import { test } from "node:test";

import { atFirst, isOpen, missing, skuOf } from "./specs";

const SPECS = [{ name: "颜色", values: ["白", "黑"] }, { name: "尺码", values: ["M", "L"] }, { name: "版型", values: ["常规"] }];
const SKUS = [
  { sku_id: "1", spec_values: ["白", "M", "常规"], stock: "IN_STOCK" },
  { sku_id: "2", spec_values: ["白", "L", "常规"], stock: "SOLD_OUT" },
  { sku_id: "3", spec_values: ["黑", "L", "常规"], stock: "FEW_LEFT" },
];

test("what has one value needs no choice", () => {
  assert.deepEqual(atFirst(SPECS), [null, null, "常规"]);
  assert.equal(missing(SPECS, atFirst(SPECS)), "请选择 颜色 尺码");
});

test("a product without specifications is its only SKU", () => {
  const only = { sku_id: "1", spec_values: [], stock: "IN_STOCK" };
  assert.equal(skuOf([only], atFirst([])), only);
  assert.equal(missing([], []), "");
});

test("a value is open as long as something that is there can be bought with it", () => {
  const chosen = ["白", null, "常规"];
  assert.equal(isOpen(SKUS, chosen, 1, "M"), true);
  assert.equal(isOpen(SKUS, chosen, 1, "L"), false); // sold out
  assert.equal(isOpen(SKUS, ["黑", null, "常规"], 1, "M"), false); // there is none
  assert.equal(isOpen(SKUS, [null, "L", "常规"], 0, "黑"), true);
  assert.equal(isOpen(SKUS, ["白", "M", "常规"], 0, "黑"), false);
});

test("when all is chosen there is one SKU, or none", () => {
  assert.equal(skuOf(SKUS, ["黑", "L", "常规"])?.sku_id, "3");
  assert.equal(skuOf(SKUS, ["黑", "M", "常规"]), null);
  assert.equal(skuOf(SKUS, ["黑", null, "常规"]), null);
});
