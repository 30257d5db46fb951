/** What applies to a product (活动), as its page lists it. */

import { ask } from "./mall.js";
import type { Activity } from "./shapes.js";

/** The promotions of a product; the mall tells buyers of them by the product only. */
export async function offersOf(spuId: string): Promise<Activity[]> {
  const { promotions } = await ask("catalog.get_product", { spu_id: spuId });
  return promotions.map(({ promotion_id, title, offer, ends_at }) => ({
    promotionId: promotion_id, title, description: offer, promotionCode: "MERCHANT", promotionSubCode: "MYJ",
    tag: title, endTime: `${Date.parse(ends_at)}`, activityLadder: [{ label: offer }],
  }));
}
