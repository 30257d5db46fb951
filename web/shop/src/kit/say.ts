/** A sentence over the page, and a question. */

import { showConfirmDialog, showToast } from "vant";
import "vant/es/dialog/style/index";
import "vant/es/toast/style/index";

export function say(sentence: string): void {
  showToast({ message: sentence, duration: 3000, wordBreak: "break-word" });
}

/** Whether the person says yes. */
export async function askWhether(question: string, yes: string, more = ""): Promise<boolean> {
  try {
    await showConfirmDialog({ title: question, message: more, confirmButtonText: yes, cancelButtonText: "再想想" });
    return true;
  } catch {
    return false;
  }
}
