/** The price of a checkout (结算), from the mall's words into the starter's. */

import type { Output } from "./client.js";
import { picturesOf, specsChosen } from "./goods.js";
import type { Address, SpecChosen } from "./shapes.js";

export type Quoted = Output<"pricing.quote_checkout">;
export type Product = Output<"catalog.get_product">;

interface Explained {
  lines: { line_id: string; sku_id: string; spu_id: string; seller_id: string; quantity: number; unit_fen: number }[];
  skipped: { source_id: string; reason: string }[];
  goods_fen: number;
  full_reduction_fen: number;
  promotion_fen: number;
  goods_coupon_fen: number;
  freight_fen: number;
  freight_coupon_fen: number;
}

export interface SkuInSettle {
  storeId: string;
  storeName: string;
  spuId: string;
  skuId: string;
  goodsName: string;
  image: string;
  quantity: number;
  reminderStock: number;
  payPrice: number;
  settlePrice: number;
  tagPrice: null;
  tagText: null;
  skuSpecLst: SpecChosen[];
  fromCart: boolean;
}

export interface StoreInSettle {
  storeId: string;
  storeName: string;
  storeTotalPayAmount: number;
  skuDetailVos: SkuInSettle[];
  couponList: { couponId: string; storeId: string }[];
}

/** Of one store, what cannot be had. */
export interface LeftOut {
  storeName: string;
  unSettlementGoods: SkuInSettle[];
}

export interface Settle {
  /** 1: it may be ordered; 0: something stands against it. */
  settleType: 0 | 1;
  userAddress: Address | null;
  totalGoodsCount: number;
  totalAmount: string;
  totalPayAmount: number;
  totalSalePrice: number;
  totalDeliveryFee: number;
  totalPromotionAmount: number;
  totalCouponAmount: number;
  totalDiscountAmount: number;
  storeGoodsList: StoreInSettle[] | null;
  inValidGoodsList: LeftOut[] | null;
  outOfStockGoodsList: LeftOut[] | null;
  abnormalDeliveryGoodsList: LeftOut[] | null;
  limitGoodsList: LeftOut[] | null;
  /** An invoice is asked for when the goods are sent. */
  invoiceSupport: 0;
}

export function explained(quoted: Quoted): Explained {
  return quoted.explanation as unknown as Explained;
}

/** `fromCart`: SKUs that the checkout takes out of the cart. */
export function storesOf(
  quoted: Quoted, products: Map<string, Product>, fromCart: Set<string>,
): StoreInSettle[] {
  const { lines } = explained(quoted);
  const stores = new Map<string, StoreInSettle>();
  for (const order of quoted.orders) {
    const found = stores.get(order.seller_id) ?? emptyOf(order.seller_id, order.seller_name);
    found.storeTotalPayAmount += order.pay_fen;
    stores.set(order.seller_id, found);
  }
  for (const line of lines) {
    const store = stores.get(line.seller_id);
    store?.skuDetailVos.push(skuOf(line, store.storeName, products.get(line.spu_id), quoted, fromCart));
  }
  const all = [...stores.values()];
  // One set of coupons is about all orders; the pages put what the stores have together again.
  if (all[0]) all[0].couponList = quoted.coupon_ids.map((couponId) => ({ couponId, storeId: all[0]?.storeId ?? "" }));
  return all;
}

function emptyOf(storeId: string, storeName: string): StoreInSettle {
  return { storeId, storeName, storeTotalPayAmount: 0, skuDetailVos: [], couponList: [] };
}

function skuOf(
  line: Explained["lines"][number], storeName: string, product: Product | undefined, quoted: Quoted,
  fromCart: Set<string>,
): SkuInSettle {
  const sku = product?.skus.filter(({ sku_id }) => sku_id === line.sku_id)[0];
  const short = quoted.short.filter(({ sku_id }) => sku_id === line.sku_id)[0];
  return {
    storeId: line.seller_id, storeName, spuId: line.spu_id, skuId: line.sku_id, goodsName: product?.title ?? "赠品",
    image: sku?.picture_url ?? (product ? picturesOf(product)[0] ?? "" : ""), quantity: line.quantity,
    reminderStock: short ? short.available : line.quantity, payPrice: line.unit_fen, settlePrice: line.unit_fen,
    tagPrice: null, tagText: null, skuSpecLst: product && sku ? specsChosen(product, sku) : [],
    fromCart: fromCart.has(line.sku_id),
  };
}

/** Of each store those goods that this is so of; null where there are none. */
export function leftOut(stores: StoreInSettle[], isSo: (sku: SkuInSettle) => boolean): LeftOut[] | null {
  const found = stores
    .map(({ storeName, skuDetailVos }) => ({ storeName, unSettlementGoods: skuDetailVos.filter(isSo) }))
    .filter(({ unSettlementGoods }) => unSettlementGoods.length);
  return found.length ? found : null;
}

type Totals = Pick<Settle, "totalGoodsCount" | "totalAmount" | "totalPayAmount" | "totalSalePrice" | "totalDeliveryFee"
  | "totalPromotionAmount" | "totalCouponAmount" | "totalDiscountAmount">;

export function totals(quoted: Quoted): Totals {
  const { lines, goods_fen, full_reduction_fen, promotion_fen, goods_coupon_fen, freight_fen, freight_coupon_fen } =
    explained(quoted);
  return {
    totalGoodsCount: lines.reduce((all, line) => all + line.quantity, 0), totalAmount: `${quoted.pay_fen}`,
    totalPayAmount: quoted.pay_fen, totalSalePrice: goods_fen, totalDeliveryFee: freight_fen,
    totalPromotionAmount: full_reduction_fen + promotion_fen, totalCouponAmount: goods_coupon_fen + freight_coupon_fen,
    totalDiscountAmount: quoted.discount_fen,
  };
}
