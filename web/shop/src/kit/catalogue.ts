/** The catalogue: shown as it was last seen while it is asked for, and as long as the mall is away. */

import { moment } from "mall-common/time";
import { watch } from "vue";
import type { Input, Output } from "wechat-mall-client";

import { useAsked, type Asked } from "./asked";
import { keep, nameOf, read, type Kept } from "./kept";
import { call } from "./mall";
import { usePaged, type Paged } from "./paged";
import { isAway, refusalOf } from "./problems";

type Shown = "catalog.get_product" | "catalog.list_categories" | "catalog.list_products" | "sellers.view_shop";
export type Goods = Output<"catalog.list_products">["items"][number];
export type Filters = Omit<Input<"catalog.list_products">, "cursor">;

export function useCatalogue<Name extends Shown>(name: Name, input: Input<Name>): Asked<Output<Name>> {
  const kept = keptOf(name, input);
  const asked = useAsked(() => ask(name, input));
  if (kept) asked.data = kept.data;
  watch(() => asked.refused, (refused) => {
    if (kept && refused && isAway(refused)) asked.asOf = whenOf(kept);
  });
  return asked;
}

/** Goods by filters that may change: `restart` then. */
export function useGoods(filters: () => Filters): Paged<Goods> {
  const name = "catalog.list_products";
  const first = () => ({ ...filters(), cursor: null });
  const goods = usePaged(async (cursor) => {
    try {
      return await ask(name, { ...filters(), cursor });
    } catch (problem) {
      const kept = cursor === null ? keptOf(name, first()) : null;
      if (!kept || !isAway(refusalOf(problem))) throw problem;
      return { ...kept.data, next_cursor: null, asOf: whenOf(kept) };
    }
  }, () => keptOf(name, first())?.data.items ?? []);
  void goods.restart();
  return goods;
}

async function ask<Name extends Shown>(name: Name, input: Input<Name>): Promise<Output<Name>> {
  const data = await (call as (name: Name, input: Input<Name>) => Promise<Output<Name>>)(name, input);
  keep(localStorage, nameOf(name, input), data, Date.now());
  return data;
}

function keptOf<Name extends Shown>(name: Name, input: Input<Name>): Kept<Output<Name>> | null {
  return read<Output<Name>>(localStorage, nameOf(name, input));
}

function whenOf(kept: Kept<unknown>): string {
  return moment(new Date(kept.at).toISOString());
}
