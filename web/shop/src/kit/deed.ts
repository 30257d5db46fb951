/** Something that a person does at the mall by pressing a button. */

import { shallowReactive } from "vue";
import type { ActionName, Input, Output, Refused } from "wechat-mall-client";

import { call } from "./mall";
import { refusalOf } from "./problems";
import { say } from "./say";
import { signInFirst } from "./sign-in";
import { asksToSignIn } from "./problems";

export interface Deed<Name extends ActionName> {
  busy: boolean;
  refused: Refused | null;
  /** Null when it was refused, or is under way already: a second tap does nothing. */
  run(input: Input<Name>, key?: string): Promise<Output<Name> | null>;
  /** The sentence for a field of the form, "" where nothing is wrong with it. */
  at(field: string): string;
}

/** `fields`: those that the page marks by itself; a sentence about anything else is shown over the page. */
export function useDeed<Name extends ActionName>(name: Name, fields: readonly string[] = []): Deed<Name> {
  const deed: Deed<Name> = shallowReactive({ busy: false, refused: null, run, at });
  function at(field: string): string {
    return deed.refused?.field === field ? deed.refused.message : "";
  }
  async function run(input: Input<Name>, key?: string): Promise<Output<Name> | null> {
    if (deed.busy) return null;
    Object.assign(deed, { busy: true, refused: null });
    try {
      // The client gives the call its key, and the same one again after an answer that was lost.
      return await (call as Call<Name>)(name, input, key === undefined ? {} : { key });
    } catch (problem) {
      const refused = refusalOf(problem);
      deed.refused = refused;
      if (asksToSignIn(refused)) void signInFirst();
      else if (!refused.field || !fields.includes(refused.field)) say(refused.message);
      return null;
    } finally {
      deed.busy = false;
    }
  }
  return deed;
}

type Call<Name extends ActionName> = (name: Name, input: Input<Name>, how: { key?: string }) => Promise<Output<Name>>;
