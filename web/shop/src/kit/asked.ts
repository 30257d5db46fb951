/** What a page asks the mall for, and how that stands. */

import { shallowReactive } from "vue";
import type { Refused } from "wechat-mall-client";

import { refusalOf } from "./problems";

export interface Asked<T> {
  data: T | null;
  /** Why it could not be had the last time; what was had before is still shown. */
  refused: Refused | null;
  busy: boolean;
  /** When `data` is of before because the mall is away: of when. */
  asOf: string | null;
  again(): Promise<void>;
}

/** Asks at once, and again when told to; of two questions on their way the later counts. */
export function useAsked<T>(ask: () => Promise<T>): Asked<T> {
  let turn = 0;
  const asked: Asked<T> = shallowReactive({ data: null, refused: null, busy: true, asOf: null, again });
  async function again(): Promise<void> {
    const mine = ++turn;
    asked.busy = true;
    try {
      const data = await ask();
      if (mine === turn) Object.assign(asked, { data, refused: null, asOf: null });
    } catch (problem) {
      const refused = refusalOf(problem);
      if (mine === turn) asked.refused = refused;
    } finally {
      if (mine === turn) asked.busy = false;
    }
  }
  void again();
  return asked;
}
