/** Before money moves: what will happen is said once more, with the amount. */

import { shallowRef } from "vue";

export interface Confirmation {
  title: string;
  /** What will happen, in sentences. */
  says?: string[];
  fen?: number | null;
  /** What the button says: the deed, not "OK". */
  button: string;
}

interface Open extends Confirmation {
  answer: (yes: boolean) => void;
}

export const open = shallowRef<Open | null>(null);

/** `if (!(await confirmMoney({ title: "退款", fen, says: ["原路退回"], button: "退款" }))) return;` */
export function confirmMoney(what: Confirmation): Promise<boolean> {
  open.value?.answer(false);
  return new Promise((done) => {
    open.value = {
      ...what,
      answer: (yes) => {
        open.value = null;
        done(yes);
      },
    };
  });
}
