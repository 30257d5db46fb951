// Written by `python -m infra.web generate` from the functions; changes here are lost.

import type { Moment } from "./kinds.js";

/** Sign in for today (每日签到) and get points, more for days in a row, and growth value. */
export declare namespace check_in_daily {
  interface Nothing {}

  interface CheckedIn {
    /** of today */
    points: number;
    /** days in a row, today included */
    streak: number;
    /** false: today was done before, and gives nothing more */
    is_first: boolean;
    /** growth value that this call brought */
    growth: number;
  }
}

/**
 * The buyer's points (我的积分): what may be spent, what expires when, and what came and went, the newest first.
 */
export declare namespace list_point_entries {
  interface ListPointEntries {
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface Expiring {
    points: number;
    expires_at: Moment;
  }

  interface PointEntry {
    reference: string;
    kind: string;
    words: string;
    points: number;
    about: string | null;
    at: Moment;
  }

  interface PointEntries {
    /** free to be spent; a hundred take a yuan off */
    points: number;
    /** set aside for orders that are not paid yet */
    held: number;
    /** taken back after they were spent: the next points pay it */
    debt: number;
    /** the twenty lots that expire first */
    expiring: Expiring[];
    items: PointEntry[];
    next_cursor: string | null;
  }
}

/** One member's points and their entries (会员积分), for the staff who answer questions about them. */
export declare namespace show_member_points {
  interface ShowMemberPoints {
    /** at least 1 letters, at most 64 letters */
    member_id: string;
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface Expiring {
    points: number;
    expires_at: Moment;
  }

  interface PointEntry {
    reference: string;
    kind: string;
    words: string;
    points: number;
    about: string | null;
    at: Moment;
  }

  interface MemberPoints {
    /** free to be spent */
    points: number;
    /** set aside for orders that are not paid yet */
    held: number;
    debt: number;
    /** the twenty lots that expire first */
    expiring: Expiring[];
    items: PointEntry[];
    next_cursor: string | null;
  }
}
