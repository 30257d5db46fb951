import assert from "node:assert/strict";
import { test } from "node:test";

import { hints, priceRows, type Explanation } from "./price";

const TOLD: Explanation = {
  list_fen: 29_700 + 1_990, pay_fen: 24_990 - 100 + 300,
  lines: [
    { list_unit_fen: 9_900, unit_fen: 9_200, unit_rule: "tier", quantity: 3 },
    { list_unit_fen: 1_990, unit_fen: 1_790, unit_rule: "member_price", quantity: 1 },
  ],
  adjustments: [
    { kind: "full_reduction", part: "goods", title: "全场满减", amount_fen: 1_500 },
    { kind: "goods_coupon", part: "goods", title: "满100减20", amount_fen: 2_000 },
    { kind: "points", part: "goods", title: "积分抵扣", amount_fen: 1_000 },
    { kind: "free_shipping_coupon", part: "freight", title: "包邮券", amount_fen: 500 },
    { kind: "balance", part: "goods", title: "余额", amount_fen: 5_000 },
  ],
  freight_charges: [{ title: "快递", fee_fen: 800, waived: false }, { title: "冷链", fee_fen: 0, waived: true }],
  skipped: [
    { source_id: "prm_1", title: "全场满减", sentence: "再买 24.00 元可减 50.00 元", saves_fen: 5_000 },
    { source_id: "prm_2", title: "毛巾", sentence: "没有参加该活动的商品", saves_fen: 0 },
  ],
  undeliverable: [],
};

test("the rows say where every fen comes from, in the order in which it came about, and add up to the price", () => {
  const rows = priceRows(TOLD);
  assert.deepEqual(rows, [
    { words: "商品总价", fen: 31_690 },
    { words: "多件优惠", fen: -2_100 },
    { words: "会员价优惠", fen: -200 },
    { words: "满减：全场满减", fen: -1_500 },
    { words: "优惠券：满100减20", fen: -2_000 },
    { words: "积分抵扣", fen: -1_000 },
    { words: "运费：快递", fen: 800 },
    { words: "运费：冷链", fen: 0 },
    { words: "包邮券", fen: -500 },
  ]);
  assert.equal(rows.reduce((sum, { fen }) => sum + fen, 0), TOLD.pay_fen);
});

test("a rule that this page does not know has a row all the same", () => {
  const adjustments = [{ kind: "of_tomorrow", part: "goods", title: "新活动", amount_fen: 5 }];
  const rows = priceRows({ ...TOLD, lines: [], adjustments, freight_charges: [] });
  assert.deepEqual(rows[1], { words: "优惠：新活动", fen: -5 });
});

test("only what would save something is a hint", () => {
  assert.deepEqual(hints(TOLD), ["全场满减：再买 24.00 元可减 50.00 元"]);
});
