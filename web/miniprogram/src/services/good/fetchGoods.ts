import { goodsOfCoupon } from "../mall/coupons.js";
import { shelf } from "../mall/search.js";
import type { Card } from "../mall/shapes.js";

const MOST_PAGES = 10_000; // a greater number is a coupon's: its page asks here too

/** 商品列表, of the home page and of what a coupon is good for. */
export function fetchGoodsList(pageIndex = 0, pageSize = 20): Promise<Card[]> {
  return pageIndex < MOST_PAGES ? shelf(pageIndex, pageSize) : goodsOfCoupon(pageIndex);
}
