/** Every fen of a price, in the order in which it comes about: from the quote's explanation (docs/pricing.md). */

/** What is read of it. */
export interface Explanation {
  list_fen: number;
  pay_fen: number;
  lines: { list_unit_fen: number; unit_fen: number; unit_rule: string; quantity: number }[];
  adjustments: { kind: string; part: string; title: string; amount_fen: number }[];
  freight_charges: { title: string; fee_fen: number; waived: boolean }[];
  skipped: { source_id: string; title: string; sentence: string; saves_fen: number }[];
  undeliverable: { sentence: string }[];
}

export interface PriceRow {
  words: string;
  /** Below zero: taken off. */
  fen: number;
}

const UNIT_WORDS: { readonly [rule: string]: string | undefined } = {
  tier: "多件优惠", member_price: "会员价优惠", member_percent: "会员折扣", limited_time: "限时优惠", hook: "特惠价优惠",
  group: "拼团优惠",
};
const KIND_WORDS: { readonly [kind: string]: string | undefined } = {
  full_reduction: "满减", nth_piece: "多件折扣", member_day: "会员日", add_on: "加价购", gift: "赠品", goods_coupon: "优惠券",
  free_shipping_coupon: "包邮券", free_freight: "包邮", points: "积分抵扣", balance: "余额", price_change: "商家改价",
};

/** The rows add up to what is paid by whatever means, so the stored value is no row. */
export function priceRows(told: Explanation): PriceRow[] {
  const rows: PriceRow[] = [{ words: "商品总价", fen: told.list_fen }];
  for (const [rule, fen] of unitsOff(told)) rows.push({ words: UNIT_WORDS[rule] ?? "单价优惠", fen: -fen });
  const taken = told.adjustments.filter(({ kind, amount_fen }) => kind !== "balance" && amount_fen);
  const rowOf = ({ kind, title, amount_fen }: Explanation["adjustments"][number]) =>
    ({ words: titled(KIND_WORDS[kind] ?? "优惠", title), fen: -amount_fen });
  rows.push(...taken.filter(({ part }) => part === "goods").map(rowOf));
  for (const { title, fee_fen } of told.freight_charges) rows.push({ words: titled("运费", title), fen: fee_fen });
  rows.push(...taken.filter(({ part }) => part !== "goods").map(rowOf));
  return rows;
}

function unitsOff({ lines }: Explanation): Map<string, number> {
  const off = new Map<string, number>();
  for (const { list_unit_fen, unit_fen, unit_rule, quantity } of lines) {
    const fen = (list_unit_fen - unit_fen) * quantity;
    if (fen) off.set(unit_rule, (off.get(unit_rule) ?? 0) + fen);
  }
  return off;
}

function titled(kind: string, title: string): string {
  return !title || title === kind ? kind : `${kind}：${title}`;
}

/** What a little more would save: 再买 24.00 元可减 50.00 元. */
export function hints(told: Explanation): string[] {
  return told.skipped.filter(({ saves_fen }) => saves_fen > 0).map(({ title, sentence }) => `${title}：${sentence}`);
}
