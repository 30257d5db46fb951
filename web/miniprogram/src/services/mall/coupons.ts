/** The person's coupons (优惠券), from the mall's words into the starter's. */

import type { Input, Output } from "./client.js";
import { cardOfProduct, productsOf } from "./goods.js";
import { ask } from "./mall.js";
import { numberOf } from "./numbers.js";
import { goodsOf } from "./search.js";
import type { Card, Coupon } from "./shapes.js";
import { day } from "./time.js";

export type MyCoupon = Output<"coupons.list_my_coupons">["items"][number];
type Tab = NonNullable<Input<"coupons.list_my_coupons">["tab"]>;
type Terms = { threshold_fen: number; off_fen: number; percent: number; scope: { kind: string; ids: string[] } };

const TABS: Record<Coupon["status"], Tab> = { default: "usable", useless: "used", disabled: "expired" };
const TYPES: Record<string, Coupon["type"]> = { discount: 2, free_shipping: 3 };
const MOST_PAGES = 10;
const MOST_GOODS = 20;

export function termsOf(coupon: MyCoupon): Terms {
  return coupon.terms as unknown as Terms;
}

export async function couponsOf(status: Coupon["status"]): Promise<MyCoupon[]> {
  const found: MyCoupon[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const read: Output<"coupons.list_my_coupons"> =
      await ask("coupons.list_my_coupons", { tab: TABS[status], limit: 50, cursor });
    found.push(...read.items);
    cursor = read.next_cursor;
    if (cursor === null) break;
  }
  return found;
}

/** The coupon of this number, and how it stands. */
export async function couponOf(number: number): Promise<{ coupon: MyCoupon; status: Coupon["status"] }> {
  for (const status of ["default", "useless", "disabled"] as const) {
    const coupon = (await couponsOf(status)).filter(({ coupon_id }) => numberOf(coupon_id) === number)[0];
    if (coupon) return { coupon, status };
  }
  throw new Error("优惠券不存在");
}

export function shown(coupon: MyCoupon, status: Coupon["status"]): Coupon {
  const { threshold_fen, off_fen, percent } = termsOf(coupon);
  const type = TYPES[coupon.kind] ?? 1;
  return {
    key: `${numberOf(coupon.coupon_id)}`, coupon_id: coupon.coupon_id, status, type,
    value: type === 2 ? percent / 10 : off_fen, tag: type === 3 ? "包邮" : "", title: coupon.title,
    desc: threshold_fen ? `满${threshold_fen / 100}元可用` : "无门槛使用", base: threshold_fen,
    timeLimit: `${day(coupon.valid_from)}-${day(coupon.valid_until)}`, currency: "¥",
  };
}

/** The goods that a coupon is good for. */
export async function goodsOfCoupon(number: number): Promise<Card[]> {
  const { kind, ids } = termsOf((await couponOf(number)).coupon).scope;
  if (kind === "goods") {
    const products = await productsOf(ids.slice(0, MOST_GOODS));
    return [...products.values()].map(cardOfProduct);
  }
  if (kind !== "categories") return goodsOf({ limit: MOST_GOODS });
  const lists = await Promise.all(ids.slice(0, 5).map((category_id) => goodsOf({ category_id, limit: MOST_GOODS })));
  return lists.reduce((all, list) => all.concat(list), []).slice(0, MOST_GOODS);
}
