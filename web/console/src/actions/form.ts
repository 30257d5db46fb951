/** What the parts of a form need to know of it. */

import { inject, provide, type ComputedRef, type InjectionKey } from "vue";

export interface FormAround {
  domain: string;
  /** The sentence at each path: `lines.0.quantity`. */
  errors: ComputedRef<Readonly<Record<string, string | undefined>>>;
}

const AROUND: InjectionKey<FormAround> = Symbol("form");

export function provideForm(around: FormAround): void {
  provide(AROUND, around);
}

export function useForm(): FormAround {
  const found = inject(AROUND);
  if (!found) throw new Error("a field stands in a form");
  return found;
}
