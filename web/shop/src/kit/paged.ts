/** A long list, page after page. */

import { shallowReactive } from "vue";
import type { Refused } from "wechat-mall-client";

import { refusalOf } from "./problems";

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
  /** Where it is of before because the mall is away: of when. */
  asOf?: string;
}

export interface Paged<T> {
  items: T[];
  busy: boolean;
  /** There are no more. */
  done: boolean;
  refused: Refused | null;
  /** When the items are of before because the mall is away: of when. */
  asOf: string | null;
  /** The next page. */
  more(): Promise<void>;
  /** From the first page on; what is shown stays until that has come. */
  restart(): Promise<void>;
}

/** `before`: what may be shown while the first page is on its way. */
export function usePaged<T>(ask: (cursor: string | null) => Promise<Page<T>>, before?: () => T[]): Paged<T> {
  let cursor: string | null = null;
  let turn = 0;
  const blank = { items: [], busy: false, done: false, refused: null, asOf: null };
  const paged: Paged<T> = shallowReactive({ ...blank, more, restart });

  async function load(from: string | null): Promise<void> {
    const mine = ++turn;
    Object.assign(paged, { busy: true, refused: null });
    try {
      const page = await ask(from);
      if (mine !== turn) return;
      cursor = page.next_cursor;
      const items = from === null ? page.items : [...paged.items, ...page.items];
      Object.assign(paged, { items, done: cursor === null, asOf: page.asOf ?? null });
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
    paged.done = false;
    if (before) paged.items = before();
    await load(null);
  }
  return paged;
}
