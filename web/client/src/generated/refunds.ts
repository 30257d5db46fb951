// Written by `python -m infra.web generate` from the functions; changes here are lost.

import type { Moment } from "./kinds.js";

/**
 * Staff answer a buyer's request for a refund (处理退款申请): accept it, which starts the refund, or say why not.
 */
export declare namespace answer_request {
  /** `answer`: what the buyer reads; a refusal needs it. */
  interface AnswerRequest {
    /** at least 1 letters, at most 64 letters */
    request_id: string;
    accept: boolean;
    /** at most 255 letters */
    answer?: string;
    /** as in refunds.start_refund */
    seen_state?: "GROUPING" | "TO_SHIP" | "SHIPPED" | "RECEIVED" | null;
    /** from 0, to 10000000000 */
    seen_refunded_fen?: number | null;
  }

  interface RequestAnswered {
    request_id: string;
    state: "ACCEPTED" | "REFUSED";
    refund_no: string | null;
    amount_fen: number;
    /** no piece of the order is left */
    closes: boolean;
  }
}

/** A buyer asks for a refund (申请退款): of pieces, of an amount, or of all that is left; the shop answers. */
export declare namespace ask_refund {
  /** So much of what was paid, and the buyer keeps the goods. `line_ids`: of these goods alone. */
  interface AmountBack {
    kind: "PRICE_DIFFERENCE" | "FREIGHT" | "COMPENSATION";
    /** from 1, to 10000000000 */
    amount_fen: number;
    /** at least 1, at most 50 */
    line_ids?: string[] | null;
  }

  interface RefundLine {
    /** at least 1 letters, at most 64 letters */
    line_id: string;
    /** from 1, to 9999 */
    quantity: number;
  }

  type RequestReason = "NOT_WANTED" | "LATE" | "MISSING" | "DAMAGED" | "NOT_AS_SHOWN" | "PRICE_DROPPED" | "FREIGHT" | "OTHER";

  interface AskRefund {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
    reason: RequestReason;
    /** at most 255 letters */
    note?: string;
    /** None: all that is left · at least 1, at most 50 */
    lines?: RefundLine[] | null;
    /** in place of pieces */
    by_amount?: AmountBack | null;
    /** of checked uploads that show it · at most 9 · default [] */
    evidence_ids?: string[];
  }

  interface RefundAsked {
    request_id: string;
    state: string;
    /** what it would give back by now */
    asked_fen: number;
  }
}

/** Give back what was kept of an order that was not paid to the end (退还定金): all of it, or a part. */
export declare namespace give_back_kept {
  interface GiveBackKept {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
    /** None: all that is still kept · from 1, to 10000000000 */
    amount_fen?: number | null;
    /** as the buyer reads it · at least 1 letters, at most 128 letters */
    reason: string;
    /** what had gone back when this was decided: refused when it is more now · from 0, to 10000000000 */
    seen_refunded_fen?: number | null;
  }

  interface KeptGivenBack {
    /** one of each payment that gives */
    refund_nos: string[];
    amount_fen: number;
    /** still kept */
    kept_fen: number;
  }
}

/** The seller's refunds (退款列表) by state, the newest first; a failed one with its next step. */
export declare namespace list_refunds {
  interface ListRefunds {
    state?: "DUE" | "SENT" | "DONE" | "FAILED" | null;
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface RefundRow {
    refund_no: string;
    /** under which the merchant platform shows the present try */
    wechat_refund_no: string;
    /** None: of an order that was paid by stored value alone */
    payment_no: string | null;
    /** None: money that had nothing to pay for */
    order_no: string | null;
    state: string;
    cause: string;
    /** GOODS PRICE_DIFFERENCE FREIGHT COMPENSATION */
    kind: string;
    reason: string;
    /** by WeChat */
    amount_fen: number;
    /** into the buyer's stored value, at once */
    balance_fen: number;
    problem: string | null;
    /** what staff should do about a failed one */
    next_step: string | null;
    /** WECHAT_PLATFORM or BANK_TRANSFER: staff gave it back by hand */
    settled_how: string | null;
    /** under which, the platform's or the bank's */
    settled_number: string | null;
    attempts: number;
    created_at: Moment;
    finished_at: Moment | null;
  }

  interface RefundPage {
    items: RefundRow[];
    next_cursor: string | null;
  }
}

/** What buyers ask back (退款申请列表), by state, the newest first. */
export declare namespace list_requests {
  interface ListRequests {
    state?: "OPEN" | "ACCEPTED" | "REFUSED" | "WITHDRAWN" | "OVERTAKEN" | null;
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface PrivateFile {
    upload_id: string;
    content_type: string;
    url: string;
  }

  interface RequestRow {
    request: RequestView;
    order_no: string;
    /** by now: hand it over as seen_state */
    order_state: string;
    pay_fen: number;
    /** so far: hand it over as seen_refunded_fen */
    refunded_fen: number;
    /** None: an amount, or all that is left */
    lines: WantedLine[] | null;
    /** what the buyer shows of it */
    evidence: PrivateFile[];
    asked_at: Moment;
  }

  interface RequestView {
    request_id: string;
    state: string;
    words: string;
    kind: string;
    kind_words: string;
    line_ids: string[] | null;
    asked_fen: number;
    reason: string;
    reason_words: string;
    note: string;
    evidence_ids: string[];
    answer: string | null;
    refund_no: string | null;
    asked_at: Moment;
    ended_at: Moment | null;
  }

  interface WantedLine {
    line_id: string;
    quantity: number;
  }

  interface RequestPage {
    items: RequestRow[];
    next_cursor: string | null;
  }
}

/** What a refund of these pieces, or by this amount, would give back (退款试算), and why; nothing is written. */
export declare namespace quote_refund {
  /** So much of what was paid, and the buyer keeps the goods. `line_ids`: of these goods alone. */
  interface AmountBack {
    kind: "PRICE_DIFFERENCE" | "FREIGHT" | "COMPENSATION";
    /** from 1, to 10000000000 */
    amount_fen: number;
    /** at least 1, at most 50 */
    line_ids?: string[] | null;
  }

  interface RefundLine {
    /** at least 1 letters, at most 64 letters */
    line_id: string;
    /** from 1, to 9999 */
    quantity: number;
  }

  interface QuoteRefund {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
    /** None: all that is left · at least 1, at most 50 */
    lines?: RefundLine[] | null;
    /** as in refunds.start_refund */
    freight?: boolean | null;
    by_amount?: AmountBack | null;
  }

  interface QuotedLine {
    line_id: string;
    title: string;
    quantity: number;
    /** the lines' amounts add up to the refund's */
    amount_fen: number;
  }

  interface RefundQuote {
    amount_fen: number;
    /** the part of it that is freight */
    freight_fen: number;
    /** the part of it that would go into the buyer's stored value */
    balance_fen: number;
    /** of promotions that what remains does not reach */
    taken_back_fen: number;
    /** that paid for these pieces and go back to the buyer */
    points_back: number;
    /** that these pieces earned and are taken back; those that were spent become a debt */
    points_taken: number;
    /** what could still be refunded after this */
    left_fen: number;
    /** so far: hand it over as seen_refunded_fen */
    refunded_fen: number;
    /** hand it over as seen_state */
    state: string;
    closes: boolean;
    lines: QuotedLine[];
    /** the explanation */
    sentences: string[];
  }
}

/** Record that staff gave a failed refund back by hand (登记线下退款): in WeChat's platform or by bank transfer. */
export declare namespace record_settled_by_hand {
  /** How staff gave the money of a failed refund back under another number than ours. */
  type ByHand = "WECHAT_PLATFORM" | "BANK_TRANSFER";

  /**
   * `number`: of a refund in the platform its merchant refund number (商户退款单号), as the bills show it; of a
   * transfer the bank's reference.
   */
  interface RecordSettledByHand {
    /** at least 1 letters, at most 64 letters */
    refund_no: string;
    how: ByHand;
    /** at least 1 letters, at most 64 letters */
    number: string;
    /** at least 1 letters, at most 255 letters */
    note: string;
  }

  interface SettledByHand {
    refund_no: string;
    state: string;
  }
}

/** Get an order back that was not shipped, decided at once for those the shop trusts (极速退款). */
export declare namespace request_flash_refund {
  interface RequestFlashRefund {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
    /** at least 1 letters, at most 128 letters · default "不想要了" */
    reason?: string;
  }

  interface FlashRefundDecided {
    refund_no: string | null;
    amount_fen: number;
  }
}

/**
 * Send a failed refund again (重试退款); under a new number only when WeChat says that it closed the last one.
 */
export declare namespace retry_refund {
  interface RetryRefund {
    /** at least 1 letters, at most 64 letters */
    refund_no: string;
  }

  interface RefundRetried {
    refund_no: string;
    state: string;
  }
}

/** Refund an order: all of it, some pieces, or an amount (退款、退差价、退运费、补偿); the last piece closes it. */
export declare namespace start_refund {
  /** So much of what was paid, and the buyer keeps the goods. `line_ids`: of these goods alone. */
  interface AmountBack {
    kind: "PRICE_DIFFERENCE" | "FREIGHT" | "COMPENSATION";
    /** from 1, to 10000000000 */
    amount_fen: number;
    /** at least 1, at most 50 */
    line_ids?: string[] | null;
  }

  interface RefundLine {
    /** at least 1 letters, at most 64 letters */
    line_id: string;
    /** from 1, to 9999 */
    quantity: number;
  }

  interface StartRefund {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
    /** at least 1 letters, at most 128 letters */
    reason: string;
    /** None: all that is left · at least 1, at most 50 */
    lines?: RefundLine[] | null;
    /** its share of the freight too; None: as long as nothing was shipped */
    freight?: boolean | null;
    /** in place of both */
    by_amount?: AmountBack | null;
    /** refused when it has changed */
    seen_state?: "GROUPING" | "TO_SHIP" | "SHIPPED" | "RECEIVED" | null;
    /** what had gone back when this was decided: refused when it is more now · from 0, to 10000000000 */
    seen_refunded_fen?: number | null;
  }

  interface RefundStarted {
    /** None: nothing is to be paid back */
    refund_no: string | null;
    /** DONE: nothing of it goes by WeChat */
    state: "DUE" | "DONE" | "NOTHING_TO_REFUND";
    amount_fen: number;
    /** the part of it that goes into the buyer's stored value, at once */
    balance_fen: number;
    /** no piece of the order is left */
    closes: boolean;
  }
}

/**
 * What a buyer may still ask back of an order (可申请退款), and what was asked before, with the shop's answers.
 */
export declare namespace view_refundable {
  interface ViewRefundable {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
  }

  interface PrivateFile {
    upload_id: string;
    content_type: string;
    url: string;
  }

  interface RefundableLine {
    line_id: string;
    title: string;
    left_quantity: number;
    /** of its goods, for the pieces that are left */
    left_fen: number;
  }

  interface RequestView {
    request_id: string;
    state: string;
    words: string;
    kind: string;
    kind_words: string;
    line_ids: string[] | null;
    asked_fen: number;
    reason: string;
    reason_words: string;
    note: string;
    evidence_ids: string[];
    answer: string | null;
    refund_no: string | null;
    asked_at: Moment;
    ended_at: Moment | null;
  }

  interface Refundable {
    order_no: string;
    may_ask: boolean;
    why_not: string | null;
    /** in all */
    left_fen: number;
    freight_left_fen: number;
    lines: RefundableLine[];
    /** the newest first */
    requests: RequestView[];
    /** of all of them */
    evidence: PrivateFile[];
  }
}

/** A buyer takes a request for a refund back (撤销退款申请) that the shop has not answered. */
export declare namespace withdraw_request {
  interface WithdrawRequest {
    /** at least 1 letters, at most 64 letters */
    request_id: string;
  }

  interface RequestWithdrawn {
    request_id: string;
    state: string;
  }
}
