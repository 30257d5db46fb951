/** The mall, as all services ask it; nobody presses a button to sign in. */

import { byLogin, cloud, inWx, Mall, mini, Refused } from "./client.js";
import type { ActionName, Caller, Input, Output, Session } from "./client.js";
import { addresses, cloudEnv, simulatedPerson } from "./config.js";

let opened: Mall | null = null;

/** Opened by the first who asks. */
export function mall(): Mall {
  return (opened ??= open());
}

function open(): Mall {
  if (cloudEnv) wx.cloud.init({ env: cloudEnv });
  const doors = [...(cloudEnv ? cloud(wx.cloud) : []), ...mini(wx, ...addresses)];
  return new Mall({ doors, signIn: simulatedPerson ? bySimulator : byLogin(wx), keeper: inWx(wx) });
}

function bySimulator(stranger: Caller): Promise<Session> {
  return stranger.call("members.sign_in", { code: `sim:${simulatedPerson}` });
}

/** One call, whose refusal the page says itself. */
export function quietly<Name extends ActionName>(name: Name, input: Input<Name>): Promise<Output<Name>> {
  const asked = mall() as { call(name: string, input: unknown): Promise<unknown> };
  return asked.call(name, input) as Promise<Output<Name>>;
}

/** One call; what is refused is said to the person, whatever the page makes of it. */
export async function ask<Name extends ActionName>(name: Name, input: Input<Name>): Promise<Output<Name>> {
  try {
    return await quietly(name, input);
  } catch (problem) {
    say(sentenceOf(problem));
    throw problem;
  }
}

export function sentenceOf(problem: unknown): string {
  return problem instanceof Refused ? problem.message : "出错了，请稍后再试";
}

export function say(title: string): void {
  wx.showToast({ title, icon: "none", duration: 3000 });
}

/** An answer as most of the starter's pages open it. */
export interface Answered<Data> {
  data: Data;
  code: "Success";
  msg: null;
  success: true;
}

export function answered<Data>(data: Data): Answered<Data> {
  return { data, code: "Success", msg: null, success: true };
}
