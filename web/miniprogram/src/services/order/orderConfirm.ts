import { book } from "../mall/addresses.js";
import { offer } from "../mall/choice.js";
import { Refused, type Input } from "../mall/client.js";
import { productsOf } from "../mall/goods.js";
import { linesOf, NoSku, type GoodsAsked, type WantedLine } from "../mall/lines.js";
import { answered, ask, quietly, say, sentenceOf, type Answered } from "../mall/mall.js";
import { pay, prepareMessages } from "../mall/pay.js";
import { explained, leftOut, storesOf, totals, type Product, type Quoted, type Settle } from "../mall/quote.js";
import type { Address } from "../mall/shapes.js";

interface CouponGiven {
  couponId?: string;
  key?: string;
}

export interface SettleAsked {
  goodsRequestList: GoodsAsked[];
  userAddressReq?: Partial<Address> | null;
  couponList?: CouponGiven[];
}

export interface CommitAsked extends SettleAsked {
  totalAmount: number | string;
  storeInfoList?: { remark?: string }[];
}

export interface Committed {
  isSuccess: true;
  tradeNo: string;
  payInfo: string;
  transactionId: string;
  interactId: string;
  channel: "wechat";
  limitGoodsList: null;
}

export interface InvoiceAsked {
  buyerName: string;
  buyerTaxNo: string;
  titleType: number;
  /** 0: none is wanted. */
  invoiceType: number;
}

type Quoting = Input<"pricing.quote_checkout">;

/** Codes that the page goes on by. */
const PAGE_CODES: Record<string, string> = {
  OUT_OF_STOCK: "CONTAINS_INSUFFICIENT_GOODS", GOODS_UNAVAILABLE: "CONTAINS_INSUFFICIENT_GOODS",
  PRICE_CHANGED: "TOTAL_AMOUNT_DIFFERENT", GOODS_CHANGED: "TOTAL_AMOUNT_DIFFERENT",
};

let seen = { call: "", word: "" }; // what the goods looked like in the last quote, and of which it was

/** 结算: the price of what is asked for. What is short stands apart, and the rest is priced without it. */
export async function fetchSettleDetail(params: SettleAsked): Promise<Answered<Settle>> {
  try {
    return answered(await settle(params));
  } catch (problem) {
    say(problem instanceof NoSku ? problem.message : sentenceOf(problem));
    throw problem;
  }
}

async function settle(params: SettleAsked): Promise<Settle> {
  const { goodsRequestList } = params;
  const [products, addresses] = await Promise.all([productsIn(goodsRequestList), book()]);
  const userAddress = addressOf(params) ?? addresses[0] ?? null;
  const call = quoting(params, userAddress, isVirtual(products));
  const whole = await quietly("pricing.quote_checkout", call);
  const fromCart = new Set(linesOf(goodsRequestList.filter((goods) => goods.fromCart)).map(({ sku_id }) => sku_id));
  const shorts = whole.short.map(({ sku_id }) => sku_id);
  const short = leftOut(storesOf(whole, products, fromCart), ({ skuId }) => shorts.includes(skuId));
  const lines = call.lines.filter(({ sku_id }) => !shorts.includes(sku_id));
  const quoted = !short ? whole : lines.length ? await quietly("pricing.quote_checkout", { ...call, lines }) : null;
  if (!quoted) return { ...NOTHING, userAddress, inValidGoodsList: short, outOfStockGoodsList: short };
  const stores = storesOf(quoted, await withGifts(quoted, products), fromCart);
  if (!short) seen = { call: JSON.stringify(call.lines), word: quoted.seen };
  await Promise.all([offer(quoted), prepareMessages()]);
  return {
    ...NOTHING, ...totals(quoted), userAddress, settleType: !short && mayOrder(quoted) ? 1 : 0, storeGoodsList: stores,
    inValidGoodsList: short, outOfStockGoodsList: short,
    abnormalDeliveryGoodsList: quoted.deliverable || !userAddress ? null : leftOut(stores, () => true),
  };
}

/** Gifts come with the quote: what they are nobody has asked yet. */
async function withGifts(quoted: Quoted, products: Map<string, Product>): Promise<Map<string, Product>> {
  const gifts = explained(quoted).lines.map(({ spu_id }) => spu_id).filter((spu_id) => !products.has(spu_id));
  const found = await productsOf(gifts).catch(() => new Map<string, Product>());
  return new Map([...products, ...found]);
}

function mayOrder(quoted: Quoted): boolean {
  return quoted.deliverable && !quoted.needs_address;
}

const NOTHING: Settle = {
  settleType: 0, userAddress: null, totalGoodsCount: 0, totalAmount: "0", totalPayAmount: 0, totalSalePrice: 0,
  totalDeliveryFee: 0, totalPromotionAmount: 0, totalCouponAmount: 0, totalDiscountAmount: 0, storeGoodsList: null,
  inValidGoodsList: null, outOfStockGoodsList: null, abnormalDeliveryGoodsList: null, limitGoodsList: null,
  invoiceSupport: 0,
};

function productsIn(asked: GoodsAsked[]): Promise<Map<string, Product>> {
  return productsOf(asked.map(({ spuId }) => `${spuId}`));
}

function isVirtual(products: Map<string, Product>): boolean {
  return [...products.values()].every(({ is_virtual }) => is_virtual);
}

function quoting(params: SettleAsked, address: Partial<Address> | null, byCode: boolean): Quoting {
  const { couponList } = params;
  const coupons = couponList?.map(({ couponId, key }) => couponId ?? key ?? "").filter(Boolean);
  return {
    lines: together(linesOf(params.goodsRequestList)), delivery: byCode ? "VIRTUAL" : "EXPRESS",
    ...(address?.address_id ? { address_id: address.address_id } : {}),
    ...(coupons ? { coupon_ids: [...new Set(coupons)] } : {}), // none at all: the best set by itself
  };
}

function together(lines: WantedLine[]): WantedLine[] {
  const all = new Map<string, number>();
  for (const { sku_id, quantity } of lines) all.set(sku_id, (all.get(sku_id) ?? 0) + quantity);
  return [...all].map(([sku_id, quantity]) => ({ sku_id, quantity }));
}

function addressOf({ userAddressReq }: SettleAsked): Address | null {
  return userAddressReq?.address_id ? (userAddressReq as Address) : null;
}

/** 提交订单, and pay it: the starter's page opens no payment of its own. Rejects with the code that the page goes on by
 * and the sentence that it shows. */
export async function dispatchCommitPay(params: CommitAsked): Promise<Answered<Committed>> {
  const placed = await place(params).catch((problem: unknown) => {
    const { code = "" } = problem as { code?: string };
    throw { code: PAGE_CODES[code] ?? code, msg: problem instanceof NoSku ? problem.message : sentenceOf(problem) };
  });
  const done = { isSuccess: true, tradeNo: placed.order_no, interactId: placed.checkout_id, channel: "wechat",
    limitGoodsList: null } as const;
  if (placed.state !== "UNPAID") return answered({ ...done, payInfo: "{}", transactionId: "" });
  const { paymentNo, payInfo } = await pay(placed.order_no).catch((problem: unknown) => {
    throw { code: "ORDER_PAY_FAIL", msg: problem instanceof Refused ? problem.message : "未完成支付" };
  });
  return answered({ ...done, payInfo: JSON.stringify(payInfo), transactionId: paymentNo });
}

async function place(params: CommitAsked) {
  const call = quoting(params, params.userAddressReq ?? null, isVirtual(await productsIn(params.goodsRequestList)));
  const note = (params.storeInfoList ?? []).map(({ remark }) => remark).filter(Boolean).join("；");
  return quietly("orders.place_order", {
    ...call, expected_pay_fen: Number(params.totalAmount), note,
    ...(seen.call === JSON.stringify(call.lines) ? { seen: seen.word } : {}),
    from_cart: params.goodsRequestList.some(({ fromCart }) => fromCart),
  });
}

/** 申请发票 of an order whose goods are sent. The mall keeps no e-mail: the invoice is found in the order. */
export async function dispatchSupplementInvoice(
  params: { parameter: { orderNo: string; invoiceVO: InvoiceAsked } },
): Promise<Answered<null>> {
  const { orderNo, invoiceVO } = params.parameter;
  const isCompany = invoiceVO.titleType === 2;
  if (invoiceVO.invoiceType) {
    await ask("invoices.request_invoice", {
      order_no: orderNo, title_kind: isCompany ? "COMPANY" : "PERSONAL", title: invoiceVO.buyerName,
      tax_no: isCompany ? invoiceVO.buyerTaxNo : null,
    });
  }
  return answered(null);
}

/** Ours: pay an order that waits (付款). */
export async function payOrder(orderNo: string): Promise<void> {
  await pay(orderNo).catch((problem: unknown) => {
    if (problem instanceof Refused) say(problem.message);
    throw problem;
  });
}
