// Written by `python -m infra.web generate` from the functions; changes here are lost.

/** What is told of in the mall, by the kind of event. */
export interface Events {
  "catalog.product_listed": {
    spu_id: string;
  };
  "catalog.product_saved": {
    spu_id: string;
    version: number;
  };
  "catalog.product_unlisted": {
    spu_id: string;
  };
  /** A coupon in a member's hand is near its end (到期提醒). */
  "coupons.coupon_expiring": {
    coupon_id: string;
    member_id: string;
  };
  /** Time ran out before every seat was paid: what was paid goes back. */
  "group_buys.group_failed": {
    group_id: string;
  };
  /** One more seat is paid; `missing` are still to be. */
  "group_buys.group_progressed": {
    group_id: string;
    missing: number;
  };
  /** Every seat is paid: its orders may be shipped. */
  "group_buys.group_succeeded": {
    group_id: string;
  };
  "members.member_level_changed": {
    member_id: string;
    before: string;
    after: string;
    reason: string;
    /** whose receipt brought it */
    order_no: string | null;
  };
  "orders.order_closed": {
    order_no: string;
    member_id: string;
    reason: string;
  };
  "orders.order_paid": {
    order_no: string;
    payment_no: string;
    member_id: string;
    paid_fen: number;
  };
  /** One of its parts is paid, and not the last; `part` counts them from 1. */
  "orders.order_part_paid": {
    order_no: string;
    payment_no: string;
    member_id: string;
    part: number;
    paid_fen: number;
  };
  "orders.order_placed": {
    order_no: string;
    member_id: string;
    pay_fen: number;
  };
  "orders.order_price_changed": {
    order_no: string;
    member_id: string;
    before_fen: number;
    pay_fen: number;
  };
  "orders.order_received": {
    order_no: string;
    member_id: string;
  };
  /** A parcel of it has gone out; `parcel` counts them from 1. */
  "orders.order_shipped": {
    order_no: string;
    member_id: string;
    parcel: number;
  };
  /** Carrier or number of a parcel that is on its way was wrong; `correction` counts them from 1. */
  "orders.parcel_corrected": {
    order_no: string;
    member_id: string;
    correction: number;
    parcel: number;
  };
  "refunds.refund_finished": {
    refund_no: string;
    order_no: string | null;
    member_id: string;
    amount_fen: number;
  };
  "refunds.request_refused": {
    request_id: string;
    order_no: string;
    member_id: string;
  };
  /** Fewer units than the safe level: time to replenish (补货提醒). Told once per crossing. */
  "stock.stock_ran_low": {
    sku_id: string;
    warehouse_id: string;
    seller_id: string;
    available: number;
    safe_level: number;
  };
}
