// Written by `python -m infra.web generate` from the functions; changes here are lost.

import type { Day, Moment } from "./kinds.js";

/** Take back the request for an invoice (取消发票申请) that was not issued yet. */
export declare namespace cancel_request {
  interface CancelRequest {
    /** at least 1 letters, at most 64 letters */
    invoice_id: string;
  }

  interface RequestCancelled {
    invoice_id: string;
    state: string;
  }
}

/** Correct the title of an invoice (修改发票抬头) that one has asked for and that was not issued yet. */
export declare namespace correct_request {
  type TitleKind = "PERSONAL" | "COMPANY";

  interface CorrectRequest {
    /** at least 1 letters, at most 64 letters */
    invoice_id: string;
    /** that was read · from 1, to 1000000000 */
    version: number;
    title_kind: TitleKind;
    /** at least 1 letters, at most 128 letters */
    title: string;
    /** of a company · at most 20 letters */
    tax_no?: string | null;
  }

  interface RequestCorrected {
    invoice_id: string;
    version: number;
    state: string;
  }
}

/** The accountant's statement (财务对账表) as an Excel file: payments, refunds, fees and invoices of a period. */
export declare namespace export_statement {
  interface ExportStatement {
    /** of Shanghai */
    from_day: Day;
    /** included */
    until_day: Day;
  }

  interface StatementExported {
    rows: number;
    /** lasts ten minutes */
    url: string;
  }
}

/** The seller's invoices (发票管理) by state: what is to be issued, what is to be reddened. */
export declare namespace list_invoices {
  interface ListInvoices {
    state?: "REQUESTED" | "ISSUED" | "RED_DUE" | "RED" | "CANCELLED" | "REFUSED" | null;
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface InvoiceRow {
    invoice_id: string;
    order_no: string;
    state: string;
    version: number;
    /** why the shop issues none */
    refusal: string | null;
    title_kind: string;
    /** in full: the accountant types it into the tax bureau's system */
    title: string;
    tax_no: string | null;
    amount_fen: number;
    /** to be reddened now */
    red_due_fen: number;
    reddened_fen: number;
    number: string | null;
    issued_on: string | null;
    /** a file of the shop's own opens for ten minutes */
    file_url: string | null;
    red_letters: RedLetter[];
    requested_at: Moment;
    issued_at: Moment | null;
  }

  interface RedLetter {
    number: string;
    issued_on: string;
    amount_fen: number;
  }

  interface InvoicePage {
    items: InvoiceRow[];
    next_cursor: string | null;
  }
}

/** The buyer's own invoices (我的发票), the newest first. */
export declare namespace list_my_invoices {
  interface ListMyInvoices {
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface MyInvoice {
    invoice_id: string;
    order_no: string;
    /** REQUESTED ISSUED RED_DUE RED CANCELLED REFUSED */
    state: string;
    version: number;
    /** why the shop issues none */
    refusal: string | null;
    title_kind: string;
    title: string;
    tax_no: string | null;
    amount_fen: number;
    number: string | null;
    issued_on: string | null;
    /** a file of the shop's own opens for ten minutes */
    file_url: string | null;
    requested_at: Moment;
  }

  interface MyInvoices {
    items: MyInvoice[];
    next_cursor: string | null;
  }
}

/** Record an invoice that was issued (登记发票): its number, its day, where its file is. */
export declare namespace record_invoice {
  interface RecordInvoice {
    /** at least 1 letters, at most 64 letters */
    invoice_id: string;
    /** at least 1 letters, at most 128 letters */
    number: string;
    issued_on: Day;
    /** as printed · from 1, to 10000000000 */
    amount_fen: number;
    /** of the request, as it was printed · from 1, to 1000000000 · default 1 */
    version?: number;
    /** where it is kept elsewhere · at most 512 letters */
    file_url?: string | null;
    /**
     * or of a checked PAPER of the shop's own: its buyer reads it by a link · at least 1 letters, at most 64
     * letters
     */
    file_upload_id?: string | null;
  }

  interface InvoiceRecorded {
    invoice_id: string;
    state: string;
  }
}

/** Record a red-letter invoice (登记红字发票) that takes back what was refunded. */
export declare namespace record_red_letter {
  interface RecordRedLetter {
    /** at least 1 letters, at most 64 letters */
    invoice_id: string;
    /** at least 1 letters, at most 128 letters */
    number: string;
    issued_on: Day;
    /** as printed, without its sign · from 1, to 10000000000 */
    amount_fen: number;
  }

  interface RedLetterRecorded {
    invoice_id: string;
    /** RED in full, ISSUED while a part of the invoice stays */
    state: string;
  }
}

/** Issue no invoice for a request (拒绝开票) and say why: its buyer reads it, and may ask anew. */
export declare namespace refuse_request {
  interface RefuseRequest {
    /** at least 1 letters, at most 64 letters */
    invoice_id: string;
    /** at least 1 letters, at most 255 letters */
    reason: string;
    /** of the request, as it was read · from 1, to 1000000000 · default 1 */
    version?: number;
  }

  interface RequestRefused {
    invoice_id: string;
    state: string;
  }
}

/** Ask for the invoice (申请发票) of one's own order, for what was paid and not refunded. */
export declare namespace request_invoice {
  type TitleKind = "PERSONAL" | "COMPANY";

  interface RequestInvoice {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
    title_kind: TitleKind;
    /** at least 1 letters, at most 128 letters */
    title: string;
    /** of a company · at most 20 letters */
    tax_no?: string | null;
  }

  interface InvoiceRequested {
    invoice_id: string;
    amount_fen: number;
    state: string;
  }
}
