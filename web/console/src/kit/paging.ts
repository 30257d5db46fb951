/** Forward and back through what is asked for page by page. */

import { computed, reactive, shallowRef } from "vue";

export interface Paging {
  readonly busy: boolean;
  /** There is more behind this page. */
  readonly next: string | null;
  /** Of the page, from 1. */
  readonly number: number;
  forward: () => Promise<void>;
  back: () => Promise<void>;
}

export interface Pager extends Paging {
  /** Of the page that is seen; null: the first. */
  readonly cursor: string | null;
  /** At the first page again; nothing is asked for yet. */
  restart: () => void;
}

/** `load` asks for the page behind the cursor and says whether it came: what did not come is not turned to. */
export function usePaging(
  asked: { readonly busy: boolean }, next: () => string | null, load: () => Promise<boolean>,
): Pager {
  const cursors = shallowRef<(string | null)[]>([null]); // of the pages up to this one

  async function turn(to: (string | null)[]): Promise<void> {
    const before = cursors.value;
    cursors.value = to;
    if (!(await load()) && cursors.value === to) cursors.value = before;
  }

  async function forward(): Promise<void> {
    const behind = next();
    if (behind && !asked.busy) await turn([...cursors.value, behind]);
  }

  async function back(): Promise<void> {
    if (cursors.value.length > 1 && !asked.busy) await turn(cursors.value.slice(0, -1));
  }

  return reactive({
    busy: computed(() => asked.busy), next: computed(next), number: computed(() => cursors.value.length),
    cursor: computed(() => cursors.value.at(-1) ?? null), forward, back, restart: () => void (cursors.value = [null]),
  });
}
