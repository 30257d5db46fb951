/** Lists of goods by what the starter's list and search pages ask for. */

import type { Input } from "./client.js";
import { cardOf } from "./goods.js";
import { ask } from "./mall.js";
import { Pages } from "./paging.js";
import type { Card } from "./shapes.js";

export interface Wanted {
  keyword?: string;
  /** 1: by price; else as the shop has them, the newest first. */
  sort?: number;
  /** 1: the dearest first; 0: the cheapest. */
  sortType?: number;
  pageNum?: number;
  pageSize?: number;
  /** Fen. */
  minPrice?: number;
  maxPrice?: number;
  /** Ours: what was tapped in the category page. */
  categoryId?: string;
}

export interface Found {
  pageNum: number;
  pageSize: number;
  totalCount: number;
  spuList: Card[];
  algId: 0;
}

type Asked = Input<"catalog.list_products">;

const pages = new Pages<Card>(async (what, cursor, limit) => {
  const { items, next_cursor } = await ask("catalog.list_products", { ...(JSON.parse(what) as Asked), cursor, limit });
  return { items: items.map(cardOf), next_cursor };
});

export async function search(wanted: Wanted = {}): Promise<Found> {
  const { pageNum = 1, pageSize = 30 } = wanted;
  const { items, totalCount } = await pages.page(JSON.stringify(askedFor(wanted)), pageNum, pageSize);
  return { pageNum, pageSize, totalCount, spuList: items, algId: 0 };
}

/** The shop's goods page by page, from 0 as the home page counts. */
export async function shelf(pageIndex: number, pageSize: number): Promise<Card[]> {
  return (await pages.page("{}", pageIndex + 1, pageSize)).items;
}

export async function goodsOf(asked: Asked): Promise<Card[]> {
  return (await ask("catalog.list_products", { limit: 50, ...asked })).items.map(cardOf);
}

function askedFor({ keyword, sort, sortType, minPrice, maxPrice, categoryId }: Wanted): Asked {
  const byPrice = sortType === 1 ? "price_high" : "price_low";
  return {
    ...(keyword?.trim() ? { keyword: keyword.trim() } : {}),
    ...(categoryId ? { category_id: categoryId } : {}),
    ...(minPrice ? { price_from_fen: Math.round(minPrice) } : {}),
    ...(maxPrice ? { price_to_fen: Math.round(maxPrice) } : {}),
    sort: sort === 1 && sortType !== undefined ? byPrice : "newest",
  };
}
