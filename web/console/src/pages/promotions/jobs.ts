/** The state of a rehearsal in words. */

import { t, type Words } from "../../shell/words";

const WORDS: Record<string, Words> = {
  RUNNING: { zh: "进行中", en: "Running" }, DONE: { zh: "已完成", en: "Done" }, CANCELLED: { zh: "已取消", en: "Cancelled" },
  FAILED: { zh: "失败", en: "Failed" },
};

export function wordOfJob(state: string): string {
  return WORDS[state] ? t(WORDS[state]) : state;
}
