/** What a buyer has asked back of orders (售后单), in the starter's words: requests, and refunds that nobody asked for. */

import { ask } from "./mall.js";
import { NOWHERE, type Detail, type Line, type Logistics } from "./orders.js";
import type { Read } from "./paging.js";
import type { Button } from "./shapes.js";
import { stamp } from "./time.js";

type Request = Detail["order"]["refund_requests"][number];
type Refund = Detail["order"]["refunds"][number];

export interface RightsItem {
  skuId: string;
  spuId: string;
  goodsName: string;
  goodsPictureUrl: string;
  specInfo: { specTitle: string; specValues: string }[];
  itemRefundAmount: number;
  rightsQuantity: number;
}

export interface Rights {
  storeId: string;
  buttonVOs: Button[];
  refundMethodList: { refundMethodName: string; refundMethodAmount: number }[];
  rights: {
    rightsNo: string;
    orderNo: string;
    storeName: string;
    /** 20: the money alone; goods are not sent back through the mall yet. */
    rightsType: 20;
    afterSaleRequireType: "REFUND_MONEY";
    /** 10 to be decided, 20 agreed, 50 done, 60 closed. */
    rightsStatus: 10 | 20 | 50 | 60;
    userRightsStatus: 100 | 110 | 160 | 170;
    userRightsStatusName: string;
    userRightsStatusDesc: string;
    refundAmount: number;
    refundRequestAmount: number;
    rightsReasonDesc: string;
    rightsImageUrls: [];
    createTime: string;
  };
  rightsItem: RightsItem[];
  rightsRefund: { traceNo: string; refundDesc: string };
  logisticsVO: Logistics & { remark: string };
}

type Stage = "OPEN" | "AGREED" | "DONE" | "CLOSED";

const STAGES: Record<Stage, Pick<Rights["rights"], "rightsStatus" | "userRightsStatus" | "userRightsStatusName">> = {
  OPEN: { rightsStatus: 10, userRightsStatus: 100, userRightsStatusName: "待商家处理" },
  AGREED: { rightsStatus: 20, userRightsStatus: 110, userRightsStatusName: "退款处理中" },
  DONE: { rightsStatus: 50, userRightsStatus: 160, userRightsStatusName: "已退款" },
  CLOSED: { rightsStatus: 60, userRightsStatus: 170, userRightsStatusName: "已关闭" },
};
const REVOKE: Button = { type: 2, name: "撤销申请", primary: false };
const BATCH = 10;
const MOST_BATCHES = 5;
const orderOf = new Map<string, string>(); // order by request or refund, of what was seen

/** An order's, the newest first. */
export function rightsOf(detail: Detail): Rights[] {
  const { order } = detail;
  const asked = new Set(order.refund_requests.map(({ refund_no }) => refund_no));
  const found = [
    ...order.refund_requests.map((request) => ofRequest(detail, request)),
    ...order.refunds.filter(({ refund_no }) => !asked.has(refund_no)).map((refund) => ofRefund(detail, refund)),
  ];
  found.forEach(({ rights }) => remember(rights.rightsNo, order.order_no));
  return found;
}

export function remember(rightsNo: string, orderNo: string): void {
  orderOf.set(rightsNo, orderNo);
}

/** All that are of the next orders, until some are found or fifty orders were looked at: the mall lists orders, not
 * what was asked back of them. */
export async function readRights(cursor: string | null, status: number): Promise<Read<Rights>> {
  let found: Read<Rights> = { items: [], next_cursor: cursor };
  for (let batch = 0; batch < MOST_BATCHES; batch++) {
    const read = await ask("orders.list_orders", { cursor: found.next_cursor, limit: BATCH });
    const paid = read.items.filter(({ order }) => order.state !== "UNPAID");
    const details = await Promise.all(paid.map(({ order }) => ask("orders.get_order", { order_no: order.order_no })));
    const items = details.reduce<Rights[]>((all, detail) => all.concat(rightsOf(detail)), [])
      .filter(({ rights }) => status < 0 || rights.rightsStatus === status);
    found = { items, next_cursor: read.next_cursor };
    if (items.length || read.next_cursor === null) break;
  }
  return found;
}

export async function rightsAt(rightsNo: string): Promise<Rights | undefined> {
  let cursor: string | null = null;
  while (!orderOf.has(rightsNo)) {
    const read: Read<Rights> = await readRights(cursor, -1);
    cursor = read.next_cursor;
    if (cursor === null) break;
  }
  const order_no = orderOf.get(rightsNo);
  if (!order_no) return undefined;
  return rightsOf(await ask("orders.get_order", { order_no })).filter(({ rights }) => rights.rightsNo === rightsNo)[0];
}

function ofRequest(detail: Detail, request: Request): Rights {
  const refund = detail.order.refunds.filter(({ refund_no }) => refund_no === request.refund_no)[0];
  const stage = stageOf(request, refund);
  return drawn(detail, stage, {
    rightsNo: request.request_id, orderNo: detail.order.order_no,
    refundAmount: refund ? sum(refund) : request.asked_fen, refundRequestAmount: request.asked_fen,
    rightsReasonDesc: request.reason_words, createTime: stamp(request.asked_at),
    userRightsStatusDesc: request.answer ?? refund?.words ?? request.words,
  }, request.line_ids, request.note, refund);
}

function ofRefund(detail: Detail, refund: Refund): Rights {
  return drawn(detail, refund.state === "DONE" ? "DONE" : "AGREED", {
    rightsNo: refund.refund_no, orderNo: detail.order.order_no, refundAmount: sum(refund),
    refundRequestAmount: sum(refund), rightsReasonDesc: refund.reason, createTime: stamp(refund.asked_at),
    userRightsStatusDesc: refund.words,
  }, null, "", refund);
}

function stageOf(request: Request, refund: Refund | undefined): Stage {
  if (request.state === "OPEN") return "OPEN";
  if (request.state !== "ACCEPTED") return "CLOSED";
  return refund?.state === "DONE" ? "DONE" : "AGREED";
}

type Told = Pick<Rights["rights"], "rightsNo" | "orderNo" | "refundAmount" | "refundRequestAmount" | "rightsReasonDesc"
  | "createTime" | "userRightsStatusDesc">;

function drawn(
  { order, checkout }: Detail, stage: Stage, told: Told, lineIds: string[] | null, note: string, refund?: Refund,
): Rights {
  const lines = order.lines.filter(({ line_id }) => !lineIds || lineIds.includes(line_id));
  const seller = checkout.filter(({ order_no }) => order_no === order.order_no)[0];
  return {
    storeId: order.seller_id, buttonVOs: stage === "OPEN" ? [REVOKE] : [],
    refundMethodList: refund ? methodsOf(refund) : [],
    rights: {
      ...told, ...STAGES[stage], storeName: seller?.seller_name ?? "", rightsType: 20,
      afterSaleRequireType: "REFUND_MONEY", rightsImageUrls: [],
    },
    rightsItem: lines.map(itemOf), rightsRefund: { traceNo: refund?.refund_no ?? "", refundDesc: note },
    logisticsVO: { ...NOWHERE, remark: "" },
  };
}

function itemOf(line: Line): RightsItem {
  return {
    skuId: line.sku_id, spuId: line.spu_id, goodsName: line.title, goodsPictureUrl: line.picture_url ?? "",
    specInfo: line.spec_values.map((specValues) => ({ specTitle: "", specValues })), itemRefundAmount: line.pay_fen,
    rightsQuantity: line.quantity,
  };
}

function methodsOf({ amount_fen, balance_fen }: Refund): Rights["refundMethodList"] {
  return [{ refundMethodName: "微信支付", refundMethodAmount: amount_fen },
    { refundMethodName: "储值余额", refundMethodAmount: balance_fen }].filter((each) => each.refundMethodAmount > 0);
}

/** By WeChat and into the stored value. */
function sum({ amount_fen, balance_fen }: Refund): number {
  return amount_fen + balance_fen;
}
