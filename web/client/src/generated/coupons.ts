// Written by `python -m infra.web generate` from the functions; changes here are lost.

import type { Moment } from "./kinds.js";

/** Claim a coupon in the claim centre (领券): never more than the quota, nor than one person may have. */
export declare namespace claim_coupon {
  interface ClaimCoupon {
    /** at least 1 letters, at most 64 letters */
    template_id: string;
  }

  interface CouponClaimed {
    coupon_id: string;
    valid_from: Moment;
    valid_until: Moment;
  }
}

/** End a coupon template (停止发放): nobody gets one any more; those in people's hands stay good. */
export declare namespace end_coupon {
  interface EndCoupon {
    /** at least 1 letters, at most 64 letters */
    template_id: string;
  }

  interface Nothing {}
}

/**
 * Give a coupon to listed members (定向发券), such as a search found; who gets none is told apart with the reason.
 */
export declare namespace issue_coupons {
  interface IssueCoupons {
    /** at least 1 letters, at most 64 letters */
    template_id: string;
    /** at least 1, at most 200 */
    member_ids: string[];
  }

  /** What became of one member of a list to whom a coupon was to be given. */
  type Outcome = "ISSUED" | "LIMIT_REACHED" | "GONE" | "UNKNOWN" | "MERGED" | "BLOCKED";

  interface Result {
    member_id: string;
    outcome: Outcome;
    /** of ISSUED */
    coupon_id: string | null;
  }

  interface CouponsIssued {
    issued: number;
    /** in the order of the list */
    results: Result[];
  }
}

/** The claim centre (领券中心): coupons that may be claimed now, and how many of each I have and may have. */
export declare namespace list_claimable_coupons {
  interface ListClaimableCoupons {
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface ClaimableCoupon {
    template_id: string;
    kind: string;
    title: string;
    offer: string;
    terms: { [name: string]: unknown };
    /** of the quota */
    left: number;
    /** how many I claimed */
    mine: number;
    /** how many more I may claim now */
    may_claim: number;
    claim_until: Moment;
    valid_from: Moment | null;
    valid_until: Moment | null;
    valid_days: number | null;
  }

  interface ClaimableCoupons {
    items: ClaimableCoupon[];
    next_cursor: string | null;
  }
}

/** The shop's coupon templates (优惠券管理): what each gives and how many are claimed, the newest first. */
export declare namespace list_coupon_templates {
  interface ListCouponTemplates {
    /** this one alone · at least 1 letters, at most 64 letters */
    template_id?: string | null;
    state?: "ACTIVE" | "ENDED" | null;
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface CouponTemplate {
    template_id: string;
    /** to be sent back with a change */
    version: number;
    kind: string;
    title: string;
    /** as the buyer reads it */
    offer: string;
    terms: { [name: string]: unknown };
    channel: string;
    quota: number;
    claimed: number;
    /** by orders that are paid; of a list 250 are counted at the most, of one alone 100,000 */
    used: number;
    /** made; counted as `used` */
    codes: number;
    per_member: number;
    claim_from: Moment;
    claim_until: Moment;
    valid_from: Moment | null;
    valid_until: Moment | null;
    valid_days: number | null;
    state: string;
    created_at: Moment;
  }

  interface CouponTemplates {
    items: CouponTemplate[];
    next_cursor: string | null;
  }
}

/** My coupons (我的优惠券) by tab: usable, used (or bound to an unpaid order), expired. */
export declare namespace list_my_coupons {
  interface ListMyCoupons {
    /** default "usable" */
    tab?: "usable" | "used" | "expired";
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface MyCoupon {
    coupon_id: string;
    template_id: string;
    kind: string;
    title: string;
    offer: string;
    terms: { [name: string]: unknown };
    /** USABLE HELD USED EXPIRED */
    state: string;
    order_no: string | null;
    valid_from: Moment;
    valid_until: Moment;
    used_at: Moment | null;
  }

  interface MyCoupons {
    items: MyCoupon[];
    next_cursor: string | null;
  }
}

/** Make a batch of coupon codes (批量生成兑换码): shown once, in this answer, for print or for a partner. */
export declare namespace make_code_batch {
  interface MakeCodeBatch {
    /** at least 1 letters, at most 64 letters */
    template_id: string;
    /** from 1, to 5000 */
    count: number;
  }

  interface CodeBatch {
    batch_id: string;
    codes: string[];
  }
}

/** Redeem a coupon code (兑换优惠券): a code gives one coupon to one person, once. */
export declare namespace redeem_code {
  interface RedeemCode {
    /**
     * as printed, or as somebody types it: `domains/coupons/codes.py` · at least 1 letters, at most 128 letters
     */
    code: string;
  }

  interface CodeRedeemed {
    coupon_id: string;
    title: string;
    offer: string;
    valid_from: Moment;
    valid_until: Moment;
  }
}

/** Make or change a coupon template (优惠券): what it gives, on what, to how many, and when. */
export declare namespace save_coupon {
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

  interface SaveCoupon {
    kind: "full_reduction" | "discount" | "no_threshold" | "free_shipping";
    terms: CouponTerms;
    /** none: a new one · at least 1 letters, at most 64 letters */
    template_id?: string | null;
    /** of a change: the version that was read · from 1, to 1000000000 */
    version?: number | null;
    /** at least 1 letters, at most 64 letters */
    title: string;
    channel: "CENTRE" | "CODE" | "STAFF";
    /** from 0, to 10000000 */
    quota: number;
    /** from 1, to 9999 */
    per_member: number;
    claim_from: Moment;
    claim_until: Moment;
    valid_from?: Moment | null;
    valid_until?: Moment | null;
    /** from 1, to 3650 */
    valid_days?: number | null;
  }

  interface CouponSaved {
    template_id: string;
    version: number;
  }
}
