/** What somebody is about to order (结算单): kept in this tab until it is placed, so that nothing typed is lost. */

import { reactive, watch } from "vue";

export interface DraftLine {
  sku_id: string;
  quantity: number;
  title: string;
  spec_values: string[];
  picture_url: string | null;
}

export interface Draft {
  lines: DraftLine[];
  from_cart: boolean;
  /** A group buy's. */
  activity_id: string | null;
  /** The group that is joined; none: one is opened. */
  joins_id: string | null;
  delivery: "EXPRESS" | "PICKUP";
  /** None: the default one. */
  address_id: string | null;
  /** None: the best set by itself. */
  coupon_ids: string[] | null;
  points: number;
  balance_fen: number;
  note: string;
  pickup_name: string;
  pickup_phone: string;
  /** The idempotency key under which this body was sent, so that the same order sent again is one order. */
  sent: { body: string; key: string } | null;
}

const KEPT = "mall.checkout";

function blank(): Draft {
  return {
    lines: [], from_cart: false, activity_id: null, joins_id: null, delivery: "EXPRESS", address_id: null,
    coupon_ids: null, points: 0, balance_fen: 0, note: "", pickup_name: "", pickup_phone: "", sent: null,
  };
}

export const draft: Draft = reactive({ ...blank(), ...JSON.parse(sessionStorage.getItem(KEPT) ?? "{}") as Draft });
watch(draft, (now) => sessionStorage.setItem(KEPT, JSON.stringify(now)), { deep: true, flush: "sync" });

type Begun = Pick<Draft, "lines"> & Partial<Pick<Draft, "from_cart" | "activity_id" | "joins_id">>;

export function begin(what: Begun): void {
  Object.assign(draft, blank(), what);
}

export function forget(): void {
  Object.assign(draft, blank());
}

/** The key for this order: a new one only where something of it is another. */
export function keyFor(body: string): string {
  if (draft.sent?.body !== body) draft.sent = { body, key: Array.from(crypto.getRandomValues(new Uint32Array(4))).join("-") };
  return draft.sent.key;
}
