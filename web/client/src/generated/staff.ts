// Written by `python -m infra.web generate` from the functions; changes here are lost.

import type { Moment } from "./kinds.js";

/** Approve what a colleague asked for (复核通过): the action's own body runs, with the input that was kept. */
export declare namespace approve_sensitive_change {
  interface ApproveSensitiveChange {
    /** at least 1 letters, at most 64 letters */
    change_id: string;
    /** at most 255 letters */
    note?: string;
  }

  interface SensitiveChangeApproved {
    change_id: string;
    state: string;
    /** what the action answers: refund_no of a refund, version of the settings ... */
    result: { [name: string]: unknown };
  }
}

/** Change my own staff password (修改密码): the old one is asked for, every session ends. */
export declare namespace change_password {
  interface ChangePassword {
    /** at least 1 letters, at most 128 letters */
    old_password: string;
    /** at least 12 letters, at most 128 letters */
    new_password: string;
  }

  interface PasswordChanged {
    /** everywhere, here too */
    signed_out: boolean;
  }
}

/** Read the audit log (操作日志): who on the staff did what, the newest first. */
export declare namespace list_audit_log {
  interface ListAuditLog {
    /** at least 1 letters, at most 64 letters */
    actor_id?: string | null;
    /** at least 1 letters, at most 64 letters */
    action_name?: string | null;
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface AuditEntry {
    entry_id: string;
    /** "nobody": somebody who tried a name that nobody has */
    actor_id: string;
    actor_name: string;
    action: string;
    request_id: string;
    /** the ids of what was touched, and what the action itself notes */
    target: { [name: string]: unknown };
    created_at: Moment;
  }

  interface AuditLog {
    entries: AuditEntry[];
    next_cursor: string | null;
  }
}

/** List the roles (角色列表) with what each permits and how many have it. */
export declare namespace list_roles {
  interface Nothing {}

  interface Role {
    role_id: string;
    /** to be sent back with a change */
    version: number;
    name: string;
    permissions: string[];
    active_staff: number;
  }

  interface Roles {
    roles: Role[];
  }
}

/** What waits for a second person, and how the rest ended (双人复核列表). */
export declare namespace list_sensitive_changes {
  interface ListSensitiveChanges {
    state?: "PENDING" | "APPROVED" | "REJECTED" | "WITHDRAWN" | "EXPIRED" | null;
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface SensitiveChange {
    change_id: string;
    kind: string;
    /** what was asked to do */
    action: string | null;
    /** the order, the coupon, the product; settings */
    subject: string;
    order_no: string | null;
    /** given away by it; null: without a bound */
    value_fen: number | null;
    /** what it does, in words and figures */
    says: string | null;
    /** it needs a second person */
    why: string | null;
    state: string;
    asked_by: string;
    reason: string;
    before: { [name: string]: unknown };
    after: { [name: string]: unknown };
    decided_by: string | null;
    note: string;
    created_at: Moment;
    expires_at: Moment;
    decided_at: Moment | null;
  }

  interface SensitiveChanges {
    items: SensitiveChange[];
    next_cursor: string | null;
  }
}

/** List the staff (员工列表) with role and state. */
export declare namespace list_staff {
  interface Nothing {}

  interface StaffMember {
    staff_id: string;
    /** to be sent back with a change */
    version: number;
    username: string;
    display_name: string;
    role_id: string;
    role_name: string;
    active: boolean;
    /** for which it is locked now, after too many wrong passwords from there */
    locked_networks: number;
    /** for the last of them */
    locked_until: Moment | null;
    created_at: Moment;
  }

  interface StaffMembers {
    staff: StaffMember[];
  }
}

/**
 * Reject what a colleague asked for (复核驳回), with the reason; by the one who asked it is a withdrawal (撤回).
 */
export declare namespace reject_sensitive_change {
  interface RejectSensitiveChange {
    /** at least 1 letters, at most 64 letters */
    change_id: string;
    /** at least 1 letters, at most 128 letters */
    reason: string;
  }

  interface SensitiveChangeRejected {
    change_id: string;
    /** REJECTED or WITHDRAWN */
    state: string;
  }
}

/** Save a role (保存角色): a name, and the actions it permits. */
export declare namespace save_role {
  interface SaveRole {
    /** absent: a new one · at least 1 letters, at most 64 letters */
    role_id?: string | null;
    /** of a change: the version that was read · from 1, to 1000000000 */
    version?: number | null;
    /** at least 1 letters, at most 64 letters */
    name: string;
    /** `*`, `orders.*`, `orders.ship_orders` · at least 1, at most 200 */
    permissions: string[];
  }

  interface RoleSaved {
    role_id: string;
    version: number;
    permissions: string[];
  }
}

/** Change some of the shop's settings (保存店铺设置); the rest stays as it is. */
export declare namespace save_settings {
  interface SaveSettings {
    /** as shown by staff.show_settings · from 0, to 10000000 */
    version: number;
    /** null: back to the default */
    changes: { [name: string]: unknown };
    /** what the second person reads, where one is needed · at most 255 letters */
    reason?: string;
  }

  interface Licence {
    /** at least 4 letters, at most 64 letters */
    number: string;
    /** at least 2 letters, at most 64 letters */
    issuer: string;
    valid_until: string;
  }

  interface MemberLevel {
    /** at most 32 letters */
    level: string;
    /** at least 1 letters, at most 16 letters */
    name: string;
    /** from 0, to 1000000000 */
    growth: number;
    within: "ever" | "year";
    /** from 1, to 100 */
    percent: number;
    free_freight: boolean;
  }

  /** All chapters, whose fields come from the last to the first; no name stands in two of them. */
  interface ShopSettings {
    /** Name shown to buyers and in messages. · at least 1 letters, at most 32 letters */
    shop_name: string;
    /**
     * Business licence of the platform's own shop (统一社会信用代码), shown to buyers; empty: none yet (E13). · at most 18
     * letters
     */
    shop_licence_no: string;
    /** Most different SKUs in one cart. · from 1, to 200 */
    cart_item_limit: number;
    /** Minutes an unpaid order is kept (E4). · from 5, to 1440 */
    pay_within_minutes: number;
    /** Most checkouts of one member that wait for payment at a time (E1). · from 1, to 100000 */
    unpaid_orders_most: number;
    /** Days after shipping until an order counts as received (E4). · from 1, to 60 */
    receive_after_days: number;
    /** WeChat Pay's contracted fee, of ten thousand; bills are checked by it (E10). · from 0, to 1000 */
    pay_fee_per_ten_thousand: number;
    /**
     * Payments, top-ups and cancellations that one member may ask WeChat for in a window (E5). · from 5, to 10000
     */
    payment_tries: number;
    /**
     * Fen that may go out of one order, by refunds and by its price, before a second person is needed, at most the
     * next; 0: always (J6, docs/second-person.md). · from 0, to 10000000000
     */
    refund_approval_limit_fen: number;
    /**
     * Fen that one person may give away alone in a day of the shop, by refunds, prices and coupons together; 0:
     * nothing (J6, docs/second-person.md). · from 0, to 10000000000
     */
    refund_day_limit_fen: number;
    /**
     * Most fen of one refund that is decided at once for a trusted member, never above refund_approval_limit_fen;
     * 0: none are (E6, docs/refunds.md). · from 0, to 10000000000
     */
    flash_refund_most_fen: number;
    /** Received orders that make a member trusted (E6). · from 0, to 1000 */
    flash_refund_finished_orders: number;
    /** Days since joining that do, together with them (E6). · from 0, to 3650 */
    flash_refund_member_days: number;
    /** Flash refunds of a member within 30 days (E6). · from 1, to 100 */
    flash_refund_times: number;
    /**
     * Days after receipt in which a buyer may ask for a refund; 0: nobody may ask, at any time (E6,
     * docs/refunds.md). · from 0, to 365
     */
    refund_request_days: number;
    /** How often a buyer may ask for a refund of one order (E6). · from 1, to 20 */
    refund_requests_most: number;
    /**
     * When a partial refund leaves less than a full reduction asks for: the buyer keeps the reduction on what
     * remains, or its share is taken off the refund (E6, docs/refunds.md).
     */
    refund_threshold_rule: "keep" | "take_back";
    /**
     * Of an order that stored value paid a part of: who gives back first when it is refunded (E8,
     * docs/wallets.md).
     */
    refund_order: "wechat_first" | "balance_first";
    /**
     * Profit sharing of orders paid from now on: none, as soon as they are paid, or frozen until receipt (E7,
     * docs/sharing.md).
     */
    sharing_mode: "off" | "at_once" | "on_receipt";
    /**
     * Days after receipt until an order is shared, if frozen until receipt; with receive_after_days at most 27, as
     * the money is unfrozen after 28 (E7). · from 0, to 15
     */
    sharing_after_days: number;
    /**
     * Most of an order that receivers get together, of ten thousand: the merchant's maximum at WeChat Pay; never
     * below what they get (E7). · from 1, to 10000
     */
    sharing_most_per_ten_thousand: number;
    /**
     * The filing for prepaid cards (单用途商业预付卡备案): `number`, `issuer`, `valid_until` (its last day, 2027-12-31).
     * Stored value is off until it is recorded; after its last day nobody tops up (E8).
     */
    stored_value_licence: Licence | null;
    /** Least fen of one top-up, at most the next (E8). · from 1, to 10000000000 */
    top_up_least_fen: number;
    /** Most fen of one top-up, at most wallet_most_fen (E8). · from 1, to 10000000000 */
    top_up_most_fen: number;
    /**
     * Most fen in one wallet after a top-up; 5,000 yuan is the limit of a card in a person's name (E8). · from 1,
     * to 10000000000
     */
    wallet_most_fen: number;
    /**
     * Percent of what is owed to members that lies in the safeguarding account: 20, 30 or 40 by the kind of issuer
     * (E8). · from 1, to 100
     */
    safeguard_percent: number;
    /**
     * Commission of a new seller, of ten thousand of what its orders bring; each one's own is changed by
     * sellers.set_commission (E13, docs/sellers.md). · from 0, to 10000
     */
    seller_commission_per_ten_thousand: number;
    /** Whether coupons may be used together with full reductions (D2). */
    coupons_combine: boolean;
    /** Days before expiry to remind of a coupon (D4). · from 1, to 30 */
    coupon_remind_days: number;
    /** Coupon codes that one member may try in a window (D4). · from 3, to 1000 */
    code_tries: number;
    /** Hours a group stays open, unless the activity says (F1). · from 1, to 168 */
    group_hours: number;
    /**
     * Points that a yuan paid for goods earns, of orders placed from now on; 0: none are earned. A hundred points
     * take a yuan off (A4, docs/points.md). · from 0, to 1000
     */
    points_per_yuan: number;
    /** Days from receipt or sign-in until points expire (A4). · from 1, to 1825 */
    points_days: number;
    /**
     * Days that points given back with a refund live at the least, whenever they would expire; at most points_days
     * (A4). · from 0, to 365
     */
    points_grace_days: number;
    /**
     * Most percent of an order's goods, all discounts taken off, that points pay; 0: none (A4). · from 0, to 100
     */
    points_most_percent: number;
    /** Whether points may pay for goods at a group price (A4, F1). */
    points_with_group_price: boolean;
    /**
     * Points of the first, second ... day in a row that a member signs in; after the last it begins anew; none:
     * there is no daily sign-in (A4). · at most 31
     */
    check_in_points: number[];
    /**
     * Which price rules combine: a row for each group with those that it does not combine with, in the order in
     * which they are taken off, whether one line takes several of the group, and how many coupons there may be.
     * With it coupons_combine and points_with_group_price say nothing (D2, docs/pricing.md).
     */
    stacking: Stacking | null;
    /** Name and place of the store for pick-up orders (E2). · at most 128 letters */
    pickup_store: string;
    /** Pick-up codes that one of the staff may try in a window (E2). · from 5, to 10000 */
    pickup_tries: number;
    /**
     * Minutes before an unpaid order closes to remind its buyer, fewer than pay_within_minutes (I2). · from 1, to
     * 720
     */
    unpaid_remind_minutes: number;
    /**
     * Subscribe-message template id for each kind of message whose fields are the usual ones; others are set up by
     * messaging.save_template (I1, docs/messages.md).
     */
    templates: { [name: string]: string };
    /**
     * Whether WeChat's message push tells which messages buyers allow; what clients say is then not counted beside
     * it (I1, docs/messages.md).
     */
    consents_by_push: boolean;
    /** When the quiet hours begin, in which only messages_at_night go out, by the shop's clock (I1). */
    quiet_from: string;
    /**
     * When they end, and what waited is sent if it is still true; the same as quiet_from: there are none (I1).
     */
    quiet_until: string;
    /** The kinds of message that do not wait for the morning (I1). · at most 9 */
    messages_at_night: ("order_paid" | "order_shipped" | "group_progress" | "group_success" | "group_failed" | "coupon_expiring" | "order_unpaid" | "refund_done" | "refund_refused")[];
    /**
     * By what members are reached, each where those before it do not: subscribe messages, the service account's
     * template messages (I1, docs/messages.md). · at least 1, at most 2
     */
    message_channels: ("SUBSCRIBE" | "TEMPLATE")[];
    /** Most messages of one kind that a member gets in a day of the shop (I1). · from 1, to 1000 */
    message_member_day_most: number;
    /** Most messages of one kind and channel in a day, to all (I1). · from 1, to 100000000 */
    message_day_most: number;
    /**
     * The levels of members from the first to the highest: key, name, the growth value that each takes, within a
     * membership year or ever, the percent of the price that its members pay, and whether they pay freight (A3,
     * docs/membership.md). · at least 1, at most 10
     */
    member_levels: MemberLevel[];
    /** Most addresses a member keeps (A2). · from 1, to 50 */
    address_limit: number;
    /** Days a sign-in lasts (A1). · from 1, to 90 */
    session_days: number;
    /** Member sign-ins over HTTP that one address may try in a window (A1). · from 5, to 100000 */
    member_address_tries: number;
    /** Sign-ins that one member may make by cloud calls in a window (A1). · from 5, to 10000 */
    member_session_tries: number;
    /**
     * Minutes over which tries are counted: the window of what is named ..._tries, but for staff_tries (A1, J6). ·
     * from 1, to 1440
     */
    try_minutes: number;
    /** Files that one member may upload in 24 hours (A1, docs/uploads.md). · from 5, to 1000 */
    member_uploads_a_day: number;
    /** Files that one of the staff may upload in 24 hours (B2). · from 50, to 100000 */
    staff_uploads_a_day: number;
    /** Hours a staff sign-in lasts (J6). · from 1, to 168 */
    staff_session_hours: number;
    /** Wrong passwords from one network until a staff account is locked for it (J6). · from 3, to 20 */
    staff_tries: number;
    /** Staff sign-ins that one network address may try in a window (J6). · from 5, to 10000 */
    staff_address_tries: number;
    /**
     * Staff sign-ins that one network may try of one user name, whether anybody's or not, in a window; and tries
     * of one of the staff at their own password (J6). · from 5, to 1000
     */
    staff_name_tries: number;
    /**
     * Tries at one staff account in a window from all networks together from which it has not signed in for 30
     * days; the others go on (J6). · from 20, to 10000
     */
    staff_account_tries: number;
    /** Minutes a staff account stays locked for a network (J6). · from 1, to 1440 */
    staff_lock_minutes: number;
    /**
     * Whether risky settings, and what is given away above the limits, wait for a second person; to be turned on
     * when two of the staff may approve. Another seller's is off until he turns it on himself, whatever the
     * platform's is (J6, docs/second-person.md).
     */
    second_person: boolean;
    /** Hours a change waits for its second person (J6). · from 1, to 720 */
    sensitive_change_hours: number;
    /** Days a data key seals personal data before a new one takes over (A6). · from 30, to 1095 */
    data_key_days: number;
    /**
     * Growth value that a member's first sign-in of a day brings, while there is a daily sign-in; 0: none (A3,
     * docs/membership.md). · from 0, to 10000
     */
    check_in_growth: number;
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

  interface SettingsSaved {
    state: "SAVED";
    version: number;
    /** as they are now */
    settings: ShopSettings;
  }
}

/** Save a member of the staff (保存员工): take on, change, deactivate, set a new password. */
export declare namespace save_staff {
  interface SaveStaff {
    /** absent: somebody new, who needs a username and a password · at least 1 letters, at most 64 letters */
    staff_id?: string | null;
    /** of a change: the version that was read · from 1, to 1000000000 */
    version?: number | null;
    /** at most 64 letters */
    username?: string | null;
    /** at least 1 letters, at most 64 letters */
    display_name: string;
    /** at least 1 letters, at most 64 letters */
    role_id: string;
    /** default true */
    active?: boolean;
    /** at least 12 letters, at most 128 letters */
    password?: string | null;
  }

  interface StaffSaved {
    staff_id: string;
    version: number;
  }
}

/** Show the shop's settings (店铺设置), defaults included. */
export declare namespace show_settings {
  interface Nothing {}

  interface Licence {
    /** at least 4 letters, at most 64 letters */
    number: string;
    /** at least 2 letters, at most 64 letters */
    issuer: string;
    valid_until: string;
  }

  interface MemberLevel {
    /** at most 32 letters */
    level: string;
    /** at least 1 letters, at most 16 letters */
    name: string;
    /** from 0, to 1000000000 */
    growth: number;
    within: "ever" | "year";
    /** from 1, to 100 */
    percent: number;
    free_freight: boolean;
  }

  /** All chapters, whose fields come from the last to the first; no name stands in two of them. */
  interface ShopSettings {
    /** Name shown to buyers and in messages. · at least 1 letters, at most 32 letters */
    shop_name: string;
    /**
     * Business licence of the platform's own shop (统一社会信用代码), shown to buyers; empty: none yet (E13). · at most 18
     * letters
     */
    shop_licence_no: string;
    /** Most different SKUs in one cart. · from 1, to 200 */
    cart_item_limit: number;
    /** Minutes an unpaid order is kept (E4). · from 5, to 1440 */
    pay_within_minutes: number;
    /** Most checkouts of one member that wait for payment at a time (E1). · from 1, to 100000 */
    unpaid_orders_most: number;
    /** Days after shipping until an order counts as received (E4). · from 1, to 60 */
    receive_after_days: number;
    /** WeChat Pay's contracted fee, of ten thousand; bills are checked by it (E10). · from 0, to 1000 */
    pay_fee_per_ten_thousand: number;
    /**
     * Payments, top-ups and cancellations that one member may ask WeChat for in a window (E5). · from 5, to 10000
     */
    payment_tries: number;
    /**
     * Fen that may go out of one order, by refunds and by its price, before a second person is needed, at most the
     * next; 0: always (J6, docs/second-person.md). · from 0, to 10000000000
     */
    refund_approval_limit_fen: number;
    /**
     * Fen that one person may give away alone in a day of the shop, by refunds, prices and coupons together; 0:
     * nothing (J6, docs/second-person.md). · from 0, to 10000000000
     */
    refund_day_limit_fen: number;
    /**
     * Most fen of one refund that is decided at once for a trusted member, never above refund_approval_limit_fen;
     * 0: none are (E6, docs/refunds.md). · from 0, to 10000000000
     */
    flash_refund_most_fen: number;
    /** Received orders that make a member trusted (E6). · from 0, to 1000 */
    flash_refund_finished_orders: number;
    /** Days since joining that do, together with them (E6). · from 0, to 3650 */
    flash_refund_member_days: number;
    /** Flash refunds of a member within 30 days (E6). · from 1, to 100 */
    flash_refund_times: number;
    /**
     * Days after receipt in which a buyer may ask for a refund; 0: nobody may ask, at any time (E6,
     * docs/refunds.md). · from 0, to 365
     */
    refund_request_days: number;
    /** How often a buyer may ask for a refund of one order (E6). · from 1, to 20 */
    refund_requests_most: number;
    /**
     * When a partial refund leaves less than a full reduction asks for: the buyer keeps the reduction on what
     * remains, or its share is taken off the refund (E6, docs/refunds.md).
     */
    refund_threshold_rule: "keep" | "take_back";
    /**
     * Of an order that stored value paid a part of: who gives back first when it is refunded (E8,
     * docs/wallets.md).
     */
    refund_order: "wechat_first" | "balance_first";
    /**
     * Profit sharing of orders paid from now on: none, as soon as they are paid, or frozen until receipt (E7,
     * docs/sharing.md).
     */
    sharing_mode: "off" | "at_once" | "on_receipt";
    /**
     * Days after receipt until an order is shared, if frozen until receipt; with receive_after_days at most 27, as
     * the money is unfrozen after 28 (E7). · from 0, to 15
     */
    sharing_after_days: number;
    /**
     * Most of an order that receivers get together, of ten thousand: the merchant's maximum at WeChat Pay; never
     * below what they get (E7). · from 1, to 10000
     */
    sharing_most_per_ten_thousand: number;
    /**
     * The filing for prepaid cards (单用途商业预付卡备案): `number`, `issuer`, `valid_until` (its last day, 2027-12-31).
     * Stored value is off until it is recorded; after its last day nobody tops up (E8).
     */
    stored_value_licence: Licence | null;
    /** Least fen of one top-up, at most the next (E8). · from 1, to 10000000000 */
    top_up_least_fen: number;
    /** Most fen of one top-up, at most wallet_most_fen (E8). · from 1, to 10000000000 */
    top_up_most_fen: number;
    /**
     * Most fen in one wallet after a top-up; 5,000 yuan is the limit of a card in a person's name (E8). · from 1,
     * to 10000000000
     */
    wallet_most_fen: number;
    /**
     * Percent of what is owed to members that lies in the safeguarding account: 20, 30 or 40 by the kind of issuer
     * (E8). · from 1, to 100
     */
    safeguard_percent: number;
    /**
     * Commission of a new seller, of ten thousand of what its orders bring; each one's own is changed by
     * sellers.set_commission (E13, docs/sellers.md). · from 0, to 10000
     */
    seller_commission_per_ten_thousand: number;
    /** Whether coupons may be used together with full reductions (D2). */
    coupons_combine: boolean;
    /** Days before expiry to remind of a coupon (D4). · from 1, to 30 */
    coupon_remind_days: number;
    /** Coupon codes that one member may try in a window (D4). · from 3, to 1000 */
    code_tries: number;
    /** Hours a group stays open, unless the activity says (F1). · from 1, to 168 */
    group_hours: number;
    /**
     * Points that a yuan paid for goods earns, of orders placed from now on; 0: none are earned. A hundred points
     * take a yuan off (A4, docs/points.md). · from 0, to 1000
     */
    points_per_yuan: number;
    /** Days from receipt or sign-in until points expire (A4). · from 1, to 1825 */
    points_days: number;
    /**
     * Days that points given back with a refund live at the least, whenever they would expire; at most points_days
     * (A4). · from 0, to 365
     */
    points_grace_days: number;
    /**
     * Most percent of an order's goods, all discounts taken off, that points pay; 0: none (A4). · from 0, to 100
     */
    points_most_percent: number;
    /** Whether points may pay for goods at a group price (A4, F1). */
    points_with_group_price: boolean;
    /**
     * Points of the first, second ... day in a row that a member signs in; after the last it begins anew; none:
     * there is no daily sign-in (A4). · at most 31
     */
    check_in_points: number[];
    /**
     * Which price rules combine: a row for each group with those that it does not combine with, in the order in
     * which they are taken off, whether one line takes several of the group, and how many coupons there may be.
     * With it coupons_combine and points_with_group_price say nothing (D2, docs/pricing.md).
     */
    stacking: Stacking | null;
    /** Name and place of the store for pick-up orders (E2). · at most 128 letters */
    pickup_store: string;
    /** Pick-up codes that one of the staff may try in a window (E2). · from 5, to 10000 */
    pickup_tries: number;
    /**
     * Minutes before an unpaid order closes to remind its buyer, fewer than pay_within_minutes (I2). · from 1, to
     * 720
     */
    unpaid_remind_minutes: number;
    /**
     * Subscribe-message template id for each kind of message whose fields are the usual ones; others are set up by
     * messaging.save_template (I1, docs/messages.md).
     */
    templates: { [name: string]: string };
    /**
     * Whether WeChat's message push tells which messages buyers allow; what clients say is then not counted beside
     * it (I1, docs/messages.md).
     */
    consents_by_push: boolean;
    /** When the quiet hours begin, in which only messages_at_night go out, by the shop's clock (I1). */
    quiet_from: string;
    /**
     * When they end, and what waited is sent if it is still true; the same as quiet_from: there are none (I1).
     */
    quiet_until: string;
    /** The kinds of message that do not wait for the morning (I1). · at most 9 */
    messages_at_night: ("order_paid" | "order_shipped" | "group_progress" | "group_success" | "group_failed" | "coupon_expiring" | "order_unpaid" | "refund_done" | "refund_refused")[];
    /**
     * By what members are reached, each where those before it do not: subscribe messages, the service account's
     * template messages (I1, docs/messages.md). · at least 1, at most 2
     */
    message_channels: ("SUBSCRIBE" | "TEMPLATE")[];
    /** Most messages of one kind that a member gets in a day of the shop (I1). · from 1, to 1000 */
    message_member_day_most: number;
    /** Most messages of one kind and channel in a day, to all (I1). · from 1, to 100000000 */
    message_day_most: number;
    /**
     * The levels of members from the first to the highest: key, name, the growth value that each takes, within a
     * membership year or ever, the percent of the price that its members pay, and whether they pay freight (A3,
     * docs/membership.md). · at least 1, at most 10
     */
    member_levels: MemberLevel[];
    /** Most addresses a member keeps (A2). · from 1, to 50 */
    address_limit: number;
    /** Days a sign-in lasts (A1). · from 1, to 90 */
    session_days: number;
    /** Member sign-ins over HTTP that one address may try in a window (A1). · from 5, to 100000 */
    member_address_tries: number;
    /** Sign-ins that one member may make by cloud calls in a window (A1). · from 5, to 10000 */
    member_session_tries: number;
    /**
     * Minutes over which tries are counted: the window of what is named ..._tries, but for staff_tries (A1, J6). ·
     * from 1, to 1440
     */
    try_minutes: number;
    /** Files that one member may upload in 24 hours (A1, docs/uploads.md). · from 5, to 1000 */
    member_uploads_a_day: number;
    /** Files that one of the staff may upload in 24 hours (B2). · from 50, to 100000 */
    staff_uploads_a_day: number;
    /** Hours a staff sign-in lasts (J6). · from 1, to 168 */
    staff_session_hours: number;
    /** Wrong passwords from one network until a staff account is locked for it (J6). · from 3, to 20 */
    staff_tries: number;
    /** Staff sign-ins that one network address may try in a window (J6). · from 5, to 10000 */
    staff_address_tries: number;
    /**
     * Staff sign-ins that one network may try of one user name, whether anybody's or not, in a window; and tries
     * of one of the staff at their own password (J6). · from 5, to 1000
     */
    staff_name_tries: number;
    /**
     * Tries at one staff account in a window from all networks together from which it has not signed in for 30
     * days; the others go on (J6). · from 20, to 10000
     */
    staff_account_tries: number;
    /** Minutes a staff account stays locked for a network (J6). · from 1, to 1440 */
    staff_lock_minutes: number;
    /**
     * Whether risky settings, and what is given away above the limits, wait for a second person; to be turned on
     * when two of the staff may approve. Another seller's is off until he turns it on himself, whatever the
     * platform's is (J6, docs/second-person.md).
     */
    second_person: boolean;
    /** Hours a change waits for its second person (J6). · from 1, to 720 */
    sensitive_change_hours: number;
    /** Days a data key seals personal data before a new one takes over (A6). · from 30, to 1095 */
    data_key_days: number;
    /**
     * Growth value that a member's first sign-in of a day brings, while there is a daily sign-in; 0: none (A3,
     * docs/membership.md). · from 0, to 10000
     */
    check_in_growth: number;
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

  interface Settings {
    /** to be sent back with a change */
    version: number;
    /** as they hold: of another seller than the platform, its own over the shop's */
    settings: ShopSettings;
    /** what this seller may change */
    may_set: string[];
  }
}

/**
 * Sign in as a member of the staff (员工登录): name and password; a network that tries too many is locked out.
 */
export declare namespace sign_in_staff {
  interface SignInStaff {
    /** at least 1 letters, at most 64 letters */
    username: string;
    /** at least 1 letters, at most 128 letters */
    password: string;
  }

  interface StaffSignedIn {
    staff_id: string;
    display_name: string;
    permissions: string[];
    token: string;
    session_key: string;
    expires_at: Moment;
  }
}

/**
 * Sign out of the desk (员工退出): this session ends at once, and at the platform those in shops that were entered.
 */
export declare namespace sign_out_staff {
  interface Nothing {}

  interface StaffSignedOut {
    session_ended: boolean;
  }
}

/** Verify one day of the audit log (操作日志校验): is every entry as it was written? */
export declare namespace verify_audit_log {
  interface VerifyAuditLog {
    /** Of the shop's time zone: 2026-11-21. */
    day: string;
    root?: string | null;
  }

  interface Breach {
    /** the number in the chain; None for an entry that was never sealed */
    sequence: number | null;
    entry_id: string | null;
    /** CHANGED, ENTRY_MISSING, SEAL_MISSING, NEVER_SEALED, ROOT_DIFFERS */
    kind: string;
  }

  interface AuditLogVerified {
    intact: boolean;
    /** entries that fit, in order, before the breach */
    checked: number;
    /** of the day; None while it is not over */
    root: string | null;
    /** the first one */
    breach: Breach | null;
  }
}
