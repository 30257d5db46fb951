import { search, type Found, type Wanted } from "../mall/search.js";

/** 商品列表. */
export function fetchGoodsList(params?: Wanted): Promise<Found> {
  return search(params);
}
