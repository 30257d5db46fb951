/** One action as a page uses it. */

import { computed, reactive, shallowRef } from "vue";
import {
  isWaiting, Refused, type ActionName, type Input, type Output, type WaitsForSecondPerson,
} from "wechat-mall-client";
import { theMall } from "../shell/mall";

/** What an action answers when it is done at once. */
export type Done<Name extends ActionName> = Exclude<Output<Name>, WaitsForSecondPerson>;

export interface Call<Name extends ActionName> {
  call: (input: Input<Name>) => Promise<Done<Name> | null>;
  readonly busy: boolean;
  readonly refused: Refused | null;
  /** Nothing is done yet: a second person has to agree. */
  readonly waits: WaitsForSecondPerson | null;
  /** The sentence at its field: `quantity`, `lines.0.quantity`. */
  readonly errors: Readonly<Record<string, string | undefined>>;
  clear: () => void;
}

/**
 * `const ship = useCall("fulfilment.ship_orders")`, then `const done = await ship.call(input)`: the answer, or null when
 * it was refused (`ship.refused`) or has to wait for a second person (`ship.waits`).
 *
 * Safe to press twice: a press while it is under way is the same wish, and one whose answer was lost is asked for again
 * under its own key by the client.
 */
export function useCall<Name extends ActionName>(name: Name): Call<Name> {
  return called(name, (underWay, ask) => underWay ?? ask());
}

/**
 * For what only looks: `const found = await useQuestion("orders.search_orders").call(input)`. Of two questions on their
 * way the later counts: the earlier one answers null and leaves nothing behind.
 */
export function useQuestion<Name extends ActionName>(name: Name): Call<Name> {
  return called(name, (_, ask) => ask());
}

type Going<Name extends ActionName> = Promise<Done<Name> | null>;

/** `next`: what is under way when it is called once more. */
function called<Name extends ActionName>(
  name: Name, next: (underWay: Going<Name> | null, ask: () => Going<Name>) => Going<Name>,
): Call<Name> {
  const refused = shallowRef<Refused | null>(null);
  const waits = shallowRef<WaitsForSecondPerson | null>(null);
  const underWay = shallowRef<Going<Name> | null>(null);
  const busy = computed(() => underWay.value !== null);
  const errors = computed<Record<string, string | undefined>>(() =>
    refused.value?.field ? { [refused.value.field]: refused.value.message } : {});

  function call(input: Input<Name>): Going<Name> {
    return (underWay.value = next(underWay.value, () => {
      const mine: Going<Name> = run(input, () => underWay.value === mine).finally(() => {
        if (underWay.value === mine) underWay.value = null;
      });
      return mine;
    }));
  }

  async function run(input: Input<Name>, counts: () => boolean): Going<Name> {
    clear();
    try {
      const answer = await theMall().call<ActionName>(name, input as never);
      if (!counts()) return null;
      if (!isWaiting(answer)) return answer as Done<Name>;
      waits.value = answer;
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      if (counts()) refused.value = problem;
    }
    return null;
  }

  function clear(): void {
    refused.value = null;
    waits.value = null;
  }

  return reactive({ call, busy, refused, waits, errors, clear }) as Call<Name>;
}

export interface Answer<Name extends ActionName> {
  /** Null until it has come; the last one stays while it is asked for again. */
  readonly answer: Done<Name> | null;
  readonly busy: boolean;
  readonly refused: Refused | null;
  load: () => Promise<void>;
}

/** `const shown = useAnswer("orders.view_order", () => ({ order_no }))`: asked for at once, and again by `load()`. */
export function useAnswer<Name extends ActionName>(name: Name, input: () => Input<Name>): Answer<Name> {
  const asked = useQuestion(name);
  const answer = shallowRef<Done<Name> | null>(null);

  async function load(): Promise<void> {
    answer.value = (await asked.call(input())) ?? answer.value;
  }

  void load();
  const busy = computed(() => asked.busy);
  const refused = computed(() => asked.refused);
  return reactive({ answer, busy, refused, load }) as Answer<Name>;
}
