/** What an entry of the audit log was about, apart from what was before and after. */

import { labelOf } from "../../kit/named";
import { t, type Words } from "../../shell/words";

export interface Apart {
  about: [string, string][];
  before: object | null;
  after: object | null;
}

/** Anyone may try to sign in: it is no action of the staff, and its words are here. */
export const SIGN_IN = "staff.sign_in_staff";
const OUTCOME: Words = { zh: "结果", en: "Outcome" };
const FROM: Words = { zh: "来源（网络地址的摘要）", en: "From, a digest of the address" };
const OUTCOMES: Record<string, Words | undefined> = {
  SIGNED_IN: { zh: "登录成功", en: "Signed in" },
  WRONG_PASSWORD: { zh: "密码不对", en: "Wrong password" },
  LOCKED: { zh: "密码不对，已锁定", en: "Wrong password, locked now" },
  WHILE_LOCKED: { zh: "锁定期间又试", en: "Tried while locked" },
};

export function apart(action: string, target: object): Apart {
  const { before = null, after = null, ...others } = target as Record<string, unknown>;
  const about = Object.entries(others).map(([name, value]): [string, string] =>
    (action === SIGN_IN ? signIn(name, told(value)) : [labelOf(`${action}.${name}`), told(value)]));
  return { about, before: asObject(before), after: asObject(after) };
}

function signIn(name: string, value: string): [string, string] {
  if (name === "address") return [t(FROM), value];
  const outcome = OUTCOMES[value];
  return name === "outcome" ? [t(OUTCOME), outcome ? t(outcome) : value] : [labelOf(name), value];
}

function told(value: unknown): string {
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value.join("、");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function asObject(value: unknown): object | null {
  return value === null || typeof value === "object" ? value : { value };
}
