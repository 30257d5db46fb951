/** The running mall that the scenes play in, as pytest started it (tests/web/stage.py). */

import { readFileSync } from "node:fs";

export const STAGE: {
  gateway: string;
  pay: string;
  wechat: string;
  owner: { username: string; password: string };
  /** Who approves what one may not give away alone: more than 1000 yuan of an order. */
  second: { username: string; password: string };
  /** The address of the one browser. */
  browser: string;
  /** The pages as two hosts have them, elsewhere than the mall: one sends their policy along, in the other they hold it. */
  hosted: { aws: string; cloudbase: string };
  /** Where a failed scene leaves its picture. */
  trouble: string;
  /** Where pictures for the docs go; null: none are taken. */
  pictures: string | null;
} = JSON.parse(readFileSync(process.env["MALL_E2E_STAGE"] as string, "utf8"));

const run = Date.now().toString(36) + process.pid.toString(36);
let number = 0;

/** A name that no other scene has: people, goods, roles. */
export function newName(of: string): string {
  return `${of}-${run}-${++number}`;
}
