/** Orders, from the mall's words into the starter's. */

import type { Output } from "./client.js";
import { valuesChosen } from "./goods.js";
import type { Button, SpecChosen } from "./shapes.js";
import { stamp } from "./time.js";

export type Detail = Output<"orders.get_order">;
type Row = Output<"orders.list_orders">["items"][number];
export type Line = Row["order"]["lines"][number];

export interface OrderItem {
  id: string;
  spuId: string;
  skuId: string;
  goodsName: string;
  goodsPictureUrl: string;
  specifications: SpecChosen[];
  originPrice: null;
  actualPrice: number;
  tagPrice: null;
  tagText: null;
  buyQuantity: number;
  itemPaymentAmount: number;
  buttonVOs: Button[];
}

export interface Logistics {
  logisticsNo: string;
  logisticsCompanyName: string;
  logisticsCompanyCode: string;
  logisticsCompanyTel: string;
  receiverName: string;
  receiverPhone: string;
  receiverProvince: string;
  receiverCity: string;
  receiverCountry: string;
  receiverArea: string;
  receiverAddress: string;
}

export interface ListedOrder {
  orderId: string;
  orderNo: string;
  /** Of all orders of one checkout. */
  parentOrderNo: string;
  storeId: string;
  storeName: string;
  orderStatus: number;
  orderStatusName: string;
  totalAmount: number;
  paymentAmount: number;
  freightFee: number;
  createTime: string;
  orderItemVOs: OrderItem[];
  logisticsVO: Logistics;
  buttonVOs: Button[];
  groupInfoVo: null;
}

const STATUS: Record<string, number> = {
  UNPAID: 5, PART_PAID: 5, GROUPING: 10, TO_SHIP: 10, SHIPPED: 40, RECEIVED: 50, CLOSED: 80,
};

/** What the pages draw a button for, by the action that is open; a refund is asked for beside the goods. */
const BUTTONS: Record<string, Button> = {
  cancel_order: { type: 2, name: "取消订单", primary: false },
  start_payment: { type: 1, name: "付款", primary: true },
  confirm_receipt: { type: 3, name: "确认收货", primary: true },
};
const REFUND: Button = { type: 4, name: "申请售后", primary: false };
const AGAIN: Button = { type: 9, name: "再次购买", primary: false };

export function statusOf(state: string): number {
  return STATUS[state] ?? 10;
}

/** In the order in which they stand, the chief one last. */
export function buttonsOf(open: string[], state: string): Button[] {
  const found = Object.keys(BUTTONS).filter((name) => open.includes(name)).map((name) => BUTTONS[name] as Button);
  return ["RECEIVED", "CLOSED"].includes(state) ? [...found, AGAIN] : found;
}

export function itemOf(line: Line, open: string[]): OrderItem {
  const mayAsk = open.includes("ask_refund") && line.left_quantity > 0;
  return {
    id: line.line_id, spuId: line.spu_id, skuId: line.sku_id, goodsName: line.title,
    goodsPictureUrl: line.picture_url ?? "", specifications: valuesChosen(line.spec_values), originPrice: null,
    actualPrice: line.unit_fen, tagPrice: null, tagText: null, buyQuantity: line.quantity,
    itemPaymentAmount: line.pay_fen, buttonVOs: mayAsk ? [REFUND] : [],
  };
}

export function rowOf({ order, buttons }: Row): ListedOrder {
  const goodsPaid = order.lines.reduce((all, line) => all + line.pay_fen, 0);
  return {
    orderId: order.order_no, orderNo: order.order_no, parentOrderNo: order.checkout_id, storeId: order.seller_id,
    storeName: "", orderStatus: statusOf(order.state), orderStatusName: order.state_words,
    totalAmount: goodsAmount(order.lines), paymentAmount: order.pay_fen, freightFee: order.pay_fen - goodsPaid,
    createTime: stamp(order.placed_at), orderItemVOs: order.lines.map((line) => itemOf(line, buttons)),
    logisticsVO: { ...NOWHERE }, buttonVOs: buttonsOf(buttons, order.state), groupInfoVo: null,
  };
}

/** The goods before anything was taken off. */
export function goodsAmount(lines: Line[]): number {
  return lines.reduce((all, line) => all + line.unit_fen * line.quantity, 0);
}

export const NOWHERE: Logistics = {
  logisticsNo: "", logisticsCompanyName: "", logisticsCompanyCode: "", logisticsCompanyTel: "", receiverName: "",
  receiverPhone: "", receiverProvince: "", receiverCity: "", receiverCountry: "", receiverArea: "", receiverAddress: "",
};

/** Where it goes, or where it waits; the last parcel's number. */
export function logisticsOf({ order, address, person, pickup_store }: Detail): Logistics {
  const parcel = order.parcels[order.parcels.length - 1];
  const sent = {
    logisticsNo: parcel?.tracking_no ?? "", logisticsCompanyName: parcel?.carrier_name ?? "",
    logisticsCompanyCode: parcel?.carrier ?? "",
  };
  if (!address) {
    return { ...NOWHERE, ...sent, receiverName: person?.name ?? "", receiverPhone: person?.phone ?? "",
      receiverAddress: pickup_store ?? "" };
  }
  return { ...NOWHERE, ...sent, receiverName: address.name, receiverPhone: address.phone,
    receiverProvince: address.province, receiverCity: address.city, receiverCountry: address.district,
    receiverAddress: address.detail };
}
