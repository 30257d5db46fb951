// Written by `python -m infra.web generate` from the functions; changes here are lost.

import type { Moment } from "./kinds.js";

/**
 * Block a member (限制会员): from the next call on they may not place, pay, claim or anything else, and read why.
 */
export declare namespace block_member {
  interface BlockMember {
    /** at least 1 letters, at most 64 letters */
    member_id: string;
    /** as the member reads it · at least 1 letters, at most 128 letters */
    reason: string;
    /** for colleagues · at most 255 letters */
    note?: string;
    /** absent: until somebody unblocks them */
    until?: Moment | null;
    /**
     * the block that stands, where one does: a later end, another reason · at least 1 letters, at most 64 letters
     */
    replaces?: string | null;
  }

  interface MemberIsBlocked {
    block_id: string;
  }
}

/** Unblock a member (解除限制): from the next call on they may do all that others may. */
export declare namespace unblock_member {
  interface UnblockMember {
    /** at least 1 letters, at most 64 letters */
    member_id: string;
    /** the block that was seen · at least 1 letters, at most 64 letters */
    block_id?: string | null;
    /** why, for colleagues · at least 1 letters, at most 255 letters */
    note: string;
  }

  interface MemberUnblocked {
    member_id: string;
  }
}
