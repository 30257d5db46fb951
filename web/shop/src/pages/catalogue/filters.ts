/** What a list is narrowed down to: it stands in the address, so that a list can be shared. */

import { fenOf, yuan } from "mall-common/money";
import type { LocationQuery } from "vue-router";

import type { Filters } from "../../kit/catalogue";

export const SORTS = [
  { sort: "newest", words: "最新" },
  { sort: "most_sold", words: "销量" },
  { sort: "price_low", words: "价格从低到高" },
  { sort: "price_high", words: "价格从高到低" },
] as const;

const NAMES = { q: "keyword", tag: "tag", category: "category_id", seller: "seller_id" } as const;

export function filtersOf(query: LocationQuery): Filters {
  const filters: Filters = { sort: SORTS.find(({ sort }) => sort === query["sort"])?.sort ?? "newest" };
  for (const [name, field] of Object.entries(NAMES)) {
    const value = query[name];
    if (typeof value === "string" && value) filters[field as "keyword"] = value.slice(0, 64);
  }
  for (const [name, field] of [["from", "price_from_fen"], ["to", "price_to_fen"]] as const) {
    const fen = fenOf(String(query[name] ?? ""));
    if (fen !== null && fen >= 0) filters[field] = fen;
  }
  return filters;
}

/** "10.00 元以上", "10.00-20.00 元", "" where no price was said. */
export function priceWords({ price_from_fen: from, price_to_fen: to }: Filters): string {
  if (from == null && to == null) return "";
  if (to == null) return `${yuan(from as number)} 元以上`;
  return from == null ? `${yuan(to)} 元以下` : `${yuan(from)}-${yuan(to)} 元`;
}
