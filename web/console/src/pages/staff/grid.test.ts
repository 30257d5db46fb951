import assert from "node:assert/strict";
import { test } from "node:test";
import { ticked, tickedWhole, tickOf } from "./grid";

const ORDERS = ["orders.close_order", "orders.note_order", "orders.view_order"];

test("an action is ticked by its name, by its domain, or by all", () => {
  assert.equal(tickOf(["orders.view_order"], "orders.view_order"), "itself");
  assert.equal(tickOf(["orders.*"], "orders.view_order"), "by its domain");
  assert.equal(tickOf(["*"], "orders.view_order"), "by all");
  assert.equal(tickOf(["refunds.*"], "orders.view_order"), "no");
});

test("taking one action out of a whole domain leaves the others by their names", () => {
  assert.deepEqual(ticked(["refunds.*", "orders.*"], "orders.close_order", false, ORDERS),
    ["refunds.*", "orders.note_order", "orders.view_order"]);
});

test("ticking twice says it once, and a whole domain takes the place of its names", () => {
  assert.deepEqual(ticked(["orders.view_order"], "orders.view_order", true, ORDERS), ["orders.view_order"]);
  assert.deepEqual(tickedWhole(["orders.view_order", "refunds.*"], "orders.*", true), ["refunds.*", "orders.*"]);
  assert.deepEqual(tickedWhole(["*", "orders.*", "orders.view_order"], "orders.*", false), ["*"]);
});
