import { offersOf } from "../mall/offers.js";
import type { Activity } from "../mall/shapes.js";

/** 活动, one of a product's; no page of the starter asks. */
export async function fetchActivity(promotionId: string, spuId = ""): Promise<Activity | null> {
  const offers = spuId ? await offersOf(spuId) : [];
  return offers.filter((each) => each.promotionId === promotionId)[0] ?? null;
}
