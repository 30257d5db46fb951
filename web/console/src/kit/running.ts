/** Whether what has a beginning and an end runs. */

import { t } from "../shell/words";

export function runningNow({ state, starts_at, ends_at }: { state: string; starts_at: string; ends_at: string }): string {
  if (state === "ENDED" || Date.parse(ends_at) <= Date.now()) return t({ zh: "已结束", en: "Over" });
  return Date.parse(starts_at) > Date.now() ? t({ zh: "未开始", en: "To come" }) : t({ zh: "进行中", en: "Running" });
}
