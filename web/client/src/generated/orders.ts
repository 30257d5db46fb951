// Written by `python -m infra.web generate` from the functions; changes here are lost.

import type { Moment } from "./kinds.js";

/** Cancel an unpaid order (取消订单): closed at WeChat first, then everything it held goes back. */
export declare namespace cancel_order {
  interface CancelOrder {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
    /** at most 255 letters */
    reason?: string;
    /** what of its parts stays with the shop, as the buyer was shown it · from 0, to 10000000000 · default 0 */
    kept_fen?: number;
  }

  interface OrderCancelled {
    order_no: string;
    state: string;
  }
}

/**
 * Send my order to another address of my book before it is shipped (修改收货地址); the new freight is told first.
 */
export declare namespace change_address {
  interface ChangeAddress {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
    /** at least 1 letters, at most 64 letters */
    address_id: string;
    /** of the address of the order: orders.get_order · from 1, to 1000000000 */
    version: number;
    /**
     * of the freight; another one is told (FREIGHT_DIFFERS) and not taken · from -10000000000, to 10000000000 ·
     * default 0
     */
    seen_difference_fen?: number;
  }

  interface AddressChanged {
    order_no: string;
    version: number;
    /** by the templates of today, to the old address and to the new one */
    freight_before_fen: number;
    freight_after_fen: number;
  }
}

/** Close a buyer's unpaid order (关闭订单) from the order desk. */
export declare namespace close_order {
  interface CloseOrder {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
    /** at least 1 letters, at most 128 letters */
    reason: string;
  }

  interface OrderClosed {
    order_no: string;
    state: string;
  }
}

/** The buyer has the goods (确认收货). */
export declare namespace confirm_receipt {
  interface ConfirmReceipt {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
  }

  interface ReceiptConfirmed {
    order_no: string;
    state: string;
  }
}

/** How many orders stand in each tab of the buyer's page (订单角标). */
export declare namespace count_order_tabs {
  interface OrderCounts {
    /** by tab, "all" among them */
    counts: { [name: string]: number };
  }
}

/** Orders as an Excel file (导出订单), a row for each line, behind a link that lasts ten minutes. */
export declare namespace export_orders {
  interface ExportOrders {
    placed_from: Moment;
    /** not included */
    placed_until: Moment;
    state?: "UNPAID" | "PART_PAID" | "GROUPING" | "TO_SHIP" | "SHIPPED" | "RECEIVED" | "CLOSED" | null;
    delivery?: "EXPRESS" | "PICKUP" | "VIRTUAL" | null;
    /** at least 1 letters, at most 64 letters */
    sku_id?: string | null;
  }

  interface OrdersExported {
    rows: number;
    url: string;
  }
}

/** One order of the buyer's own (订单详情), all of its page in one call. */
export declare namespace get_order {
  interface GetOrder {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
  }

  interface AddressView {
    name: string;
    phone: string;
    province: string;
    city: string;
    district: string;
    detail: string;
    version: number;
  }

  interface DeliveredCodes {
    line_id: string;
    /** of virtual goods */
    codes: string[];
  }

  interface Discount {
    kind: string;
    title: string;
    amount_fen: number;
  }

  interface LineView {
    line_id: string;
    spu_id: string;
    sku_id: string;
    title: string;
    spec_values: string[];
    picture_url: string | null;
    is_virtual: boolean;
    quantity: number;
    refunded_quantity: number;
    left_quantity: number;
    shipped_quantity: number;
    to_ship_quantity: number;
    unit_fen: number;
    pay_fen: number;
  }

  interface OrderView {
    order_no: string;
    checkout_id: string;
    seller_id: string;
    state: string;
    state_words: string;
    kind: string;
    kind_words: string;
    kind_says: string;
    delivery: string;
    group_id: string | null;
    lines: LineView[];
    price: PriceView;
    instalments: PartView[];
    points: PointsView;
    partly_shipped: boolean;
    parcels: ParcelView[];
    refunds: RefundView[];
    refund_state: string;
    refund_words: string;
    refund_requests: RequestView[];
    timeline: Step[];
    buyer_note: string;
    close_reason: string | null;
    placed_at: Moment;
    paid_at: Moment | null;
    received_at: Moment | null;
  }

  interface ParcelView {
    parcel: number;
    delivery: string;
    carrier: string | null;
    carrier_name: string | null;
    tracking_no: string | null;
    corrections: number;
    lines: PieceView[];
    shipped_at: Moment;
  }

  interface PartView {
    number: number;
    name: string;
    words: string;
    amount_fen: number;
    opens_at: Moment;
    closes_at: Moment;
    state: string;
    state_words: string;
    forfeits: boolean;
    is_due: boolean;
    is_open: boolean;
    paid_at: Moment | null;
  }

  interface PersonView {
    name: string;
    phone: string;
  }

  interface PieceView {
    line_id: string;
    quantity: number;
  }

  interface PointsView {
    used: number;
    returned: number;
    earned: number;
    taken_back: number;
  }

  interface PriceView {
    list_fen: number;
    unit_off_fen: number;
    discounts: Discount[];
    freight_fen: number;
    pay_fen: number;
    balance_fen: number;
    refunded_fen: number;
    balance_refunded_fen: number;
  }

  interface RefundView {
    refund_no: string;
    kind: string;
    kind_words: string;
    reason: string;
    state: string;
    words: string;
    amount_fen: number;
    balance_fen: number;
    asked_at: Moment;
    finished_at: Moment | null;
  }

  interface RequestView {
    request_id: string;
    state: string;
    words: string;
    kind: string;
    kind_words: string;
    line_ids: string[] | null;
    asked_fen: number;
    reason: string;
    reason_words: string;
    note: string;
    evidence_ids: string[];
    answer: string | null;
    refund_no: string | null;
    asked_at: Moment;
    ended_at: Moment | null;
  }

  interface Sister {
    order_no: string;
    seller_id: string;
    seller_name: string;
    state: string;
    state_words: string;
    delivery: string;
    pay_fen: number;
  }

  interface Step {
    move: string;
    words: string;
    state: string;
    who: string;
    reason: string;
    at: Moment;
  }

  interface OrderDetail {
    order: OrderView;
    /** all orders that were placed together with it, itself too */
    checkout: Sister[];
    /** the phone masked: 138****0000 */
    address: AddressView | null;
    /** who comes for a pick-up, the phone masked */
    person: PersonView | null;
    /** while the goods wait at the store */
    pickup_code: string | null;
    pickup_store: string | null;
    delivered_codes: DeliveredCodes[];
    /** of one that is to be paid, or of the part that is due */
    seconds_left_to_pay: number | null;
    /** the actions open to the buyer now */
    buttons: string[];
  }
}

/** The buyer's orders by tab (我的订单), the newest first, each with its lines and buttons. */
export declare namespace list_orders {
  interface ListOrders {
    /** default "all" */
    tab?: "all" | "unpaid" | "part_paid" | "grouping" | "to_ship" | "shipped" | "finished" | "closed";
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface LineView {
    line_id: string;
    spu_id: string;
    sku_id: string;
    title: string;
    spec_values: string[];
    picture_url: string | null;
    is_virtual: boolean;
    quantity: number;
    refunded_quantity: number;
    left_quantity: number;
    shipped_quantity: number;
    to_ship_quantity: number;
    unit_fen: number;
    pay_fen: number;
  }

  interface OrderRow {
    order: RowView;
    seconds_left_to_pay: number | null;
    buttons: string[];
  }

  interface PartView {
    number: number;
    name: string;
    words: string;
    amount_fen: number;
    opens_at: Moment;
    closes_at: Moment;
    state: string;
    state_words: string;
    forfeits: boolean;
    is_due: boolean;
    is_open: boolean;
    paid_at: Moment | null;
  }

  interface RowView {
    order_no: string;
    checkout_id: string;
    seller_id: string;
    state: string;
    state_words: string;
    kind: string;
    kind_words: string;
    delivery: string;
    group_id: string | null;
    pay_fen: number;
    lines: LineView[];
    partly_shipped: boolean;
    placed_at: Moment;
    expires_at: Moment | null;
    due: PartView | null;
    refund_state: string;
    refund_words: string;
  }

  interface OrderPage {
    items: OrderRow[];
    next_cursor: string | null;
  }
}

/** One more thing that staff want to remember of an order (商家备注), beside who wrote it and when. */
export declare namespace note_order {
  interface NoteOrder {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
    /** at least 1 letters, at most 255 letters */
    note: string;
  }

  interface OrderNoted {
    order_no: string;
  }
}

/**
 * Look at who receives an order, in full (查看收件人): name, phone and address; who looked is in the audit log.
 */
export declare namespace open_receiver {
  interface OpenReceiver {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
  }

  interface AddressView {
    name: string;
    phone: string;
    province: string;
    city: string;
    district: string;
    detail: string;
    version: number;
  }

  interface PersonView {
    name: string;
    phone: string;
  }

  interface ReceiverOpened {
    order_no: string;
    /** of a parcel */
    address: AddressView | null;
    /** who comes for a pick-up */
    person: PersonView | null;
  }
}

/**
 * Place an order (下单): hold the stock, make an unpaid order of each seller and parcel, for thirty minutes.
 */
export declare namespace place_order {
  interface OrderLine {
    /** at least 1 letters, at most 64 letters */
    sku_id: string;
    /** from 1, to 9999 */
    quantity: number;
  }

  interface PlaceOrder {
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
    lines: OrderLine[];
    /** default "EXPRESS" */
    delivery?: "EXPRESS" | "PICKUP" | "VIRTUAL";
    /** absent: the default address · at least 1 letters, at most 64 letters */
    address_id?: string | null;
    /** absent: the best set by itself · at most 5 */
    coupon_ids?: string[] | null;
    /**
     * of the price, from the buyer's stored value; WeChat collects the rest · from 0, to 10000000000 · default 0
     */
    balance_fen?: number;
    /** to be used: a hundred take a yuan off the goods · from 0, to 10000000 · default 0 */
    points?: number;
    /** what the buyer saw: a changed price is told, not charged · from 0, to 10000000000 */
    expected_pay_fen?: number | null;
    /**
     * of pricing.quote_checkout: other goods under these ids are told, not sold · at least 1 letters, at most 64
     * letters
     */
    seen?: string | null;
    /** take the lines out of the cart · default false */
    from_cart?: boolean;
    /** at most 255 letters */
    note?: string;
    /**
     * who comes for a pick-up, both or neither; absent: who receives his parcels · at least 1 letters, at most 64
     * letters
     */
    pickup_name?: string | null;
    /** at most 11 letters */
    pickup_phone?: string | null;
  }

  interface PlacedOrder {
    order_no: string;
    seller_id: string;
    seller_name: string;
    delivery: string;
    freight_fen: number;
    pay_fen: number;
    balance_fen: number;
    points_used: number;
    state: string;
  }

  /** Amounts are of all its orders together, which one payment pays. */
  interface OrderPlaced {
    /** of the first */
    order_no: string;
    checkout_id: string;
    /** that it opened or joined */
    group_id: string | null;
    pay_fen: number;
    /** the part of it that is held of the stored value, or spent when it is all */
    balance_fen: number;
    /** held, or spent when there is nothing to pay */
    points_used: number;
    /** of the first */
    state: string;
    expires_at: Moment;
    orders: PlacedOrder[];
  }
}

/** What the freight of my order would be to another address of my book (修改地址运费试算), before I change it. */
export declare namespace quote_address {
  interface QuoteAddress {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
    /** at least 1 letters, at most 64 letters */
    address_id: string;
  }

  interface AddressQuoted {
    order_no: string;
    /** of the address of the order, for orders.change_address */
    version: number;
    /** by the templates of today, to the old address and to the new one */
    freight_before_fen: number;
    freight_after_fen: number;
    /** for orders.change_address, as `seen_difference_fen` */
    difference_fen: number;
    /** false: it would be dearer, which only the shop may change */
    may_change: boolean;
  }
}

/** What the freight of a buyer's order would be to another place (改地址运费试算), before staff send it there. */
export declare namespace quote_redirect {
  interface QuoteRedirect {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
    /** at least 1 letters, at most 64 letters */
    province: string;
    /** at least 1 letters, at most 64 letters */
    city: string;
    /** of the cities that have none (东莞, 中山 ...) · at most 64 letters */
    district?: string;
  }

  interface RedirectQuoted {
    order_no: string;
    /** of the address of the order, for orders.redirect_order */
    version: number;
    /** by the templates of today, to the old address and to the new one */
    freight_before_fen: number;
    freight_after_fen: number;
    /** for orders.redirect_order, as `seen_difference_fen` */
    difference_fen: number;
  }
}

/** Send a buyer's order to another address before it is shipped (改收货地址), as he asked on the phone. */
export declare namespace redirect_order {
  interface RedirectOrder {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
    /** of the address of the order: orders.view_order · from 1, to 1000000000 */
    version: number;
    /** absent: as before · at least 1 letters, at most 64 letters */
    name?: string | null;
    /** at most 11 letters */
    phone?: string | null;
    /** at least 1 letters, at most 64 letters */
    province: string;
    /** at least 1 letters, at most 64 letters */
    city: string;
    /** of the cities that have none (东莞, 中山 ...) · at most 64 letters */
    district?: string;
    /** at least 1 letters, at most 128 letters */
    detail: string;
    /**
     * of the freight; another one is told (FREIGHT_DIFFERS) and not taken · from -10000000000, to 10000000000 ·
     * default 0
     */
    seen_difference_fen?: number;
  }

  interface OrderRedirected {
    order_no: string;
    version: number;
    /** by the templates of today, to the old address and to the new one */
    freight_before_fen: number;
    freight_after_fen: number;
  }
}

/**
 * The merchant's order search (订单查询): by order, payment, parcel, receiver, member and goods; receivers masked.
 */
export declare namespace search_orders {
  interface SearchOrders {
    /** at least 1 letters, at most 64 letters */
    order_no?: string | null;
    /** WeChat's · at least 1 letters, at most 128 letters */
    transaction_id?: string | null;
    /** at least 1 letters, at most 64 letters */
    payment_no?: string | null;
    /** at least 1 letters, at most 64 letters */
    tracking_no?: string | null;
    /**
     * the receiver's, whole; blanks and dots between its parts do not count · at least 1 letters, at most 64
     * letters
     */
    name?: string | null;
    /** the receiver's, whole · at most 11 letters */
    phone?: string | null;
    /** at least 1 letters, at most 64 letters */
    member_id?: string | null;
    /**
     * a part of the goods' title, among five hundred orders at one call · at least 1 letters, at most 128 letters
     */
    title?: string | null;
    state?: "UNPAID" | "PART_PAID" | "GROUPING" | "TO_SHIP" | "SHIPPED" | "RECEIVED" | "CLOSED" | null;
    delivery?: "EXPRESS" | "PICKUP" | "VIRTUAL" | null;
    /** at least 1 letters, at most 64 letters */
    sku_id?: string | null;
    placed_from?: Moment | null;
    /** not included */
    placed_until?: Moment | null;
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface AddressView {
    name: string;
    phone: string;
    province: string;
    city: string;
    district: string;
    detail: string;
    version: number;
  }

  interface FoundOrder {
    order: RowView;
    member_id: string;
    /** masked: 张**, 138****0000; orders.open_receiver shows it */
    address: AddressView | null;
    staff_note: string;
    buttons: string[];
  }

  interface LineView {
    line_id: string;
    spu_id: string;
    sku_id: string;
    title: string;
    spec_values: string[];
    picture_url: string | null;
    is_virtual: boolean;
    quantity: number;
    refunded_quantity: number;
    left_quantity: number;
    shipped_quantity: number;
    to_ship_quantity: number;
    unit_fen: number;
    pay_fen: number;
  }

  interface PartView {
    number: number;
    name: string;
    words: string;
    amount_fen: number;
    opens_at: Moment;
    closes_at: Moment;
    state: string;
    state_words: string;
    forfeits: boolean;
    is_due: boolean;
    is_open: boolean;
    paid_at: Moment | null;
  }

  interface RowView {
    order_no: string;
    checkout_id: string;
    seller_id: string;
    state: string;
    state_words: string;
    kind: string;
    kind_words: string;
    delivery: string;
    group_id: string | null;
    pay_fen: number;
    lines: LineView[];
    partly_shipped: boolean;
    placed_at: Moment;
    expires_at: Moment | null;
    due: PartView | null;
    refund_state: string;
    refund_words: string;
  }

  interface FoundOrders {
    items: FoundOrder[];
    /** also behind a page that is not full: the search has not looked at all of them yet */
    next_cursor: string | null;
  }
}

/** One order at the merchant's desk (商家订单详情), its receiver and its delivered codes masked until opened. */
export declare namespace view_order {
  interface ViewOrder {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
  }

  interface AddressView {
    name: string;
    phone: string;
    province: string;
    city: string;
    district: string;
    detail: string;
    version: number;
  }

  interface Discount {
    kind: string;
    title: string;
    amount_fen: number;
  }

  interface LineView {
    line_id: string;
    spu_id: string;
    sku_id: string;
    title: string;
    spec_values: string[];
    picture_url: string | null;
    is_virtual: boolean;
    quantity: number;
    refunded_quantity: number;
    left_quantity: number;
    shipped_quantity: number;
    to_ship_quantity: number;
    unit_fen: number;
    pay_fen: number;
  }

  interface MaskedCodes {
    line_id: string;
    /** ****AB12 */
    codes: string[];
  }

  interface OrderView {
    order_no: string;
    checkout_id: string;
    seller_id: string;
    state: string;
    state_words: string;
    kind: string;
    kind_words: string;
    kind_says: string;
    delivery: string;
    group_id: string | null;
    lines: LineView[];
    price: PriceView;
    instalments: PartView[];
    points: PointsView;
    partly_shipped: boolean;
    parcels: ParcelView[];
    refunds: RefundView[];
    refund_state: string;
    refund_words: string;
    refund_requests: RequestView[];
    timeline: Step[];
    buyer_note: string;
    close_reason: string | null;
    placed_at: Moment;
    paid_at: Moment | null;
    received_at: Moment | null;
  }

  interface ParcelView {
    parcel: number;
    delivery: string;
    carrier: string | null;
    carrier_name: string | null;
    tracking_no: string | null;
    corrections: number;
    lines: PieceView[];
    shipped_at: Moment;
  }

  interface PartView {
    number: number;
    name: string;
    words: string;
    amount_fen: number;
    opens_at: Moment;
    closes_at: Moment;
    state: string;
    state_words: string;
    forfeits: boolean;
    is_due: boolean;
    is_open: boolean;
    paid_at: Moment | null;
  }

  interface PersonView {
    name: string;
    phone: string;
  }

  interface PieceView {
    line_id: string;
    quantity: number;
  }

  interface PointsView {
    used: number;
    returned: number;
    earned: number;
    taken_back: number;
  }

  interface PriceView {
    list_fen: number;
    unit_off_fen: number;
    discounts: Discount[];
    freight_fen: number;
    pay_fen: number;
    balance_fen: number;
    refunded_fen: number;
    balance_refunded_fen: number;
  }

  interface ProposedParcel {
    warehouse_id: string;
    warehouse: string;
    lines: PieceView[];
  }

  interface RefundView {
    refund_no: string;
    kind: string;
    kind_words: string;
    reason: string;
    state: string;
    words: string;
    amount_fen: number;
    balance_fen: number;
    asked_at: Moment;
    finished_at: Moment | null;
  }

  interface RequestView {
    request_id: string;
    state: string;
    words: string;
    kind: string;
    kind_words: string;
    line_ids: string[] | null;
    asked_fen: number;
    reason: string;
    reason_words: string;
    note: string;
    evidence_ids: string[];
    answer: string | null;
    refund_no: string | null;
    asked_at: Moment;
    ended_at: Moment | null;
  }

  interface StaffNote {
    note: string;
    written_by: string;
    created_at: Moment;
  }

  interface Step {
    move: string;
    words: string;
    state: string;
    who: string;
    reason: string;
    at: Moment;
  }

  interface OrderAtDesk {
    order: OrderView;
    member_id: string;
    payment_no: string | null;
    /** masked: 张**, 138****0000; orders.open_receiver shows it */
    address: AddressView | null;
    /** who comes for a pick-up, masked */
    person: PersonView | null;
    /** what of it may go out together, by warehouse */
    to_ship: ProposedParcel[];
    /** the buyer's own */
    delivered_codes: MaskedCodes[];
    /** the newest first */
    staff_notes: StaffNote[];
    seconds_left_to_pay: number | null;
    /** the actions open to staff now */
    buttons: string[];
  }
}
