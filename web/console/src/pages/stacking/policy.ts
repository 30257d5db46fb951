/** What combines, as a page edits it: pairs that stand apart, the order of the offers, and how many coupons there may be. */

import { stacking } from "../../generated/settings.json";

export interface Table {
  rows: { group: string; not_with: string[]; several: boolean }[];
  goods_coupons: number;
  free_shipping_coupons: number;
}

export interface Policy {
  /** The offers as they are taken off. */
  order: string[];
  /** Offers of which a line may take part in more than one. */
  several: string[];
  /** Pairs that do not combine, each as `pair` writes it. */
  apart: string[];
  goods_coupons: number;
  free_shipping_coupons: number;
}

export const { prices: PRICES, offers: OFFERS, coupons: COUPONS, points: POINTS, most: MOST } = stacking;

const GROUPS = [...PRICES, ...OFFERS, ...COUPONS, POINTS];
const USUAL = stacking.usual as { points_with_group_price: boolean; coupons_combine: boolean; table: Table }[];

export function pair(one: string, other: string): string {
  return [one, other].sort().join(" ");
}

/** Whether the two may be told apart: not a price from a price, of which the lowest counts anyway, nor points from an offer. */
export function mayDiffer(one: string, other: string): boolean {
  const [isPrice, isOther] = [PRICES.includes(one), PRICES.includes(other)];
  return one !== other && !(isPrice && isOther) && (isPrice || isOther || ![one, other].includes(POINTS));
}

/** As the settings say: their table, or by the two switches what holds without one. */
export function policyOf(settings: { stacking?: Table | null; points_with_group_price: boolean; coupons_combine: boolean }): Policy {
  if (settings.stacking) return read(settings.stacking);
  return read(USUAL.find((each) => each.points_with_group_price === settings.points_with_group_price
    && each.coupons_combine === settings.coupons_combine)!.table);
}

/** A group without a row is as usual, also towards those that have one. */
export function read({ rows, goods_coupons, free_shipping_coupons }: Table): Policy {
  const named = new Set(rows.map(({ group }) => group));
  const usual = USUAL.find((each) => !each.points_with_group_price && each.coupons_combine)!.table;
  const apart = [
    ...pairsOf(usual.rows).filter(([one, other]) => !(named.has(one) && named.has(other))), ...pairsOf(rows),
  ].map(([one, other]) => pair(one, other));
  const ordered = rows.map(({ group }) => group).filter((group) => OFFERS.includes(group));
  return {
    order: OFFERS.map((group) => (named.has(group) ? ordered.shift()! : group)),
    several: rows.filter(({ several }) => several).map(({ group }) => group), apart: [...new Set(apart)].sort(),
    goods_coupons, free_shipping_coupons,
  };
}

function pairsOf(rows: Table["rows"]): [string, string][] {
  return rows.flatMap(({ group, not_with }) => not_with.map((other): [string, string] => [group, other]))
    .filter((each) => each.every((group) => GROUPS.includes(group)));
}

/** Each pair stands in the row of its price, else in that of the earlier group. */
export function tableOf({ order, several, apart, goods_coupons, free_shipping_coupons }: Policy): Table {
  const groups = [...PRICES, ...order, ...COUPONS, POINTS];
  const rows = groups.map((group, at) => ({
    group, several: several.includes(group), not_with: groups.slice(at + 1).filter((other) => apart.includes(pair(group, other))).sort(),
  }));
  return { rows, goods_coupons, free_shipping_coupons };
}
