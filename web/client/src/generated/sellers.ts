// Written by `python -m infra.web generate` from the functions; changes here are lost.

import type { Day, Moment } from "./kinds.js";

/** Make a seller by the platform's own staff (新增商家): it sells at once. */
export declare namespace add_seller {
  interface AddSeller {
    /** at least 1 letters, at most 32 letters */
    name: string;
    /** at most 18 letters */
    licence_no: string;
    /** a checked PAPER of the platform's: a picture of it, or a PDF · at least 1 letters, at most 64 letters */
    licence_upload_id?: string | null;
    /** at least 1 letters, at most 64 letters */
    contact_name: string;
    /** at most 11 letters */
    contact_phone: string;
  }

  interface SellerAdded {
    seller_id: string;
    state: string;
    version: number;
    /** as the settings have it for a new one */
    commission_per_ten_thousand: number;
  }
}

/** Apply to sell on the platform (商家入驻申请): a name for the shop, the business licence, who is to be called. */
export declare namespace apply_to_sell {
  interface ApplyToSell {
    /** of the shop, as buyers will read it · at least 1 letters, at most 32 letters */
    name: string;
    /** the unified social credit code · at most 18 letters */
    licence_no: string;
    /**
     * a checked LICENCE of the member's own: a picture of it, or a PDF · at least 1 letters, at most 64 letters
     */
    licence_upload_id?: string | null;
    /** at least 1 letters, at most 64 letters */
    contact_name: string;
    /** at most 11 letters */
    contact_phone: string;
  }

  interface Applied {
    seller_id: string;
    state: string;
  }
}

/** Decide on an application to sell (入驻审核): approve it, or refuse it and say why. */
export declare namespace decide_application {
  interface DecideApplication {
    /** at least 1 letters, at most 64 letters */
    seller_id: string;
    /** of the application, as it was read · from 1, to 1000000000 */
    version: number;
    accept: boolean;
    /** of a refusal, as the applicant reads it · at most 128 letters */
    reason?: string;
  }

  interface ApplicationDecided {
    seller_id: string;
    state: string;
    version: number;
  }
}

/** Enter a seller's shop (进入店铺): the platform's staff get a session in which they are its staff. */
export declare namespace enter_shop {
  interface EnterShop {
    /** at least 1 letters, at most 64 letters */
    seller_id: string;
  }

  interface ShopEntered {
    seller_id: string;
    name: string;
    token: string;
    session_key: string;
    expires_at: Moment;
  }
}

/** The seller's settlement statement (商家结算单) as an Excel file. */
export declare namespace export_statement {
  interface ExportStatement {
    /** of Shanghai */
    from_day: Day;
    /** included */
    until_day: Day;
  }

  interface StatementExported {
    orders: number;
    to_pay_fen: number;
    /** lasts ten minutes */
    url: string;
  }
}

/** What I have applied with to sell (我的入驻申请), the newest first, and what became of it. */
export declare namespace list_my_applications {
  interface ListMyApplications {
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface Application {
    seller_id: string;
    state: string;
    name: string;
    licence_no: string;
    /** what was handed in of it; opens for ten minutes */
    licence: PrivateFile | null;
    /** why it was refused, or is suspended */
    reason: string;
    created_at: Moment;
    decided_at: Moment | null;
  }

  interface PrivateFile {
    upload_id: string;
    content_type: string;
    url: string;
  }

  interface Applications {
    items: Application[];
    next_cursor: string | null;
  }
}

/**
 * The sellers on the platform (商家列表): by state, the newest first; by how the name begins; whose an order is.
 */
export declare namespace list_sellers {
  /** One of state, name and order_no, or all. */
  interface ListSellers {
    state?: "PENDING" | "ACTIVE" | "SUSPENDED" | "REFUSED" | null;
    /** how it begins · at least 1 letters, at most 64 letters */
    name?: string | null;
    /** whose it is · at least 1 letters, at most 64 letters */
    order_no?: string | null;
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface SellerRow {
    seller_id: string;
    version: number;
    state: string;
    name: string;
    licence_no: string;
    licence_upload_id: string | null;
    contact_name: string;
    contact_phone: string;
    reason: string;
    commission_per_ten_thousand: number;
    receiver_id: string | null;
    member_id: string | null;
    created_at: Moment;
    decided_at: Moment | null;
    changed_by: string | null;
    buttons: string[];
  }

  interface Sellers {
    items: SellerRow[];
    next_cursor: string | null;
  }
}

/** Let a suspended seller sell again (恢复营业). */
export declare namespace resume_seller {
  interface ResumeSeller {
    /** at least 1 letters, at most 64 letters */
    seller_id: string;
    /** from 1, to 1000000000 */
    version: number;
  }

  interface SellerResumed {
    seller_id: string;
    state: string;
    version: number;
  }
}

/** Show whom to call at a seller (查看商家联系人), whole; the audit log keeps who looked. */
export declare namespace reveal_contact {
  interface RevealContact {
    /** at least 1 letters, at most 64 letters */
    seller_id: string;
  }

  interface ContactRevealed {
    name: string;
    phone: string;
  }
}

/** Change what is known of a seller (编辑商家): name, licence, contact, and which receiver of shares it is. */
export declare namespace save_seller {
  interface SaveSeller {
    /** at least 1 letters, at most 64 letters */
    seller_id: string;
    /** from 1, to 1000000000 */
    version: number;
    /** at least 1 letters, at most 32 letters */
    name: string;
    /** at most 18 letters */
    licence_no: string;
    /** a checked PAPER of the platform's; absent: as before · at least 1 letters, at most 64 letters */
    licence_upload_id?: string | null;
    /** absent: as before · at least 1 letters, at most 64 letters */
    contact_name?: string | null;
    /** at most 11 letters */
    contact_phone?: string | null;
    /**
     * of the seller's receivers; none: nothing is shared with the seller itself · at least 1 letters, at most 64
     * letters
     */
    receiver_id?: string | null;
  }

  interface SellerSaved {
    seller_id: string;
    version: number;
  }
}

/** Set a seller's commission (佣金比例): what the platform keeps of orders that are placed from now on. */
export declare namespace set_commission {
  interface SetCommission {
    /** at least 1 letters, at most 64 letters */
    seller_id: string;
    /** from 1, to 1000000000 */
    version: number;
    /** from 0, to 10000 */
    commission_per_ten_thousand: number;
    /** what the second person reads · at most 255 letters */
    reason?: string;
  }

  interface CommissionSet {
    seller_id: string;
    version: number;
    commission_per_ten_thousand: number;
  }
}

/** One seller on a page (商家详情): its standing, its staff, what it is owed, who shares in its orders. */
export declare namespace show_seller {
  interface ShowSeller {
    /** at least 1 letters, at most 64 letters */
    seller_id: string;
  }

  interface PrivateFile {
    upload_id: string;
    content_type: string;
    url: string;
  }

  interface SellerRow {
    seller_id: string;
    version: number;
    state: string;
    name: string;
    licence_no: string;
    licence_upload_id: string | null;
    contact_name: string;
    contact_phone: string;
    reason: string;
    commission_per_ten_thousand: number;
    receiver_id: string | null;
    member_id: string | null;
    created_at: Moment;
    decided_at: Moment | null;
    changed_by: string | null;
    buttons: string[];
  }

  interface SharedWith {
    receiver_id: string;
    label: string;
    state: string;
    per_ten_thousand: number;
    is_seller: boolean;
  }

  interface ShownSeller {
    seller: SellerRow;
    /** accounts that are active */
    staff: number;
    /** by the ledger, now; unfinished orders too, the commission not taken off */
    owed_fen: number;
    /** of profit sharing */
    receivers: SharedWith[];
    /** a picture of it, or a PDF, where one was handed in */
    licence: PrivateFile | null;
  }
}

/** The seller's settlement statement (商家结算单) of a period: what is to be paid, and order by order why. */
export declare namespace show_statement {
  interface ShowStatement {
    /** of Shanghai */
    from_day: Day;
    /** included */
    until_day: Day;
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface Line {
    order_no: string;
    ended_at: Moment;
    sales_fen: number;
    refunds_fen: number;
    /** what the platform bore of its price */
    given_fen: number;
    commission_fen: number;
    earned_fen: number;
  }

  interface Totals {
    orders: number;
    /** paid for orders that have ended */
    sales_fen: number;
    refunds_fen: number;
    /** what the platform bore of their prices, by its coupons and reductions */
    given_fen: number;
    /** what the platform keeps */
    commission_fen: number;
    /** WeChat's */
    fees_fen: number;
    /** of points that its orders gave buyers */
    points_cost_fen: number;
    /** that receivers of profit sharing got */
    shared_fen: number;
    /** refunds paid from a bank account */
    paid_by_hand_fen: number;
    /** all of it; negative: the seller owes */
    to_pay_fen: number;
  }

  interface Statement {
    /** of the whole period, whatever page */
    totals: Totals;
    /** by order number */
    items: Line[];
    next_cursor: string | null;
  }
}

/**
 * Suspend a seller (暂停营业): nothing of his is sold from now on, and buyers read why; what was sold is served.
 */
export declare namespace suspend_seller {
  interface SuspendSeller {
    /** at least 1 letters, at most 64 letters */
    seller_id: string;
    /** from 1, to 1000000000 */
    version: number;
    /** as buyers read it · at least 1 letters, at most 128 letters */
    reason: string;
  }

  interface SellerIsSuspended {
    seller_id: string;
    state: string;
    version: number;
  }
}

/** Who sells here (店铺主页): name, business licence, and whether the shop is open. */
export declare namespace view_shop {
  interface ViewShop {
    /** at least 1 letters, at most 64 letters */
    seller_id: string;
  }

  interface Shop {
    seller_id: string;
    name: string;
    /** shown to everybody, as the law on e-commerce wants it (电子商务法 article 15); empty: none told */
    licence_no: string;
    /** ACTIVE, SUSPENDED */
    state: string;
    /** why it is suspended */
    reason: string;
  }
}
