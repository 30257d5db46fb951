/** What a page does about a refusal. */

import { Refused } from "wechat-mall-client";

const STRANGERS = ["NOT_SIGNED_IN", "SESSION_EXPIRED", "BAD_SIGNATURE"];
const AWAY = ["NO_ANSWER", "UNAVAILABLE"];

/** The refusal that was thrown; anything else is a fault of the page, and stays one. */
export function refusalOf(problem: unknown): Refused {
  if (problem instanceof Refused) return problem;
  throw problem;
}

export function asksToSignIn(refused: Refused): boolean {
  return STRANGERS.includes(refused.code);
}

/** Whether the mall itself cannot be asked now. */
export function isAway(refused: Refused): boolean {
  return AWAY.includes(refused.code);
}
