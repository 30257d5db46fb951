import { offersOf } from "../mall/offers.js";
import type { Activity } from "../mall/shapes.js";

/** 活动列表 of a product, whose page does not say which it is unless a line of it is changed: none then. */
export async function fetchActivityList(pageIndex = 1, _pageSize = 20, spuId = ""): Promise<Activity[]> {
  return spuId && pageIndex <= 1 ? offersOf(spuId) : [];
}
