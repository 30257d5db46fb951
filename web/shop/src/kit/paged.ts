/** A long list, page after page. */

import { shallowReactive } from "vue";
import type { Refused } from "wechat-mall-client";

import { refusalOf } from "./problems";

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface Paged<T> {
  items: T[];
  busy: boolean;
  /** There are no more. */
  done: boolean;
  refused: Refused | null;
  /** The next page. */
  more(): Promise<void>;
  /** From the first page on; what is shown stays until that has come. */
  restart(): Promise<void>;
}

export function usePaged<T>(ask: (cursor: string | null) => Promise<Page<T>>): Paged<T> {
  let cursor: string | null = null;
  let turn = 0;
  const paged: Paged<T> = shallowReactive({ items: [], busy: false, done: false, refused: null, more, restart });

  async function load(from: string | null): Promise<void> {
    const mine = ++turn;
    paged.busy = true;
    try {
      const page = await ask(from);
      if (mine !== turn) return;
      cursor = page.next_cursor;
      const items = from === null ? page.items : [...paged.items, ...page.items];
      Object.assign(paged, { items, done: cursor === null, refused: null });
    } catch (problem) {
      const refused = refusalOf(problem);
      if (mine === turn) paged.refused = refused;
    } finally {
      if (mine === turn) paged.busy = false;
    }
  }
  async function more(): Promise<void> {
    if (!paged.busy && !paged.done) await load(cursor);
  }
  async function restart(): Promise<void> {
    await load(null);
  }
  return paged;
}
