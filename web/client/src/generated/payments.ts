// Written by `python -m infra.web generate` from the functions; changes here are lost.

import type { Moment } from "./kinds.js";

/** Start paying an order (发起支付): a prepay at WeChat under our own number, for JSAPI, Native or H5. */
export declare namespace start_payment {
  interface StartPayment {
    /** at least 1 letters, at most 64 letters */
    order_no: string;
    /** default "jsapi" */
    channel?: "jsapi" | "native" | "h5";
  }

  interface PaymentStarted {
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
