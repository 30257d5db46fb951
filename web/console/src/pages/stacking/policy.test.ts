import assert from "node:assert/strict";
import { test } from "node:test";
import { mayDiffer, OFFERS, pair, policyOf, read, tableOf, type Table } from "./policy";

const SWITCHES = [[false, true], [true, true], [false, false], [true, false]] as const;

test("without a table the two switches say what combines, and it comes back as the mall writes it", () => {
  for (const [points_with_group_price, coupons_combine] of SWITCHES) {
    const policy = policyOf({ stacking: null, points_with_group_price, coupons_combine });
    assert.equal(policy.apart.includes(pair("points", "group")), !points_with_group_price);
    assert.equal(policy.apart.includes(pair("full_reduction", "goods_coupon")), !coupons_combine);
    assert.deepEqual(read(tableOf(policy)), policy);
  }
});

test("a group without a row is as usual, also towards those that have one", () => {
  const table: Table = {
    rows: [{ group: "gift", not_with: [], several: true }, { group: "nth_piece", not_with: ["gift"], several: false }],
    goods_coupons: 2, free_shipping_coupons: 1,
  };
  const policy = read(table);
  assert.deepEqual(policy.order, ["gift", "add_on", "member_day", "full_reduction", "nth_piece"]);
  assert.deepEqual(policy.several, ["gift"]);
  assert.ok([pair("hook", "gift"), pair("group", "points"), pair("nth_piece", "gift")].every((each) => policy.apart.includes(each)));
  assert.deepEqual(read(tableOf(policy)), policy);
});

test("prices are not told apart, points only from prices", () => {
  assert.deepEqual([mayDiffer("hook", "group"), mayDiffer("points", "gift"), mayDiffer("gift", "gift")], [false, false, false]);
  assert.deepEqual([mayDiffer("group", "points"), mayDiffer("gift", "goods_coupon"), OFFERS.length], [true, true, 5]);
});
