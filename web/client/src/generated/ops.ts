// Written by `python -m infra.web generate` from the functions; changes here are lost.

import type { Moment } from "./kinds.js";

/** Tell whether the mall works (健康检查): the database answers, events flow, the books are audited. */
export declare namespace check_health {
  interface Health {
    /** the database answers, events flow and the audit ends */
    healthy: boolean;
    database: boolean;
    events_waiting: number;
    oldest_event_s: number;
    /** of those that wait: for a release that knows their kind, listener or version */
    events_held: number;
    events_parked: number;
    open_cases: number;
    /** no look of the audit has ended for three hours, though some were tried */
    audit_late: boolean;
  }
}

/** List what a person has to look at (待办): late payments, refunds that failed, books that do not agree. */
export declare namespace list_cases {
  interface ListCases {
    /** default "OPEN" */
    state?: "OPEN" | "RESOLVED";
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface Case {
    case_id: string;
    kind: string;
    reference: string;
    state: string;
    /** what happened */
    sentence: string;
    /** what to do */
    next_step: string;
    data: { [name: string]: unknown };
    /** what was done */
    note: string;
    created_at: Moment;
    resolved_at: Moment | null;
  }

  interface Cases {
    items: Case[];
    next_cursor: string | null;
  }
}

/** List the events that their listeners kept refusing (暂停的事件), to be replayed once the cause is gone. */
export declare namespace list_parked_events {
  interface ListParkedEvents {
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 50 */
    limit?: number;
  }

  interface ParkedDelivery {
    listener: string;
    attempts: number;
    last_error: string | null;
  }

  interface ParkedEvent {
    event_id: string;
    kind: string;
    /** ids and amounts */
    payload: { [name: string]: unknown };
    /** the listeners that are parked */
    waiting: string[];
    /** of the first of them */
    last_error: string | null;
    deliveries: ParkedDelivery[];
    /** of the call that told it */
    request_id: string;
    created_at: Moment;
  }

  interface ParkedEvents {
    items: ParkedEvent[];
    next_cursor: string | null;
  }
}

/** Put a parked event back into the queue (重新投递): only the listeners that have not heard it are told. */
export declare namespace replay_parked_event {
  interface ReplayParkedEvent {
    /** at least 1 letters, at most 64 letters */
    event_id: string;
    /** this one alone, as ops.list_parked_events names it · at least 1 letters, at most 64 letters */
    listener?: string | null;
  }

  interface Replayed {
    event_id: string;
    listeners: string[];
  }
}

/** Resolve a case (处理待办), with a note of what was done. */
export declare namespace resolve_case {
  interface ResolveCase {
    /** at least 1 letters, at most 64 letters */
    case_id: string;
    /** at least 1 letters, at most 255 letters */
    note: string;
  }

  interface Resolved {
    case_id: string;
    state: string;
  }
}

/** Audit the books now (立即核账) and read what does not agree. */
export declare namespace run_audit {
  interface RunAudit {
    /** at most 256 letters */
    cursor?: string | null;
  }

  interface Findings {
    /** empty: every book that was looked at agrees */
    findings: string[];
    /** where to go on: the shop is too large for one call; None: everything was looked at */
    next_cursor: string | null;
  }
}

/** Trace one order (订单追踪): what every book says about it, in the order of time, personal data masked. */
export declare namespace trace_order {
  interface TraceOrder {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
  }

  interface TraceEntry {
    at: Moment;
    /** order payment refund ledger coupon seat shipment growth stock case event delivery message audit */
    book: string;
    number: string;
    what: { [name: string]: unknown };
  }

  interface OrderTrace {
    order_no: string;
    member_id: string;
    state: string;
    kind: string;
    delivery: string;
    pay_fen: number;
    refunded_fen: number;
    payment_no: string | null;
    group_id: string | null;
    /** masked */
    address: { [name: string]: string } | null;
    entries: TraceEntry[];
  }
}
