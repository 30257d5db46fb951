// Written by `python -m infra.web generate` from the functions; changes here are lost.

import type { Moment } from "./kinds.js";

/** Begin signing in from the H5 shop (网页登录): where to send the visitor, and the state to bring back. */
export declare namespace begin_web_sign_in {
  interface BeginWebSignIn {
    /** WeChat takes only the domain registered for the service account · at most 512 letters */
    redirect_uri: string;
    /**
     * random, made and kept by this browser, shown again by members.sign_in_web · at least 1 letters, at most 64
     * letters
     */
    browser_key: string;
  }

  interface WebSignInBegun {
    authorize_url: string;
    state: string;
  }
}

/** Bind the phone (绑定手机号) that WeChat vouches for, by the code of `getPhoneNumber`. */
export declare namespace bind_phone {
  interface BindPhone {
    /** at least 1 letters, at most 128 letters */
    code: string;
  }

  interface PhoneBound {
    /** masked */
    phone: string;
  }
}

/**
 * What a member uploaded is checked and may be used (会员上传完成): nothing but the picture itself is kept of it.
 */
export declare namespace finish_upload {
  interface FinishUpload {
    /** at least 1 letters, at most 64 letters */
    upload_id: string;
  }

  interface UploadFinished {
    upload_id: string;
    key: string;
    /** of catalog.save_product's media, members.update_profile; none: it is private */
    public_url: string | null;
    /** of a public picture its address by size: small 160, medium 480, large 1080 pixels wide */
    sizes: { [name: string]: string };
    /** of a picture, as it is kept */
    width: number | null;
    height: number | null;
    size_bytes: number;
  }
}

/** A form to upload one picture or video straight to object storage (会员上传): a face, evidence, a review. */
export declare namespace issue_upload_url {
  interface IssueMemberUploadUrl {
    purpose: "AVATAR" | "EVIDENCE" | "REVIEW" | "LICENCE";
    /** In which it is kept; decides the size limit. */
    content_type: "image/jpeg" | "image/png" | "image/webp" | "video/mp4" | "application/pdf" | "text/csv" | "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  }

  interface UploadForm {
    /** of finish_upload, after the upload */
    upload_id: string;
    purpose: string;
    /** POST multipart: the fields, then the part named file */
    url: string;
    fields: { [name: string]: string };
    /** where it is kept; of catalog.import_products and fulfilment.import_shipments */
    key: string;
    /** where everybody reads it once it is checked */
    public_url: string | null;
    most_bytes: number;
    expires_at: Moment;
  }
}

/** List my addresses (收货地址), the default first, phones masked. */
export declare namespace list_addresses {
  interface Nothing {}

  interface Address {
    address_id: string;
    /** to be sent back with a change */
    version: number;
    name: string;
    /** masked: 138****1111 */
    phone: string;
    province: string;
    city: string;
    /** empty in the cities that have none (东莞, 中山 ...) */
    district: string;
    detail: string;
    is_default: boolean;
  }

  interface Addresses {
    addresses: Address[];
    limit: number;
  }
}

/** What brought me growth value and what took it back (成长值明细), the newest first. */
export declare namespace list_growth_entries {
  interface ListGrowthEntries {
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface GrowthEntry {
    kind: string;
    words: string;
    amount: number;
    order_no: string | null;
    at: Moment;
  }

  interface GrowthEntries {
    items: GrowthEntry[];
    next_cursor: string | null;
  }
}

/** Read a pasted address (地址识别): name, phone, province, city, district and the rest. */
export declare namespace parse_address {
  interface ParseAddress {
    /** at most 255 letters */
    text: string;
  }

  interface AddressRead {
    name: string;
    phone: string;
    province: string;
    city: string;
    district: string;
    detail: string;
    /** what was not found, for the buyer to fill in */
    missing: string[];
  }
}

/** Remove an address (删除收货地址); orders keep their own copy. */
export declare namespace remove_address {
  interface RemoveAddress {
    /** at least 1 letters, at most 64 letters */
    address_id: string;
  }

  interface AddressRemoved {
    /** what is the default now */
    default_address_id: string | null;
  }
}

/**
 * Show a member's phone whole (查看完整手机号) to one of the staff who has to call; the audit log keeps who looked.
 */
export declare namespace reveal_phone {
  interface RevealPhone {
    /** at least 1 letters, at most 64 letters */
    member_id: string;
  }

  interface PhoneRevealed {
    /** None: none was bound */
    phone: string | null;
  }
}

/** Save an address (保存收货地址): a new one, or all parts of one that I have. */
export declare namespace save_address {
  interface SaveAddress {
    /** absent: a new address · at least 1 letters, at most 64 letters */
    address_id?: string | null;
    /** of a change: the version that was read · from 1, to 1000000000 */
    version?: number | null;
    /** at least 1 letters, at most 64 letters */
    name: string;
    /** absent or masked in a change: stays as it is · at most 11 letters */
    phone?: string | null;
    /** at least 1 letters, at most 64 letters */
    province: string;
    /** at least 1 letters, at most 64 letters */
    city: string;
    /** "" or absent in the cities that have none (东莞, 中山 ...) · at most 64 letters */
    district?: string | null;
    /** at least 1 letters, at most 128 letters */
    detail: string;
    /** default false */
    is_default?: boolean;
  }

  interface AddressSaved {
    address_id: string;
    version: number;
    is_default: boolean;
  }
}

/**
 * Look for members (会员查询): by number, phone or how the nickname begins; by level and joining; who is blocked.
 */
export declare namespace search_members {
  /** One of member_id, phone, nickname and blocked; or a level and a time of joining, the newest first. */
  interface SearchMembers {
    /** at least 1 letters, at most 64 letters */
    member_id?: string | null;
    /** whole · at most 11 letters */
    phone?: string | null;
    /** how it begins, letter by letter · at least 1 letters, at most 64 letters */
    nickname?: string | null;
    /** only those who are now, the first to be free first · default false */
    blocked?: boolean;
    /** at least 1 letters, at most 64 letters */
    level?: string | null;
    joined_from?: Moment | null;
    /** not included */
    joined_until?: Moment | null;
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface Block {
    block_id: string | null;
    reason: string;
    until: Moment | null;
  }

  interface MemberRow {
    member_id: string;
    nickname: string;
    avatar_url: string | null;
    phone: string | null;
    level: string;
    level_name: string;
    joined_at: Moment;
    block: Block | null;
  }

  interface FoundMembers {
    items: MemberRow[];
    next_cursor: string | null;
  }
}

/** All of one member on one page (会员详情): standing, value, orders, consents, sign-ins, blocks; masked. */
export declare namespace show_member {
  interface ShowMember {
    /** at least 1 letters, at most 64 letters */
    member_id: string;
  }

  interface Account {
    appid: string;
    openid: string;
    since: Moment;
  }

  interface Block {
    block_id: string | null;
    reason: string;
    until: Moment | null;
  }

  interface Bought {
    placed: number;
    paid: number;
    paid_fen: number;
    refunded_fen: number;
    last_at: Moment | null;
    is_all: boolean;
  }

  interface Consent {
    template: string;
    remaining: number;
    changed_at: Moment;
  }

  interface MaskedAddress {
    address_id: string;
    name: string;
    phone: string;
    province: string;
    city: string;
    district: string;
    detail: string;
    is_default: boolean;
  }

  interface MemberRow {
    member_id: string;
    nickname: string;
    avatar_url: string | null;
    phone: string | null;
    level: string;
    level_name: string;
    joined_at: Moment;
    block: Block | null;
  }

  interface Membership {
    level: string;
    level_name: string;
    percent: number;
    growth: number;
    growth_of_year: number;
    year_ends_at: Moment;
    next_level: string | null;
    next_level_name: string | null;
    missing: number;
    sentence: string;
  }

  interface PastBlock {
    block_id: string;
    reason: string;
    note: string;
    until: Moment | null;
    blocked_by: string;
    blocked_by_name: string;
    blocked_at: Moment;
    lifted_by: string | null;
    lifted_by_name: string | null;
    lift_note: string | null;
    lifted_at: Moment | null;
  }

  interface ShownMember {
    member: MemberRow;
    membership: Membership;
    /** free to be spent */
    points: number;
    /** that the next ones pay */
    points_debt: number;
    /** stored value free to be spent; None while the shop has none */
    balance_fen: number | null;
    usable_coupons: number;
    bought: Bought;
    addresses: MaskedAddress[];
    /** how many messages of each template they still allow */
    consents: Consent[];
    /** at WeChat, by which they sign in */
    accounts: Account[];
    /** the last twenty */
    blocks: PastBlock[];
    /** there were others before */
    has_more_blocks: boolean;
  }
}

/**
 * One member's level, its history and growth value (会员等级与成长值), for the staff who answer questions about it.
 */
export declare namespace show_member_growth {
  interface ShowMemberGrowth {
    /** at least 1 letters, at most 64 letters */
    member_id: string;
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface GrowthEntry {
    kind: string;
    words: string;
    amount: number;
    order_no: string | null;
    at: Moment;
  }

  interface LevelChange {
    from_level: string;
    to_level: string;
    /** GROWTH YEARLY_REVIEW */
    reason: string;
    /** growth value in all, when it was decided */
    total: number;
    /** and of the membership year that decided */
    in_year: number;
    /** whose receipt brought it */
    order_no: string | null;
    actor: string;
    created_at: Moment;
  }

  interface Membership {
    level: string;
    level_name: string;
    percent: number;
    growth: number;
    growth_of_year: number;
    year_ends_at: Moment;
    next_level: string | null;
    next_level_name: string | null;
    missing: number;
    sentence: string;
  }

  interface MemberGrowth {
    membership: Membership;
    /** of the level; None at the first */
    review_at: Moment | null;
    /** the last twenty */
    changes: LevelChange[];
    /** there were others before */
    has_more_changes: boolean;
    items: GrowthEntry[];
    next_cursor: string | null;
  }
}

/** Sign in from the mini program (小程序登录): a cloud call's identity, or `wx.login`'s code. */
export declare namespace sign_in {
  interface SignIn {
    /** of wx.login; not needed in a cloud call · at least 1 letters, at most 128 letters */
    code?: string | null;
  }

  interface SignedIn {
    member_id: string;
    is_new: boolean;
    token: string;
    session_key: string;
    expires_at: Moment;
  }
}

/** Sign in from the H5 shop (网页授权登录): the service account's code, for the same member as elsewhere. */
export declare namespace sign_in_web {
  interface SignInWeb {
    /** at least 1 letters, at most 128 letters */
    code: string;
    /** at least 1 letters, at most 128 letters */
    state: string;
    /** at least 1 letters, at most 64 letters */
    browser_key: string;
  }

  interface SignedInWeb {
    member_id: string;
    is_new: boolean;
    token: string;
    session_key: string;
    expires_at: Moment;
  }
}

/** Sign out (退出登录): this session ends at once, others of the member go on. */
export declare namespace sign_out {
  interface Nothing {}

  interface SignedOut {
    /** False in a cloud call, where WeChat vouches for each call and no session exists */
    session_ended: boolean;
  }
}

/** Change nickname and picture (修改资料); what is not given stays. */
export declare namespace update_profile {
  interface UpdateProfile {
    /** as members.view_profile shows it · from 1, to 1000000000 */
    version: number;
    /** at least 1 letters, at most 64 letters */
    nickname?: string | null;
    /** of members.finish_upload · at most 512 letters */
    avatar_url?: string | null;
  }

  interface ProfileUpdated {
    version: number;
    nickname: string;
    avatar_url: string | null;
  }
}

/**
 * The member centre (会员中心): my level, what is missing to the next, growth value, points, coupons, balance.
 */
export declare namespace view_member_center {
  interface Nothing {}

  interface GrowthEntry {
    kind: string;
    words: string;
    amount: number;
    order_no: string | null;
    at: Moment;
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

  interface MemberPoints {
    free: number;
    debt: number;
    checked_in_today: boolean;
  }

  interface Membership {
    level: string;
    level_name: string;
    percent: number;
    growth: number;
    growth_of_year: number;
    year_ends_at: Moment;
    next_level: string | null;
    next_level_name: string | null;
    missing: number;
    sentence: string;
  }

  interface MemberCenter {
    membership: Membership;
    /** all of them, from the first to the highest */
    levels: MemberLevel[];
    unused_coupons: number;
    /** stored value free to be spent; None while the shop has none */
    balance_fen: number | null;
    points: MemberPoints;
    /** the last five */
    entries: GrowthEntry[];
  }
}

/** Show my profile (我的资料), the phone masked. */
export declare namespace view_profile {
  interface Nothing {}

  interface Profile {
    member_id: string;
    /** to be sent back with a change */
    version: number;
    nickname: string;
    avatar_url: string | null;
    /** masked: 138****1111 */
    phone: string | null;
    level: string;
    /** as the shop calls it */
    level_name: string;
    joined_at: Moment;
  }
}
