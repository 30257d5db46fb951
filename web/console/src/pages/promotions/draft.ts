/** A promotion while it is edited, and the fields that its kind has. */

import { moment } from "mall-common/time";
import type { Input } from "wechat-mall-client";
import type { RowOf } from "../../kit/list";
import type { Words } from "../../shell/words";

type Saved = Input<"promotions.save_promotion">;
export type Kind = NonNullable<Saved["kind"]>;
export type Terms = Omit<Saved, "promotion_id" | "version" | "title" | "starts_at" | "ends_at">;
export type Part = Exclude<keyof Terms, "kind">;
type Fen = number | null | undefined;

export interface Draft {
  promotion_id: string | null;
  version: number | null;
  title: string;
  starts_at: string;
  ends_at: string;
  kind: Kind;
  scope: { kind: "all" | "goods" | "categories"; ids: string[] };
  priority: number;
  repeats: boolean;
  together: boolean;
  new_members_only: boolean;
  steps: { threshold_fen: Fen; off_fen: Fen }[];
  threshold_fen: Fen;
  goods: { sku_id: string | null; price_fen: Fen }[];
  gifts: { sku_id: string | null; quantity: number }[];
  percent: number | null;
  nth: number;
  most: number;
  weekdays: number[];
  levels: string[];
}

export const KINDS: Record<Kind, { name: Words; says: Words; parts: readonly Part[] }> = {
  full_reduction: {
    name: { zh: "满减", en: "Full reduction" }, parts: ["steps", "repeats", "scope", "priority"],
    says: { zh: "商品满一个金额减一个金额，按达到的最高一档算。", en: "From so much on so much off, by the best step that is reached." },
  },
  limited_time: {
    name: { zh: "限时折扣", en: "Limited-time price" }, parts: ["percent", "goods", "scope"],
    says: { zh: "活动期间的折扣或指定规格的价格，二选一；买家得最低价。", en: "A percent, or prices for some SKUs; the lowest price counts." },
  },
  nth_piece: {
    name: { zh: "第 N 件优惠", en: "N-th piece" }, parts: ["nth", "percent", "together", "repeats", "scope", "priority"],
    says: { zh: "每第 N 件按折扣付，从贵的数起：第 2 件付 50% 即第二件半价。", en: "Every n-th piece at a percent, counted from the dearest." },
  },
  member_day: {
    name: { zh: "会员日", en: "Member day" }, parts: ["weekdays", "levels", "percent", "scope", "priority"],
    says: { zh: "每周固定几天，会员按折扣付。", en: "On some weekdays members pay a percent." },
  },
  add_on: {
    name: { zh: "加价购", en: "Add-on" }, parts: ["threshold_fen", "goods", "most", "scope", "priority"],
    says: { zh: "其他商品满一个金额，可用优惠价加购。", en: "From so much of other goods on, some SKUs at a price." },
  },
  gift: {
    name: { zh: "满赠", en: "Gift" }, parts: ["threshold_fen", "gifts", "scope", "priority"],
    says: { zh: "商品满一个金额，送赠品；有一样赠品没货就都不送。", en: "From so much on gifts come with it; when one has run out, none do." },
  },
  hook: {
    name: { zh: "引流品", en: "Hook product" }, parts: ["goods", "most", "new_members_only"],
    says: { zh: "每人限购几件的低价商品，不与其他优惠同享。", en: "A low price for so many pieces of one person, with no other offer." },
  },
};

export function emptyDraft(): Draft {
  return {
    promotion_id: null, version: null, title: "", starts_at: "", ends_at: "", kind: "full_reduction", scope: { kind: "all", ids: [] },
    priority: 0, repeats: false, together: true, new_members_only: false, steps: [{ threshold_fen: null, off_fen: null }],
    threshold_fen: null, goods: [], gifts: [], percent: null, nth: 2, most: 1, weekdays: [], levels: [],
  };
}

/** Of a promotion as the list has it. */
export function draftOf(row: RowOf<"promotions.list_promotions">): Draft {
  const { promotion_id, version, title, starts_at, ends_at, document } = row;
  const kept = JSON.parse(JSON.stringify(document)) as Partial<Draft>;
  return {
    ...emptyDraft(), ...kept, promotion_id, version, title, kind: row.kind as Kind, starts_at: moment(starts_at), ends_at: moment(ends_at),
  };
}

/** The fields of its kind in which something stands. */
export function termsOf(draft: Draft): Terms {
  const filled = {
    ...draft, goods: draft.goods.filter(({ sku_id }) => sku_id), gifts: draft.gifts.filter(({ sku_id }) => sku_id),
    steps: draft.steps.map(({ threshold_fen, off_fen }) => ({ threshold_fen: threshold_fen ?? 0, off_fen: off_fen ?? 0 })),
  };
  const pairs = KINDS[draft.kind].parts.map((part) => [part, filled[part]] as const);
  const said = pairs.filter(([, value]) => value !== null && value !== undefined && !(Array.isArray(value) && !value.length));
  return { kind: draft.kind, ...Object.fromEntries(said) } as Terms;
}
