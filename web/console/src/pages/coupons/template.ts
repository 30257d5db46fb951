/** A coupon as it stands: whether it is given out, how long it is good, and how it is ended. */

import { moment } from "mall-common/time";
import { useCall, type Call } from "../../kit/call";
import { confirmMoney } from "../../kit/confirm";
import { t, type Words } from "../../shell/words";
import type { Row } from "./draft";

export function stateOf({ state, claim_from, claim_until }: Row): Words {
  if (state === "ENDED") return { zh: "已停止", en: "Ended" };
  if (Date.parse(claim_until) <= Date.now()) return { zh: "领取已结束", en: "Over" };
  return Date.parse(claim_from) > Date.now() ? { zh: "未开始", en: "To come" } : { zh: "发放中", en: "Given out" };
}

export function lastsOf({ valid_days, valid_from, valid_until }: Row): string {
  if (valid_days) return t({ zh: `领取后 ${valid_days} 天`, en: `${valid_days} days from the claim` });
  return t({ zh: `${moment(valid_from)} 到 ${moment(valid_until)}`, en: `${moment(valid_from)} to ${moment(valid_until)}` });
}

/** `end(row)` asks and ends it, then does what comes `after`. */
export function useEnding(after: () => Promise<unknown>): { ended: Call<"coupons.end_coupon">; end: (row: Row) => Promise<void> } {
  const ended = useCall("coupons.end_coupon");

  async function end({ template_id, title, offer }: Row): Promise<void> {
    const deed = t({ zh: "停止发放", en: "End it" });
    const says = [
      `${title}：${offer}`,
      t({ zh: "以后没有人能再领到；已领的照常可用。停止后不能恢复。", en: "Nobody gets one any more; those in people's hands stay good. It cannot be undone." }),
    ];
    if (await confirmMoney({ title: deed, says, button: deed }) && (await ended.call({ template_id }))) await after();
  }

  return { ended, end };
}
