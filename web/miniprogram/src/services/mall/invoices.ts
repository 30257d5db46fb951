/** The invoice (发票) of an order, in the starter's words. */

import type { Output } from "./client.js";
import { ask } from "./mall.js";

type Mine = Output<"invoices.list_my_invoices">["items"][number];

export interface Invoice {
  invoiceVO: {
    /** Empty until it is issued: the page reads from it whether it is. */
    buyerName: string;
    buyerTaxNo: string;
    buyerPhone: string;
    email: string;
    titleType: 1 | 2;
    contentType: 1;
    invoiceType: 5;
    /** Yuan, as its page shows it. */
    money: string;
  } | null;
  /** 1 issued, 2 may still be asked for, 3 asked for and not issued. */
  invoiceStatus: 1 | 2 | 3;
  invoiceDesc: string;
}

const MOST_PAGES = 4;
const WORDS: Record<string, string> = { REQUESTED: "已申请，待开票", RED_DUE: "已开票，待红冲", ISSUED: "已开票" };

export const NO_INVOICE: Invoice = { invoiceVO: null, invoiceStatus: 2, invoiceDesc: "暂不开发票" };

export async function invoiceOf(orderNo: string): Promise<Invoice> {
  const mine = await found(orderNo);
  const words = mine && WORDS[mine.state];
  if (!mine || !words) return NO_INVOICE;
  const isIssued = mine.state !== "REQUESTED";
  return {
    invoiceVO: {
      buyerName: isIssued ? mine.title : "", buyerTaxNo: mine.tax_no ?? "", buyerPhone: "", email: "",
      titleType: mine.title_kind === "COMPANY" ? 2 : 1, contentType: 1, invoiceType: 5,
      money: `${mine.amount_fen / 100}`,
    },
    invoiceStatus: isIssued ? 1 : 3, invoiceDesc: words,
  };
}

/** Among the newest two hundred. */
async function found(orderNo: string): Promise<Mine | undefined> {
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const read: Output<"invoices.list_my_invoices"> = await ask("invoices.list_my_invoices", { limit: 50, cursor });
    const mine = read.items.filter(({ order_no }) => order_no === orderNo)[0];
    if (mine || read.next_cursor === null) return mine;
    cursor = read.next_cursor;
  }
  return undefined;
}
