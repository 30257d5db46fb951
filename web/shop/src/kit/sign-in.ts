/** Signing in by WeChat's page (网页授权登录): away from here, and back to where one was. */

import { say, askWhether } from "./say";
import { call, enter } from "./mall";
import { refusalOf } from "./problems";

/** Kept in the browser that left: only it may come back. */
interface Left {
  browser_key: string;
  /** The route that was open. */
  to: string;
}

const LEFT = "mall.sign_in";

export async function leaveToSignIn(to = routeNow()): Promise<void> {
  const left: Left = { browser_key: madeUp(), to };
  try {
    const redirect_uri = `${location.origin}${location.pathname}`;
    const { authorize_url } = await call("members.begin_web_sign_in", { redirect_uri, browser_key: left.browser_key });
    sessionStorage.setItem(LEFT, JSON.stringify(left));
    location.assign(authorize_url);
  } catch (problem) {
    say(refusalOf(problem).message);
  }
}

let asking = false;

export async function signInFirst(): Promise<void> {
  if (asking) return;
  asking = true;
  const wants = await askWhether("登录后继续", "微信登录", "登录后会回到这一页。");
  asking = false;
  if (wants) await leaveToSignIn();
}

/** When the shop opens: where somebody who comes from WeChat was before; null for who does not. */
export async function comeBack(): Promise<string | null> {
  const back = new URLSearchParams(location.search);
  const code = back.get("code");
  const state = back.get("state");
  if (!code || !state) return null;
  history.replaceState(null, "", `${location.pathname}${location.hash}`); // WeChat takes a code once
  const left = JSON.parse(sessionStorage.getItem(LEFT) ?? "null") as Left | null;
  sessionStorage.removeItem(LEFT);
  if (!left) return null;
  try {
    await enter(await call("members.sign_in_web", { code, state, browser_key: left.browser_key }));
  } catch (problem) {
    say(refusalOf(problem).message);
  }
  return left.to;
}

function routeNow(): string {
  return location.hash.slice(1) || "/";
}

function madeUp(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
