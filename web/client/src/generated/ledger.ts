// Written by `python -m infra.web generate` from the functions; changes here are lost.

import type { Moment } from "./kinds.js";

/** The balances of the ledger's accounts (账户余额): what is held, owed and spent, to the fen. */
export declare namespace list_balances {
  interface ListBalances {
    /** their accounts of this kind, one by one */
    members?: "stored_value" | "points" | "points_debt" | null;
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 200 · default 200 */
    limit?: number;
  }

  interface Balance {
    /** as the chart of accounts names it: wechat, order_funds/<seller>, stored_value/* of all members ... */
    account: string;
    /** debits less credits: what is owed shows negative */
    amount_fen: number;
    entries: number;
    /** so many are in this row */
    accounts: number;
  }

  interface Balances {
    items: Balance[];
    next_cursor: string | null;
  }
}

/** The ledger's entries of one order or one movement (记账明细), leg by leg. */
export declare namespace list_entries {
  interface ListEntries {
    /** every movement that moved value for it · at least 1 letters, at most 64 letters */
    order_no?: string | null;
    /** at most 256 letters */
    cursor?: string | null;
    /** legs of an order · from 1, to 200 · default 200 */
    limit?: number;
    /**
     * one movement: a payment, a refund, <refund>:done, <order>:coupons · at least 1 letters, at most 64 letters
     */
    reference?: string | null;
  }

  interface Entry {
    reference: string;
    leg: number;
    account: string;
    /** debit positive, credit negative; the legs of a movement add up to zero */
    amount_fen: number;
    about: string | null;
    reason: string;
    created_at: Moment;
  }

  interface Entries {
    items: Entry[];
    /** None for a movement, which is shown as a whole */
    next_cursor: string | null;
  }
}
