import type { Input } from "../mall/client.js";
import { answered, ask, say, type Answered } from "../mall/mall.js";
import { valuesChosen } from "../mall/goods.js";
import { remember } from "../mall/rights.js";
import type { SpecChosen } from "../mall/shapes.js";

export interface RightsPreview {
  orderNo: string;
  spuId: string;
  skuId: string;
  storeId: string;
  /** Pieces that are asked back at first: all that may be. */
  numOfSku: number;
  numOfSkuAvailable: number;
  /** What they would give back of the goods; whether freight goes back too is decided when it is asked for. */
  refundableAmount: number;
  shippingFeeIncluded: 0;
  paidAmountEach: number;
  boughtQuantity: number;
  goodsInfo: { goodsName: string; skuImage: string; specInfo: SpecChosen[] };
}

export interface ApplyAsked {
  rights: { orderNo: string; refundRequestAmount: number | string; rightsReasonDesc: string };
  rightsItem: { skuId: string; rightsQuantity: number }[];
  refundMemo?: string;
}

type Reason = Input<"refunds.ask_refund">["reason"];

const WORDS: Record<Reason, string> = {
  NOT_WANTED: "不想要了", LATE: "未按约定时间发货", MISSING: "少件、漏发", DAMAGED: "破损、质量问题",
  NOT_AS_SHOWN: "与描述不符", PRICE_DROPPED: "降价补差", FREIGHT: "运费问题", OTHER: "其他原因",
};
const BEFORE_IT_CAME: Reason[] = ["NOT_WANTED", "LATE", "PRICE_DROPPED", "FREIGHT", "OTHER"];
const NOT_RECEIVED = 2;

/** 申请售后: what may be asked back of one SKU of an order. */
export async function fetchRightsPreview(
  params: { orderNo: string; skuId: string },
): Promise<Answered<RightsPreview>> {
  const { orderNo: order_no } = params;
  const { order } = await ask("orders.get_order", { order_no });
  const line = order.lines.filter(({ sku_id }) => sku_id === params.skuId)[0];
  if (!line) throw refused("订单中没有该商品");
  const { lines, may_ask, why_not } = await ask("refunds.view_refundable", { order_no });
  const left = lines.filter(({ line_id }) => line_id === line.line_id)[0];
  if (!may_ask || !left) throw refused(why_not ?? "该商品不能申请售后");
  return answered({
    orderNo: order_no, spuId: line.spu_id, skuId: line.sku_id, storeId: order.seller_id, numOfSku: left.left_quantity,
    numOfSkuAvailable: left.left_quantity, refundableAmount: left.left_fen, shippingFeeIncluded: 0,
    paidAmountEach: line.unit_fen, boughtQuantity: line.quantity,
    goodsInfo: { goodsName: line.title, skuImage: line.picture_url ?? "", specInfo: valuesChosen(line.spec_values) },
  });
}

/** 确认收货. */
export async function dispatchConfirmReceived(params: { parameter: { orderNo: string } }): Promise<Answered<null>> {
  await ask("orders.confirm_receipt", { order_no: params.parameter.orderNo });
  return answered(null);
}

/** 售后原因, by whether the goods came. */
export async function fetchApplyReasonList(
  params: { rightsReasonType?: number } = {},
): Promise<Answered<{ rightsReasonList: { id: string; desc: string }[] }>> {
  const all = params.rightsReasonType === NOT_RECEIVED ? BEFORE_IT_CAME : (Object.keys(WORDS) as Reason[]);
  return answered({ rightsReasonList: all.map((id) => ({ id, desc: WORDS[id] })) });
}

/** 提交售后: these pieces; or, where less was typed than all that are left would give back, so much of them. */
export async function dispatchApplyService(params: ApplyAsked): Promise<Answered<{ rightsNo: string; result: null }>> {
  const { orderNo: order_no, rightsReasonDesc, refundRequestAmount } = params.rights;
  const [{ order }, refundable] = await Promise.all([
    ask("orders.get_order", { order_no }), ask("refunds.view_refundable", { order_no }),
  ]);
  const lines = params.rightsItem.map(({ skuId, rightsQuantity }) => ({
    line_id: order.lines.filter(({ sku_id }) => sku_id === skuId)[0]?.line_id ?? skuId,
    quantity: Number(rightsQuantity),
  }));
  const line_ids = lines.map(({ line_id }) => line_id);
  const left_fen = refundable.lines.filter(({ line_id }) => line_ids.includes(line_id))
    .reduce((all, line) => all + line.left_fen, 0);
  const amount_fen = Math.round(Number(refundRequestAmount));
  const reason = reasonOf(rightsReasonDesc);
  const kind = reason === "PRICE_DROPPED" ? DIFFERENCE : GOODWILL;
  const { request_id } = await ask("refunds.ask_refund", {
    order_no, reason, note: params.refundMemo ?? "",
    ...(amount_fen < left_fen ? { by_amount: { ...kind, amount_fen, line_ids } } : { lines }),
  });
  remember(request_id, order_no);
  return answered({ rightsNo: request_id, result: null });
}

const GOODWILL = { kind: "COMPENSATION" } as const;
const DIFFERENCE = { kind: "PRICE_DIFFERENCE" } as const;

function refused(sentence: string): Error {
  say(sentence);
  return new Error(sentence);
}

function reasonOf(words: string): Reason {
  return (Object.keys(WORDS) as Reason[]).filter((reason) => WORDS[reason] === words)[0] ?? "OTHER";
}
