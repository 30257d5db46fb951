/** Who is signed in, where that is kept, and the signature that proves it (docs/security.md of the mall). */

import type { Wx } from "./doors.js";
import { hex, hmac, sha256, utf8 } from "./sha256.js";

/** What every sign-in answers, among other things. */
export interface Session {
  token: string;
  session_key: string;
}

/** Where a session is kept. Never in a cookie: the key signs, and no request may carry it. */
export interface Keeper {
  get(): Session | null;
  put(session: Session | null): void;
}

/** In memory: gone with the page. */
export function inMemory(): Keeper {
  let kept: Session | null = null;
  return { get: () => kept, put: (session) => void (kept = session) };
}

/** What is used of `sessionStorage`. */
export interface PageStorage {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

/** In a page's `sessionStorage`: gone with the tab. */
export function inStorage(storage: PageStorage, name = "mall.session"): Keeper {
  return {
    get: () => read(storage.getItem(name)),
    put: (session) => (session ? storage.setItem(name, JSON.stringify(session)) : storage.removeItem(name)),
  };
}

/** In the storage of a mini program. */
export function inWx(wx: Wx, name = "mall.session"): Keeper {
  return {
    get: () => read(wx.getStorageSync(name)),
    put: (session) => (session ? wx.setStorageSync(name, JSON.stringify(session)) : wx.removeStorageSync(name)),
  };
}

/** What is kept may be of another time, or somebody else's: no session then. */
function read(text: unknown): Session | null {
  try {
    const found = JSON.parse(text as string) as Session | null;
    return found && found.token && found.session_key ? found : null;
  } catch {
    return null;
  }
}

/** The headers of a signed call; `seconds` is the mall's time. */
export function signed(
  session: Session, action: string, body: string, key: string, seconds: number,
): Record<string, string> {
  const nonce = randomName();
  const lines = [action, String(seconds), nonce, key, hex(sha256(utf8(body)))].join("\n");
  return {
    "Authorization": `Bearer ${session.token}`,
    "X-Mall-Timestamp": String(seconds),
    "X-Mall-Nonce": nonce,
    "X-Mall-Signature": hex(hmac(utf8(session.session_key), utf8(lines))),
  };
}

let made = 0;

/** A name that nobody has used: it need not be secret, only new. */
export function randomName(): string {
  const dice = () => Math.random().toString(36).slice(2, 12);
  return `${Date.now().toString(36)}-${(made++).toString(36)}-${dice()}${dice()}`;
}
