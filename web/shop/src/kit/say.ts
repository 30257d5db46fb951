/** A sentence over the page, and a question: `parts/Voice.vue` shows them. */

import { shallowRef } from "vue";

export interface Question {
  question: string;
  more: string;
  /** The word on the button. */
  yes: string;
  answer(isYes: boolean): void;
}

export const said = shallowRef("");
export const asked = shallowRef<Question | null>(null);

const SHOWN_MILLISECONDS = 3000;
let hiding: ReturnType<typeof setTimeout> | undefined;

export function say(sentence: string): void {
  said.value = sentence;
  clearTimeout(hiding);
  hiding = setTimeout(() => (said.value = ""), SHOWN_MILLISECONDS);
}

/** Whether the person says yes. A question that is asked meanwhile takes the place of the one before. */
export function askWhether(question: string, yes: string, more = ""): Promise<boolean> {
  asked.value?.answer(false);
  return new Promise((done) => {
    asked.value = {
      question, more, yes,
      answer(isYes) {
        asked.value = null;
        done(isYes);
      },
    };
  });
}
