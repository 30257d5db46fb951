// Written by `python -m infra.web generate` from the functions; changes here are lost.

import type { Day, Moment } from "./kinds.js";

/** List WeChat's bills (账单列表) by day, the newest first, each with its totals beside ours. */
export declare namespace list_bills {
  interface ListBills {
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface BillRow {
    bill_id: string;
    /** of Shanghai */
    day: string;
    /** TRADE, FUND */
    kind: string;
    /** PULLED MATCHED REPLACED */
    state: string;
    sha1: string;
    /** in object storage; None: nothing was traded */
    file_key: string | null;
    rows_count: number;
    /** theirs, and ours of the day; refunds are ours when they ended */
    totals: { [name: string]: { [name: string]: number } };
    pulled_at: Moment;
    matched_at: Moment | null;
  }

  interface BillPage {
    items: BillRow[];
    next_cursor: string | null;
  }
}

/**
 * List what differs between WeChat's bills and our books (对账差异), each with its cause and the proposed step.
 */
export declare namespace list_differences {
  interface ListDifferences {
    /** default "OPEN" */
    state?: "OPEN" | "RESOLVED" | "MENDED";
    kind?: "MISSING_HERE" | "MISSING_THERE" | "AMOUNT" | "FEE" | "STATE" | null;
    day?: Day | null;
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface Difference {
    difference_id: string;
    day: string;
    kind: string;
    /** PAYMENT, REFUND */
    subject: string;
    /** payment_no or refund_no, or whatever WeChat has there */
    number: string;
    state: string;
    ours_fen: number | null;
    theirs_fen: number | null;
    sentence: string;
    next_step: string;
    /** the action that mends it */
    mended_by: string;
    note: string;
    created_at: Moment;
    resolved_at: Moment | null;
  }

  interface DifferencePage {
    items: Difference[];
    next_cursor: string | null;
  }
}

/** Pull and match one day's bills again (重新对账), as when WeChat wrote a bill anew. */
export declare namespace pull_day {
  interface PullDay {
    /** of Shanghai */
    day: Day;
  }

  interface DayPulled {
    /** pulled, same (nothing new), empty (nothing was traded), storing (too large for one call) */
    trade: string;
    fund: string;
    opened: number;
    mended: number;
    /** differences that were known before */
    standing: number;
    /** False: it is too large for one call; call again, or wait for the timers */
    finished: boolean;
  }
}

/** Mark a difference as settled (处理对账差异), with a note of what was done; its case is closed with it. */
export declare namespace resolve_difference {
  interface ResolveDifference {
    /** at least 1 letters, at most 64 letters */
    difference_id: string;
    /** at least 1 letters, at most 255 letters */
    note: string;
  }

  interface DifferenceSettled {
    difference_id: string;
    state: string;
  }
}
