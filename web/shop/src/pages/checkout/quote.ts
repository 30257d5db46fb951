/** What the draft costs (pricing.quote_checkout), and how it is placed. */

import { watch } from "vue";
import type { Input, Output } from "wechat-mall-client";

import { useAsked, type Asked } from "../../kit/asked";
import { call } from "../../kit/mall";
import { refusalOf } from "../../kit/problems";
import { say } from "../../kit/say";
import { draft, type Draft } from "./draft";

export type Quote = Output<"pricing.quote_checkout">;

export function asked(of: Draft): Input<"pricing.quote_checkout"> {
  return {
    lines: of.lines.map(({ sku_id, quantity }) => ({ sku_id, quantity })),
    ...(of.activity_id ? { activity_id: of.activity_id } : {}),
    ...(of.joins_id ? { joins_id: of.joins_id } : {}),
    delivery: of.delivery, address_id: of.address_id, coupon_ids: of.coupon_ids, points: of.points,
    balance_fen: of.balance_fen,
  };
}

/** Again whenever the draft changes in what is priced. */
export function useQuote(): Asked<Quote> {
  const quote = useAsked(quoteDraft);
  watch(() => JSON.stringify(asked(draft)), () => draft.lines.length && quote.again());
  return quote;
}

/** Points or stored value that this order cannot take any more are left out, and that is said. */
async function quoteDraft(): Promise<Quote> {
  try {
    return await call("pricing.quote_checkout", asked(draft));
  } catch (problem) {
    const refused = refusalOf(problem);
    if (!draft.points && !draft.balance_fen) throw problem;
    if (refused.field !== "points" && refused.field !== "balance_fen") throw problem;
    say(refused.message);
    draft[refused.field] = 0;
    return call("pricing.quote_checkout", asked(draft));
  }
}

/** The order as it was shown: another price, or other goods, is told and not placed. */
export function orderOf(of: Draft, quote: Quote): Input<"orders.place_order"> {
  const person = of.delivery === "PICKUP" && (of.pickup_name || of.pickup_phone)
    ? { pickup_name: of.pickup_name, pickup_phone: of.pickup_phone } : {};
  return {
    ...asked(of), ...person, expected_pay_fen: quote.pay_fen, seen: quote.seen, from_cart: of.from_cart, note: of.note,
  };
}
