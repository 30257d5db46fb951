// Written by `python -m infra.web generate` from the functions; changes here are lost.

import type { Moment } from "./kinds.js";

/** The safeguarding reports (备付日报), a row for each day, the newest first. */
export declare namespace list_safeguarding_reports {
  interface ListSafeguardingReports {
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 31 */
    limit?: number;
  }

  interface SafeguardingReport {
    day: string;
    /** owed to members when the day began */
    opening_fen: number;
    topped_up_fen: number;
    spent_fen: number;
    /** into stored value */
    refunded_fen: number;
    /** owed when it ended, by the ledger */
    closing_fen: number;
    percent: number;
    /** what has to lie in the safeguarding account */
    safeguard_fen: number;
    /** zero, or there is a case */
    difference_fen: number;
    made_at: Moment;
  }

  interface SafeguardingReports {
    items: SafeguardingReport[];
    next_cursor: string | null;
  }
}

/** What came into the buyer's stored value and went out of it (余额明细), the newest first. */
export declare namespace list_wallet_entries {
  interface ListWalletEntries {
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface WalletEntry {
    reference: string;
    kind: string;
    words: string;
    amount_fen: number;
    about: string | null;
    at: Moment;
  }

  interface WalletEntries {
    items: WalletEntry[];
    next_cursor: string | null;
  }
}

/** One member's stored value and its entries (会员余额), for the staff who answer questions about it. */
export declare namespace show_member_wallet {
  interface ShowMemberWallet {
    /** at least 1 letters, at most 64 letters */
    member_id: string;
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface WalletEntry {
    reference: string;
    kind: string;
    words: string;
    amount_fen: number;
    about: string | null;
    at: Moment;
  }

  interface MemberWallet {
    /** free to be spent */
    balance_fen: number;
    /** set aside for orders that are not paid yet */
    held_fen: number;
    items: WalletEntry[];
    next_cursor: string | null;
  }
}

/** Top the wallet up (储值充值): a payment of its own at WeChat, credited when it has arrived. */
export declare namespace top_up_wallet {
  interface TopUpWallet {
    /** from 1, to 10000000000 */
    amount_fen: number;
    /** default "jsapi" */
    channel?: "jsapi" | "native" | "h5";
  }

  interface TopUpStarted {
    payment_no: string;
    amount_fen: number;
    expires_at: Moment;
    /** for wx.requestPayment; in a page of the service account, WeixinJSBridge */
    request_payment: { [name: string]: string } | null;
    /** to be shown as a QR code */
    code_url: string | null;
    /** to be opened in the browser */
    h5_url: string | null;
  }
}

/** The buyer's stored value (储值余额): what is free to be spent, and what may be topped up. */
export declare namespace view_wallet {
  interface Nothing {}

  interface Wallet {
    /** free to be spent */
    balance_fen: number;
    /** set aside for orders that are not paid yet */
    held_fen: number;
    /** false once the merchant's filing has lapsed */
    takes_top_ups: boolean;
    top_up_least_fen: number;
    /** of one top-up now, so that the wallet does not grow too large */
    top_up_most_fen: number;
  }
}
