/** A list of the mall as a page uses it: filters in the address, pages forward and back. */

import { computed, reactive, shallowRef, toRefs, watch } from "vue";
import { useRoute, useRouter } from "vue-router";
import type { ActionName, Input, Refused } from "wechat-mall-client";
import { useQuestion, type Done } from "./call";
import { usePaging, type Paging } from "./paging";

type Filters = Record<string, string>;

/** What has the rows of a page and how to ask for the next. */
interface Paged {
  items: readonly unknown[];
  next_cursor: string | null;
}

type Row<Answer> = Answer extends { items: readonly (infer Each)[] } ? Each : never;

/** The actions that answer page by page. */
export type ListAction = {
  [Name in ActionName]: Done<Name> extends Paged ? Name : never;
}[ActionName];

export type RowOf<Name extends ListAction> = Row<Done<Name>>;

export interface List<Row = object, Named = Filters, Whole = unknown> extends Paging {
  readonly filters: Named;
  readonly items: readonly Row[];
  /** What stands beside the rows. */
  readonly answer: Whole | null;
  readonly refused: Refused | null;
  readonly errors: Readonly<Record<string, string | undefined>>;
  /** The same page anew. */
  load: () => Promise<void>;
  /** By the filters as they stand now. */
  search: () => Promise<void>;
  reset: () => Promise<void>;
}

/**
 * `useList("orders.search_orders", { state: "TO_SHIP", phone: "" })`: the filters with what they are at first, each a
 * text that the address holds (`#/orders?state=TO_SHIP`), so that a page can be shared. A filter left empty is not sent.
 * `input` makes of the filters what the action takes, where that is more than texts of the same names; raises nothing.
 */
export function useList<Name extends ListAction, Named extends Filters>(
  name: Name, first: Named, input: (filters: Named) => Partial<Input<Name>> = notEmpty,
): List<RowOf<Name>, Named, Done<Name>> {
  const route = useRoute();
  const router = useRouter();
  const path = route.path;
  const filters = reactive({ ...first }) as Named;
  const asked = useQuestion(name);
  const answer = shallowRef<Done<Name> | null>(null);
  const items = computed(() => ((answer.value as Paged | null)?.items ?? []) as RowOf<Name>[]);
  const pager = usePaging(asked, () => (answer.value as Paged | null)?.next_cursor ?? null, load);

  async function load(): Promise<boolean> {
    const wanted = { ...input(filters), ...(pager.cursor ? { cursor: pager.cursor } : {}) };
    const found = await asked.call(wanted as Input<Name>);
    answer.value = found ?? answer.value;
    return found !== null;
  }

  function read(): void {
    for (const key of Object.keys(first)) {
      const said = route.query[key];
      (filters as Filters)[key] = typeof said === "string" ? said : (first[key] ?? "");
    }
    pager.restart();
    void load();
  }

  async function search(): Promise<void> {
    const query = Object.fromEntries(Object.entries(filters).filter(([key, value]) => value !== first[key]));
    const before = route.fullPath;
    await router.push({ path, query: query as Filters });
    if (route.fullPath === before) read();
  }

  function reset(): Promise<void> {
    Object.assign(filters, first);
    return search();
  }

  watch(() => route.query, () => route.path === path && read());
  read();
  return reactive({
    ...toRefs(pager), filters, items, answer, search, reset, load: async () => void (await load()),
    refused: computed(() => asked.refused),
    errors: computed(() => asked.errors),
  }) as unknown as List<RowOf<Name>, Named, Done<Name>>;
}

function notEmpty<Named extends Filters>(filters: Named): never {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value.trim() !== "")) as never;
}
