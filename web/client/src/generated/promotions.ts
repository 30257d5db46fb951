// Written by `python -m infra.web generate` from the functions; changes here are lost.

import type { Moment } from "./kinds.js";

/** End a promotion before its time (结束活动): from the next price on it takes nothing off. */
export declare namespace end_promotion {
  interface EndPromotion {
    /** at least 1 letters, at most 64 letters */
    promotion_id: string;
  }

  interface Nothing {}
}

/** The seller's promotions (活动列表), the newest first. */
export declare namespace list_promotions {
  interface ListPromotions {
    /** this one alone · at least 1 letters, at most 64 letters */
    promotion_id?: string | null;
    state?: "ACTIVE" | "ENDED" | null;
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface Promotion {
    promotion_id: string;
    /** to be sent back with a change */
    version: number;
    kind: string;
    title: string;
    /** 满300.00减50.00, 第二件半价 */
    offer: string;
    /** as it was saved: the fields of its kind */
    document: { [name: string]: unknown };
    state: string;
    starts_at: Moment;
    ends_at: Moment;
  }

  interface Promotions {
    items: Promotion[];
    next_cursor: string | null;
  }
}

/** Make or change a promotion (营销活动): its kind and what it gives, on what, and when. */
export declare namespace save_promotion {
  interface GiftGood {
    /** at least 1 letters, at most 64 letters */
    sku_id: string;
    /** from 1, to 9999 · default 1 */
    quantity?: number;
  }

  interface Good {
    /** at least 1 letters, at most 64 letters */
    sku_id: string;
    /** from 0, to 10000000000 */
    price_fen: number;
  }

  interface Scope {
    /** default "all" */
    kind?: "all" | "goods" | "categories";
    /** SPU ids or category ids · at most 200 · default [] */
    ids?: string[];
  }

  interface Step {
    /** from 1, to 10000000000 */
    threshold_fen: number;
    /** from 1, to 10000000000 */
    off_fen: number;
  }

  interface SavePromotion {
    /** default "full_reduction" */
    kind?: "full_reduction" | "limited_time" | "nth_piece" | "member_day" | "add_on" | "gift" | "hook";
    /** which goods take part, or count; absent: all */
    scope?: Scope | null;
    /** the higher takes a line first · from 0, to 1000 */
    priority?: number | null;
    /** every full threshold or every n-th piece counts (每满减) */
    repeats?: boolean | null;
    /** at least 1, at most 10 */
    steps?: Step[] | null;
    /** of add_on and gift · from 1, to 10000000000 */
    threshold_fen?: number | null;
    /** at a price of their own · at least 1, at most 50 */
    goods?: Good[] | null;
    /** at least 1, at most 5 */
    gifts?: GiftGood[] | null;
    /** what is paid: of the goods, or of the n-th piece · from 0, to 99 */
    percent?: number | null;
    /** from 2, to 20 */
    nth?: number | null;
    /** pieces of all goods are counted together, not of each SKU by themselves */
    together?: boolean | null;
    /** pieces of an order (add_on), of a person ever (hook) · from 1, to 99 */
    most?: number | null;
    new_members_only?: boolean | null;
    /** 1: Monday · at least 1, at most 7 */
    weekdays?: number[] | null;
    /** absent: of all levels · at most 10 */
    levels?: string[] | null;
    /** none: a new one · at least 1 letters, at most 64 letters */
    promotion_id?: string | null;
    /** of a change: the version that was read · from 1, to 1000000000 */
    version?: number | null;
    /** at least 1 letters, at most 64 letters */
    title: string;
    starts_at: Moment;
    ends_at: Moment;
  }

  interface PromotionSaved {
    promotion_id: string;
    version: number;
  }
}
