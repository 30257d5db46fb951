// Written by `python -m infra.web generate` from the functions; changes here are lost.

import type { Moment } from "./kinds.js";

/** Hand over a pick-up order at the store (自提核销): its code works once. */
export declare namespace check_off_pickup {
  interface CheckOffPickup {
    /** at most 10 letters */
    code: string;
  }

  interface Goods {
    title: string;
    spec_values: string[];
    /** less what was refunded */
    quantity: number;
  }

  interface PersonView {
    name: string;
    phone: string;
  }

  interface PickedUp {
    order_no: string;
    /** what to hand over */
    goods: Goods[];
    buyer_note: string;
    /** who was to come, masked; orders of before were not asked */
    person: PersonView | null;
  }
}

/**
 * Put right a wrong carrier or tracking number after shipping (更正快递信息); the buyer is told, and WeChat once.
 */
export declare namespace correct_parcel {
  interface CorrectParcel {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
    /**
     * WeChat's id or its Chinese name, see fulfilment.list_carriers · at least 1 letters, at most 64 letters
     */
    carrier: string;
    /** at least 1 letters, at most 64 letters */
    tracking_no: string;
    /** the one that it has now · at least 1 letters, at most 64 letters */
    seen_tracking_no: string;
  }

  interface ParcelCorrected {
    order_no: string;
    corrections: number;
    /** TOLD: with the next report; NOT_NEEDED; USED_UP: it takes one correction, and had it */
    wechat: string;
  }
}

/** Ship by file (Excel 批量发货): 订单号, 快递公司, 运单号; orders whose rows are right go out, the others say why. */
export declare namespace import_shipments {
  interface ImportShipments {
    /** at most 255 letters */
    object_key: string;
  }

  interface RowError {
    row: number;
    order_no: string;
    code: string;
    sentence: string;
  }

  interface ShipmentsImported {
    /** DONE; PARTLY: some orders stayed at home; REFUSED: nothing was shipped */
    state: string;
    row_count: number;
    /** parcels */
    shipped: number;
    /** parcels that had gone out before */
    unchanged: number;
    /** at most 100 */
    errors: RowError[];
  }
}

/** The carriers a parcel may go by (快递公司), with the ids that WeChat knows. */
export declare namespace list_carriers {
  interface Carrier {
    /** SF, ZTO ... */
    carrier: string;
    name: string;
  }

  interface Carriers {
    items: Carrier[];
  }
}

/** Orders that wait for shipping or pick-up (待发货列表), the oldest first. */
export declare namespace list_to_ship {
  interface ListToShip {
    /** VIRTUAL: paid while codes were short · default "EXPRESS" */
    delivery?: "EXPRESS" | "PICKUP" | "VIRTUAL";
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

  interface PersonView {
    name: string;
    phone: string;
  }

  interface PieceView {
    line_id: string;
    quantity: number;
  }

  interface ProposedParcel {
    warehouse_id: string;
    warehouse: string;
    lines: PieceView[];
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

  interface ToShip {
    order: RowView;
    /** what of it may go out together, by warehouse */
    parcels: ProposedParcel[];
    paid_at: Moment;
    /** who comes for a pick-up, masked */
    person: PersonView | null;
    /** masked; orders.open_receiver shows it */
    address: AddressView | null;
    buyer_note: string;
    staff_note: string;
  }

  interface ToShipPage {
    items: ToShip[];
    next_cursor: string | null;
  }
}

/**
 * Ship up to a hundred parcels (批量发货), of whole orders or of parts (拆单发货): each tells whether it went out, and
 * why not.
 */
export declare namespace ship_orders {
  interface Parcel {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
    /**
     * WeChat's id, see fulfilment.list_carriers; none for virtual goods · at least 1 letters, at most 64 letters
     */
    carrier?: string | null;
    /** at least 1 letters, at most 64 letters */
    tracking_no?: string | null;
    /** none: all that is owed · at least 1, at most 50 */
    lines?: Pieces[] | null;
  }

  interface Pieces {
    /** at least 1 letters, at most 64 letters */
    line_id: string;
    /** from 1, to 9999 */
    quantity: number;
  }

  interface ShipOrders {
    /** at least 1, at most 100 */
    parcels: Parcel[];
  }

  interface Outcome {
    order_no: string;
    shipped: boolean;
    /** of the refusal */
    code: string | null;
    message: string | null;
  }

  interface OrdersShipped {
    /** parcels */
    shipped: number;
    /** in the order of the parcels */
    outcomes: Outcome[];
  }
}

/**
 * Take back a parcel that did not go out after all (撤回包裹), before it was received; its pieces are to be shipped.
 */
export declare namespace withdraw_parcel {
  interface WithdrawParcel {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
    /** the one that it has now · at least 1 letters, at most 64 letters */
    tracking_no: string;
  }

  interface ParcelWithdrawn {
    order_no: string;
    /** of the order: TO_SHIP, or SHIPPED where nothing of the parcel is owed any more */
    state: string;
    /** TOLD: with what goes out instead; NOT_NEEDED; USED_UP: it takes one correction, and had it */
    wechat: string;
  }
}
