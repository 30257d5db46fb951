/** Where the price of one piece comes from; the base price needs no word. */
export const RULE_WORDS: { readonly [rule: string]: string | undefined } = {
  tier: "多件价",
  member_price: "会员价",
  member_percent: "会员折扣",
  limited_time: "限时价",
  hook: "特惠价",
  group: "拼团价",
};
