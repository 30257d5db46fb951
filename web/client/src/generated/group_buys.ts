// Written by `python -m infra.web generate` from the functions; changes here are lost.

import type { Moment } from "./kinds.js";

/**
 * End a group-buy activity (结束拼团活动): nobody opens or joins any more; paid seats go on to their group's end.
 */
export declare namespace end_group_buy {
  interface EndGroupBuy {
    /** at least 1 letters, at most 64 letters */
    group_buy_id: string;
  }

  interface Nothing {}
}

/** The shop's group-buy activities (拼团管理), the newest first, each with how its groups fared. */
export declare namespace list_group_buys {
  interface ListGroupBuys {
    /** that one alone · at least 1 letters, at most 64 letters */
    group_buy_id?: string | null;
    state?: "ACTIVE" | "ENDED" | null;
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface GroupBuy {
    group_buy_id: string;
    /** to be sent back with a change */
    version: number;
    spu_id: string;
    product_title: string;
    title: string;
    size: number;
    open_hours: number;
    per_member: number;
    /** by SKU, fen */
    prices: { [name: string]: number };
    leader_prices: { [name: string]: number };
    state: string;
    starts_at: Moment;
    ends_at: Moment;
    /** groups */
    forming: number;
    succeeded: number;
    failed: number;
  }

  interface GroupBuys {
    items: GroupBuy[];
    next_cursor: string | null;
  }
}

/** Groups of a product that wait for people (可参加的团): those nearest to success first. */
export declare namespace list_joinable_groups {
  interface ListJoinableGroups {
    /** at least 1 letters, at most 64 letters */
    spu_id: string;
    /** from 1, to 50 · default 10 */
    limit?: number;
  }

  interface JoinableGroup {
    group_id: string;
    group_buy_id: string;
    /** masked: 小* */
    leader_nickname: string;
    leader_avatar_url: string | null;
    headline: string;
    size: number;
    /** people who still have to pay */
    missing: number;
    seats_left: number;
    expires_at: Moment;
    /** these come last */
    am_in: boolean;
  }

  interface JoinableGroups {
    items: JoinableGroup[];
    /** others wait too: those shown are the nearest to success */
    has_more: boolean;
  }
}

/** Make or change a group-buy activity (拼团活动): which product, how many people, how long, at what price. */
export declare namespace save_group_buy {
  interface GroupPrice {
    /** at least 1 letters, at most 64 letters */
    sku_id: string;
    /** from 1, to 10000000000 */
    price_fen: number;
    /** for who opens the group; none: as everybody · from 1, to 10000000000 */
    leader_price_fen?: number | null;
  }

  interface SaveGroupBuy {
    /** none: a new one · at least 1 letters, at most 64 letters */
    group_buy_id?: string | null;
    /** of a change: the version that was read · from 1, to 1000000000 */
    version?: number | null;
    /** at least 1 letters, at most 64 letters */
    spu_id: string;
    /** at least 1 letters, at most 64 letters */
    title: string;
    /** from 2, to 20 */
    size: number;
    /** none: settings.group_hours · from 1, to 168 */
    open_hours?: number | null;
    /** units one order may take · from 1, to 9999 · default 1 */
    per_member?: number;
    /** at least 1, at most 200 */
    prices: GroupPrice[];
    starts_at: Moment;
    ends_at: Moment;
  }

  interface GroupBuySaved {
    group_buy_id: string;
    version: number;
  }
}

/** One group as its page shows it (拼团详情): 还差1人, who is in it (masked), until when, and my part in it. */
export declare namespace view_group {
  interface ViewGroup {
    /** at least 1 letters, at most 64 letters */
    group_id: string;
  }

  interface GroupMember {
    /** masked: 小* */
    nickname: string;
    avatar_url: string | null;
    is_leader: boolean;
    is_me: boolean;
  }

  interface GroupView {
    group_id: string;
    group_buy_id: string;
    spu_id: string;
    title: string;
    /** by SKU, fen */
    prices: { [name: string]: number };
    /** FORMING SUCCEEDED FAILED */
    state: string;
    headline: string;
    size: number;
    /** people who still have to pay */
    missing: number;
    /** free to join now; a seat held by an unpaid order is not */
    seats_left: number;
    expires_at: Moment;
    members: GroupMember[];
    am_in: boolean;
    my_order_no: string | null;
    /** nobody while its seller is suspended */
    may_join: boolean;
  }
}
