// Written by `python -m infra.web generate` from the functions; changes here are lost.

import type { Moment } from "./kinds.js";

/** The seller's receivers of profit sharing (分账接收方列表) and their ratios. */
export declare namespace list_receivers {
  interface Receiver {
    receiver_id: string;
    /** to be sent back with a change */
    version: number;
    /** SAVING: WeChat has not confirmed it, save it again */
    state: string;
    kind: string;
    account: string;
    label: string;
    relation: string;
    per_ten_thousand: number;
  }

  interface Receivers {
    items: Receiver[];
  }
}

/**
 * The seller's statement of profit sharing (分账明细): what was shared of which order, with whom, what came back.
 */
export declare namespace list_statements {
  interface ListStatements {
    state?: "DUE" | "SENT" | "DONE" | "FAILED" | null;
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface Part {
    receiver_id: string;
    label: string;
    state: string;
    amount_fen: number;
    /** called back before refunds */
    returned_fen: number;
    problem: string | null;
  }

  interface Statement {
    share_no: string;
    order_no: string;
    state: string;
    /** what was shared upon */
    net_fen: number;
    /** what receivers have got */
    shared_fen: number;
    returned_fen: number;
    /** what is left of the net amount to the seller */
    kept_fen: number;
    problem: string | null;
    created_at: Moment;
    finished_at: Moment | null;
    parts: Part[];
  }

  interface Statements {
    items: Statement[];
    next_cursor: string | null;
  }
}

/** Take a receiver out of profit sharing (移除分账接收方); what it was promised before stays its own. */
export declare namespace remove_receiver {
  interface RemoveReceiver {
    /** at least 1 letters, at most 64 letters */
    receiver_id: string;
  }

  interface ReceiverRemoved {
    receiver_id: string;
  }
}

/**
 * Send what receivers did not get of an order to them again (重试分账); WeChat is asked first what became of it.
 */
export declare namespace retry_share {
  interface RetryShare {
    /** at least 1 letters, at most 64 letters */
    share_no: string;
  }

  interface ShareRetried {
    share_no: string;
    state: string;
  }
}

/** Make or change a receiver of profit sharing (分账接收方): who gets which part of the seller's orders. */
export declare namespace save_receiver {
  interface SaveReceiver {
    /** of a change of one that takes part: the version that was read · from 1, to 1000000000 */
    version?: number | null;
    kind: "MERCHANT_ID" | "PERSONAL_OPENID";
    /** a merchant's number, or a person's openid of our app · at least 1 letters, at most 64 letters */
    account: string;
    /** in full, as WeChat checks it; a merchant's is needed · at least 1 letters, at most 64 letters */
    name?: string | null;
    /** what staff call it · at least 1 letters, at most 64 letters */
    label: string;
    relation: "STORE" | "STAFF" | "STORE_OWNER" | "PARTNER" | "HEADQUARTER" | "BRAND" | "DISTRIBUTOR" | "USER" | "SUPPLIER" | "SERVICE_PROVIDER" | "PLATFORM";
    /** of an order's net amount · from 1, to 10000 */
    per_ten_thousand: number;
  }

  interface ReceiverSaved {
    receiver_id: string;
    state: "SAVED";
  }
}
