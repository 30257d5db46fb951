// Written by `python -m infra.web generate` from the functions; changes here are lost.

import type { Moment } from "./kinds.js";

/** Change the price of an order that is not paid yet (改价): goods for less, freight for less or waived. */
export declare namespace adjust_order_price {
  interface AdjustOrderPrice {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
    /** what all goods together shall cost; absent: as it is · from 0, to 10000000000 */
    goods_fen?: number | null;
    /** what the freight shall cost, 0 waives it; absent: as it is · from 0, to 10000000000 */
    freight_fen?: number | null;
    /** what was to be paid when this was decided: refused when it has changed · from 0, to 10000000000 */
    seen_pay_fen: number;
    /** at least 1 letters, at most 128 letters */
    reason: string;
  }

  interface OrderPriceAdjusted {
    order_no: string;
    /** as it was; or paid at once when nothing is left to pay */
    state: string;
    goods_fen: number;
    freight_fen: number;
    pay_fen: number;
  }
}

/** Cancel a rehearsal that is under way (取消预演): what it found so far stays. */
export declare namespace cancel_rehearsal {
  interface CancelRehearsal {
    /** at least 1 letters, at most 64 letters */
    rehearsal_id: string;
  }

  interface Nothing {}
}

/** Explain the price of an order (价格明细): the explanation that was stored when it was placed. */
export declare namespace explain_price {
  interface ExplainPrice {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
  }

  interface PriceExplained {
    order_no: string;
    pay_fen: number;
    /** each fen's rule, line and share, and why others did not apply */
    explanation: { [name: string]: unknown };
  }
}

/** The seller's freight templates (运费模板列表). */
export declare namespace list_freight_templates {
  interface Nothing {}

  interface FreightTemplate {
    freight_template_id: string;
    /** to be sent back with a change */
    version: number;
    name: string;
    /** by, rates, undeliverable */
    document: { [name: string]: unknown };
    is_default: boolean;
  }

  interface FreightTemplates {
    items: FreightTemplate[];
  }
}

/** The seller's rehearsals over whole periods (预演列表), the newest first, each with how far it has come. */
export declare namespace list_rehearsals {
  interface ListRehearsals {
    state?: "RUNNING" | "DONE" | "CANCELLED" | "FAILED" | null;
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface RehearsalRow {
    rehearsal_id: string;
    title: string;
    state: string;
    percent_done: number;
    placed_from: Moment;
    placed_until: Moment;
    created_at: Moment;
    finished_at: Moment | null;
  }

  interface Rehearsals {
    items: RehearsalRow[];
    next_cursor: string | null;
  }
}

/** Price what a buyer is about to order (结算页): every fen explained, nothing held. */
export declare namespace quote_checkout {
  interface QuoteLine {
    /** at least 1 letters, at most 64 letters */
    sku_id: string;
    /** from 1, to 9999 */
    quantity: number;
  }

  interface QuoteCheckout {
    /** at least 1 letters, at most 64 letters */
    activity_id?: string | null;
    /**
     * what of the activity's it joins, such as a group; absent: it opens one · at least 1 letters, at most 64
     * letters
     */
    joins_id?: string | null;
    /**
     * the same two, by the names that group buys have had since before the others · at least 1 letters, at most 64
     * letters
     */
    group_buy_id?: string | null;
    /** at least 1 letters, at most 64 letters */
    group_id?: string | null;
    /** at least 1, at most 50 */
    lines: QuoteLine[];
    /** default "EXPRESS" */
    delivery?: "EXPRESS" | "PICKUP" | "VIRTUAL";
    /** absent: the default address · at least 1 letters, at most 64 letters */
    address_id?: string | null;
    /** absent: the best set by itself · at most 5 */
    coupon_ids?: string[] | null;
    /** as in orders.place_order · from 0, to 10000000000 · default 0 */
    balance_fen?: number;
    /** as in orders.place_order · from 0, to 10000000 · default 0 */
    points?: number;
  }

  interface GoodsQuoted {
    sku_id: string;
    quantity: number;
    pay_fen: number;
    is_gift: boolean;
  }

  interface OrderQuoted {
    seller_id: string;
    seller_name: string;
    delivery: string;
    lines: GoodsQuoted[];
    goods_fen: number;
    discount_fen: number;
    freight_fen: number;
    pay_fen: number;
  }

  interface PlannedPart {
    name: string;
    words: string;
    amount_fen: number;
    opens_at: Moment | null;
    closes_at: Moment | null;
    forfeits: boolean;
  }

  interface Short {
    sku_id: string;
    /** at most 10, which is ten or more */
    available: number;
  }

  interface CheckoutQuoted {
    /** by whatever means */
    pay_fen: number;
    /** the parts that it is paid in; none: at once */
    instalments: PlannedPart[];
    /** the part of it that was asked to come from the stored value */
    balance_fen: number;
    /** how much of it the stored value could pay; 0 while stored value is off */
    balance_usable_fen: number;
    /** what was asked: a hundred take a yuan off */
    points_used: number;
    /** the most that this order and the buyer's points allow */
    points_usable: number;
    /** at receipt, when nothing goes back */
    points_to_earn: number;
    goods_fen: number;
    /** points too */
    discount_fen: number;
    freight_fen: number;
    /** those that apply */
    coupon_ids: string[];
    /** SKUs whose stock does not suffice */
    short: Short[];
    needs_address: boolean;
    deliverable: boolean;
    /** their amounts add up to those above */
    orders: OrderQuoted[];
    /** what these goods look like, for orders.place_order to find that they still do */
    seen: string;
    /** the whole quote: docs/pricing.md */
    explanation: { [name: string]: unknown };
  }
}

/** Rehearse a draft of a promotion, a coupon, or what combines, over real orders of a past period (活动预演). */
export declare namespace rehearse_promotion {
  /** As coupons.save_coupon takes it, of what a price hangs on; its windows lie ahead. */
  interface CouponDraft {
    kind: "full_reduction" | "discount" | "no_threshold" | "free_shipping";
    terms: CouponTerms;
    /** of a rehearsal; absent: as many as are needed · from 0, to 10000000 */
    quota?: number | null;
    /** from 1, to 9999 · default 1 */
    per_member?: number;
  }

  interface CouponScope {
    /** default "all" */
    kind?: "all" | "goods" | "categories";
    /** SPU ids or category ids · at most 200 · default [] */
    ids?: string[];
  }

  interface CouponTerms {
    /** from 0, to 10000000000 · default 0 */
    threshold_fen?: number;
    /** from 0, to 10000000000 · default 0 */
    off_fen?: number;
    /** 90 leaves 90 percent (九折) · from 1, to 100 · default 100 */
    percent?: number;
    /** of a discount or of the freight; none: no cap · from 0, to 10000000000 */
    cap_fen?: number | null;
    /** default {"kind": "all", "ids": []} */
    scope?: CouponScope;
    /** coupons of one group never combine · at most 32 letters */
    stack_group?: string;
  }

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

  interface Stacking {
    /** at most 20 */
    rows: StackingRow[];
    /** from 0, to 3 */
    goods_coupons: number;
    /** from 0, to 3 */
    free_shipping_coupons: number;
  }

  interface StackingRow {
    /** at most 32 letters */
    group: string;
    /** at most 20 */
    not_with: string[];
    several: boolean;
  }

  interface Step {
    /** from 1, to 10000000000 */
    threshold_fen: number;
    /** from 1, to 10000000000 */
    off_fen: number;
  }

  interface RehearsePromotion {
    kind?: "full_reduction" | "limited_time" | "nth_piece" | "member_day" | "add_on" | "gift" | "hook" | null;
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
    /** of the promotion, or of the coupon · at least 1 letters, at most 64 letters · default "试算" */
    title?: string;
    coupon?: CouponDraft | null;
    /** a promotion that would run no more · at least 1 letters, at most 64 letters */
    replaces?: string | null;
    /** absent: as it is in force */
    stacking?: Stacking | null;
    placed_from: Moment;
    placed_until: Moment;
    /** orders whose goods would cost less of their list price are counted · from 1, to 100 · default 50 */
    least_percent?: number;
    /** orders of this call · from 1, to 2000 · default 2000 */
    orders_most?: number;
    /** at most 256 letters */
    cursor?: string | null;
  }

  interface Changed {
    order_no: string;
    /** below zero: it would have been dearer */
    off_fen: number;
    /** what more in gifts would have come with it */
    gifts_fen: number;
  }

  interface PushedAside {
    title: string;
    orders: number;
  }

  /** Of this call; the sums of all calls up to the last are those of the period. */
  interface PromotionRehearsed {
    looked_at: number;
    /** of other kinds, or whose price does not come out again as the rules stand today */
    left_aside: number;
    changed: number;
    given_fen: number;
    taken_fen: number;
    /** what more in gifts, by list price: they cost no buyer anything, but the shop */
    gifts_fen: number;
    list_fen: number;
    /** what the goods of those compared cost, without freight */
    before_fen: number;
    after_fen: number;
    to_zero: number;
    below_least: number;
    /** what of given and taken was freight: before less after is the rest */
    freight_off_fen: number;
    /** of the draft's */
    coupons_used: number;
    /** what gave something, and would have given nothing */
    pushed_aside: PushedAside[];
    largest: Changed[];
    next_cursor: string | null;
  }
}

/** Make or change a freight template (运费模板): fees by region and piece or weight, free-shipping thresholds. */
export declare namespace save_freight_template {
  interface Rate {
    /** 广东省, 广东省/深圳市 ...; none: everywhere else · at most 400 · default [] */
    places?: string[];
    /** pieces or grams · from 0, to 1000000 */
    first_units: number;
    /** from 0, to 10000000000 */
    first_fee_fen: number;
    /** 0: the first fee is all · from 0, to 1000000 · default 0 */
    next_units?: number;
    /** from 0, to 10000000000 · default 0 */
    next_fee_fen?: number;
    /** from 0, to 10000000000 */
    free_from_fen?: number | null;
    /** from 1, to 9999 */
    free_from_pieces?: number | null;
  }

  interface SaveFreightTemplate {
    /** none: a new one · at least 1 letters, at most 64 letters */
    freight_template_id?: string | null;
    /** of a change: the version that was read · from 1, to 1000000000 */
    version?: number | null;
    /** at least 1 letters, at most 64 letters */
    name: string;
    by: "piece" | "weight";
    /** at least 1, at most 50 */
    rates: Rate[];
    /** at most 400 · default [] */
    undeliverable?: string[];
    /** default false */
    is_default?: boolean;
  }

  interface FreightTemplateSaved {
    freight_template_id: string;
    version: number;
  }
}

/**
 * Try a draft of a promotion or a coupon on a basket (活动试算): the price without it and with it; nothing is saved.
 */
export declare namespace simulate_promotion {
  /** As coupons.save_coupon takes it, of what a price hangs on; its windows lie ahead. */
  interface CouponDraft {
    kind: "full_reduction" | "discount" | "no_threshold" | "free_shipping";
    terms: CouponTerms;
    /** of a rehearsal; absent: as many as are needed · from 0, to 10000000 */
    quota?: number | null;
    /** from 1, to 9999 · default 1 */
    per_member?: number;
  }

  interface CouponScope {
    /** default "all" */
    kind?: "all" | "goods" | "categories";
    /** SPU ids or category ids · at most 200 · default [] */
    ids?: string[];
  }

  interface CouponTerms {
    /** from 0, to 10000000000 · default 0 */
    threshold_fen?: number;
    /** from 0, to 10000000000 · default 0 */
    off_fen?: number;
    /** 90 leaves 90 percent (九折) · from 1, to 100 · default 100 */
    percent?: number;
    /** of a discount or of the freight; none: no cap · from 0, to 10000000000 */
    cap_fen?: number | null;
    /** default {"kind": "all", "ids": []} */
    scope?: CouponScope;
    /** coupons of one group never combine · at most 32 letters */
    stack_group?: string;
  }

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

  interface Stacking {
    /** at most 20 */
    rows: StackingRow[];
    /** from 0, to 3 */
    goods_coupons: number;
    /** from 0, to 3 */
    free_shipping_coupons: number;
  }

  interface StackingRow {
    /** at most 32 letters */
    group: string;
    /** at most 20 */
    not_with: string[];
    several: boolean;
  }

  interface Step {
    /** from 1, to 10000000000 */
    threshold_fen: number;
    /** from 1, to 10000000000 */
    off_fen: number;
  }

  interface TrialLine {
    /** at least 1 letters, at most 64 letters */
    sku_id: string;
    /** from 1, to 9999 */
    quantity: number;
  }

  interface SimulatePromotion {
    kind?: "full_reduction" | "limited_time" | "nth_piece" | "member_day" | "add_on" | "gift" | "hook" | null;
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
    /** of the promotion, or of the coupon · at least 1 letters, at most 64 letters · default "试算" */
    title?: string;
    coupon?: CouponDraft | null;
    /** a promotion that would run no more · at least 1 letters, at most 64 letters */
    replaces?: string | null;
    /** absent: as it is in force */
    stacking?: Stacking | null;
    /** at least 1, at most 50 */
    lines: TrialLine[];
    /** of the buyer · at most 32 letters · default "ordinary" */
    level?: string;
    /** whether the buyer never paid for anything · default false */
    is_new?: boolean;
    /** absent: now */
    at?: Moment | null;
    /** what its freight comes to · from 0, to 10000000000 · default 0 */
    freight_fen?: number;
  }

  interface Priced {
    /** of the goods and that freight, without other coupons and points */
    pay_fen: number;
    /** after unit prices */
    goods_fen: number;
    /** docs/pricing.md */
    explanation: { [name: string]: unknown };
  }

  interface PromotionSimulated {
    /** what it gives, as buyers would read it */
    offer: string;
    before: Priced;
    after: Priced;
    /** what the buyer would pay less */
    difference_fen: number;
  }
}

/** Start a rehearsal over all orders of a past period (全量预演): a timer goes through them. */
export declare namespace start_rehearsal {
  /** As coupons.save_coupon takes it, of what a price hangs on; its windows lie ahead. */
  interface CouponDraft {
    kind: "full_reduction" | "discount" | "no_threshold" | "free_shipping";
    terms: CouponTerms;
    /** of a rehearsal; absent: as many as are needed · from 0, to 10000000 */
    quota?: number | null;
    /** from 1, to 9999 · default 1 */
    per_member?: number;
  }

  interface CouponScope {
    /** default "all" */
    kind?: "all" | "goods" | "categories";
    /** SPU ids or category ids · at most 200 · default [] */
    ids?: string[];
  }

  interface CouponTerms {
    /** from 0, to 10000000000 · default 0 */
    threshold_fen?: number;
    /** from 0, to 10000000000 · default 0 */
    off_fen?: number;
    /** 90 leaves 90 percent (九折) · from 1, to 100 · default 100 */
    percent?: number;
    /** of a discount or of the freight; none: no cap · from 0, to 10000000000 */
    cap_fen?: number | null;
    /** default {"kind": "all", "ids": []} */
    scope?: CouponScope;
    /** coupons of one group never combine · at most 32 letters */
    stack_group?: string;
  }

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

  interface Stacking {
    /** at most 20 */
    rows: StackingRow[];
    /** from 0, to 3 */
    goods_coupons: number;
    /** from 0, to 3 */
    free_shipping_coupons: number;
  }

  interface StackingRow {
    /** at most 32 letters */
    group: string;
    /** at most 20 */
    not_with: string[];
    several: boolean;
  }

  interface Step {
    /** from 1, to 10000000000 */
    threshold_fen: number;
    /** from 1, to 10000000000 */
    off_fen: number;
  }

  /** As pricing.rehearse_promotion, of 92 days at most; up to now where the period is not over yet. */
  interface StartRehearsal {
    kind?: "full_reduction" | "limited_time" | "nth_piece" | "member_day" | "add_on" | "gift" | "hook" | null;
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
    /** of the promotion, or of the coupon · at least 1 letters, at most 64 letters · default "试算" */
    title?: string;
    coupon?: CouponDraft | null;
    /** a promotion that would run no more · at least 1 letters, at most 64 letters */
    replaces?: string | null;
    /** absent: as it is in force */
    stacking?: Stacking | null;
    placed_from: Moment;
    placed_until: Moment;
    /** orders whose goods would cost less of their list price are counted · from 1, to 100 · default 50 */
    least_percent?: number;
  }

  interface RehearsalStarted {
    rehearsal_id: string;
  }
}

/** How far a rehearsal over a whole period has come, and what it found so far, day by day (预演结果). */
export declare namespace view_rehearsal {
  interface ViewRehearsal {
    /** at least 1 letters, at most 64 letters */
    rehearsal_id: string;
  }

  interface Changed {
    order_no: string;
    /** below zero: it would have been dearer */
    off_fen: number;
    /** what more in gifts would have come with it */
    gifts_fen: number;
  }

  interface PushedAside {
    title: string;
    orders: number;
  }

  interface RehearsedDay {
    looked_at: number;
    /** of other kinds, or whose price does not come out again as the rules stand today */
    left_aside: number;
    changed: number;
    given_fen: number;
    taken_fen: number;
    /** what more in gifts, by list price: they cost no buyer anything, but the shop */
    gifts_fen: number;
    list_fen: number;
    /** what the goods of those compared cost, without freight */
    before_fen: number;
    after_fen: number;
    to_zero: number;
    below_least: number;
    /** what of given and taken was freight: before less after is the rest */
    freight_off_fen: number;
    /** of the draft's */
    coupons_used: number;
    day: string;
  }

  /** The sums of the orders that were looked at so far; of all when it is DONE. */
  interface RehearsalView {
    looked_at: number;
    /** of other kinds, or whose price does not come out again as the rules stand today */
    left_aside: number;
    changed: number;
    given_fen: number;
    taken_fen: number;
    /** what more in gifts, by list price: they cost no buyer anything, but the shop */
    gifts_fen: number;
    list_fen: number;
    /** what the goods of those compared cost, without freight */
    before_fen: number;
    after_fen: number;
    to_zero: number;
    below_least: number;
    /** what of given and taken was freight: before less after is the rest */
    freight_off_fen: number;
    /** of the draft's */
    coupons_used: number;
    /** what gave something, and would have given nothing */
    pushed_aside: PushedAside[];
    largest: Changed[];
    rehearsal_id: string;
    title: string;
    state: string;
    percent_done: number;
    placed_from: Moment;
    placed_until: Moment;
    least_percent: number;
    /** of an order that changes; below zero: dearer */
    average_off_fen: number;
    days: RehearsedDay[];
    created_at: Moment;
    finished_at: Moment | null;
  }
}
