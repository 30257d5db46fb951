import { serviceHours, servicePhone } from "../mall/config.js";
import { invoiceOf, NO_INVOICE, type Invoice } from "../mall/invoices.js";
import { answered, ask, type Answered } from "../mall/mall.js";
import {
  buttonsOf, itemOf, logisticsOf, statusOf, type Detail, type ListedOrder,
} from "../mall/orders.js";
import { stamp } from "../mall/time.js";

interface Move {
  title: string;
  code: number;
  nodes: { status: string; timestamp: string }[];
}

export interface OrderShown extends ListedOrder, Invoice {
  orderSubStatus: null;
  orderStatusRemark: string;
  holdStatus: null;
  goodsAmountApp: number;
  discountAmount: number;
  couponAmount: number;
  remark: string;
  /** Milliseconds that are left to pay; none: it is not to be paid. */
  autoCancelTime: number | null;
  paymentVO: { amount: number; paySuccessTime: string | null };
  /** What became of it, the newest first. */
  trajectoryVos: Move[];
}

const COUPONS = ["goods_coupon", "free_shipping_coupon"];
const CODES: Record<string, number> = {
  place: 200001, pay: 200002, pay_and_wait: 200002, ship: 200003, ship_part: 200003, close_unpaid: 200004,
  close_refunded: 200004, receive: 200005, pick_up: 200005, change_address: 200006,
};

/** 订单详情. */
export async function fetchOrderDetail(params: { parameter: string }): Promise<Answered<OrderShown>> {
  const detail = await ask("orders.get_order", { order_no: params.parameter });
  const { order_no, paid_at } = detail.order;
  return answered(shown(detail, paid_at ? await invoiceOf(order_no) : NO_INVOICE));
}

function shown(detail: Detail, invoice: Invoice): OrderShown {
  const { order, buttons, seconds_left_to_pay: left } = detail;
  const seller = detail.checkout.filter(({ order_no }) => order_no === order.order_no)[0];
  const taken = (wanted: boolean) => order.price.discounts
    .filter(({ kind }) => COUPONS.includes(kind) === wanted).reduce((all, each) => all + each.amount_fen, 0);
  const goods = order.price.list_fen - order.price.unit_off_fen;
  return {
    orderId: order.order_no, orderNo: order.order_no, parentOrderNo: order.checkout_id, storeId: order.seller_id,
    storeName: seller?.seller_name ?? "", orderStatus: statusOf(order.state), orderSubStatus: null,
    orderStatusName: order.state_words, orderStatusRemark: order.refund_words || order.kind_says, holdStatus: null,
    totalAmount: goods, goodsAmountApp: goods, paymentAmount: order.price.pay_fen, freightFee: order.price.freight_fen,
    discountAmount: taken(false), couponAmount: taken(true), remark: order.buyer_note,
    createTime: stamp(order.placed_at), autoCancelTime: left === null ? null : left * 1000,
    orderItemVOs: order.lines.map((line) => itemOf(line, buttons)), logisticsVO: logisticsOf(detail),
    paymentVO: { amount: order.price.pay_fen, paySuccessTime: order.paid_at && stamp(order.paid_at) },
    buttonVOs: buttonsOf(buttons, order.state), groupInfoVo: null, trajectoryVos: movesOf(detail), ...invoice,
  };
}

/** Couriers' own reports the mall does not have yet: these are its own. */
function movesOf({ order, pickup_code }: Detail): Move[] {
  const moves = order.timeline.map(({ move, words, at }) => ({
    title: words, code: CODES[move] ?? 200007,
    nodes: [{ status: [words, ...parcelsAt(order, at)].join("，"), timestamp: stamp(at) }],
  }));
  const waits = { title: "到店提货", code: 200007 };
  const code = { status: `提货码 ${pickup_code}`, timestamp: stamp(order.paid_at ?? order.placed_at) };
  return [...(pickup_code ? [{ ...waits, nodes: [code] }] : []), ...moves.reverse()];
}

function parcelsAt(order: Detail["order"], at: string): string[] {
  return order.parcels.filter(({ shipped_at, tracking_no }) => tracking_no && shipped_at === at)
    .map(({ carrier_name, tracking_no }) => `${carrier_name ?? ""} ${tracking_no}`.trim());
}

/** 客服: as it stands in mall/config. */
export async function fetchBusinessTime(): Promise<Answered<{ telphone: string; businessTime: string[] }>> {
  return answered({ telphone: servicePhone, businessTime: serviceHours ? [serviceHours] : [] });
}

/** Ours: 取消订单 that is not paid. */
export async function cancelOrder(orderNo: string): Promise<void> {
  await ask("orders.cancel_order", { order_no: orderNo });
}

/** Ours: 再次购买, all its goods into the cart. */
export async function buyAgain(orderNo: string): Promise<void> {
  const { order } = await ask("orders.get_order", { order_no: orderNo });
  for (const { sku_id, quantity } of order.lines) await ask("carts.put_cart_item", { sku_id, quantity });
}
