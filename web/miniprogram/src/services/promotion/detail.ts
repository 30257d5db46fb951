import { goodsOf } from "../mall/search.js";
import type { Card } from "../mall/shapes.js";

export interface Promotion {
  list: (Omit<Card, "tags"> & { tags: { title: string }[] })[];
  banner: string;
  time: number;
  showBannerDesc: boolean;
  statusTag: string;
}

/** 活动商品: which goods take part the mall does not list, so these are the shop's, the most sold first. */
export async function fetchPromotion(): Promise<Promotion> {
  const goods = await goodsOf({ sort: "most_sold", limit: 20 });
  const list = goods.map((card) => ({ ...card, tags: card.spuTagList }));
  return { list, banner: "", time: 0, showBannerDesc: false, statusTag: "" };
}
