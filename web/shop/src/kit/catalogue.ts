/** The catalogue: shown as it was last seen while it is asked for, and as long as the mall is away. */

import { moment } from "mall-common/time";
import type { Input, Output } from "wechat-mall-client";

import { useAsked, type Asked } from "./asked";
import { keep, nameOf, read } from "./kept";
import { call } from "./mall";
import { isAway } from "./problems";
import { watch } from "vue";

type Shown = "catalog.get_product" | "catalog.list_categories" | "catalog.list_products" | "sellers.view_shop";

/** `input` is read anew each time it is asked. */
export function useCatalogue<Name extends Shown>(name: Name, input: () => Input<Name>): Asked<Output<Name>> {
  const asked = useAsked(() => ask(name, input()));
  const kept = read<Output<Name>>(localStorage, nameOf(name, input()));
  if (kept) asked.data = kept.data;
  watch(() => asked.refused, (refused) => {
    if (kept && refused && isAway(refused)) asked.asOf = moment(new Date(kept.at).toISOString());
  });
  return asked;
}

/** One page of the catalogue; when the mall is away, as it was last seen, with the time of that. */
export async function ask<Name extends Shown>(name: Name, input: Input<Name>): Promise<Output<Name>> {
  const data = await (call as (name: Name, input: Input<Name>) => Promise<Output<Name>>)(name, input);
  keep(localStorage, nameOf(name, input), data, Date.now());
  return data;
}
