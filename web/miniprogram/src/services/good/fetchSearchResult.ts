import { search, type Found, type Wanted } from "../mall/search.js";

/** 搜索结果. */
export function getSearchResult(params?: Wanted): Promise<Found> {
  return search(params);
}
