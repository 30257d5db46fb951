/** The ways to the mall: what a call is handed to, and what comes back of it. */

import { ALONE } from "./generated/places.js";

/** One call, ready to go. `headers` prove who calls, where nobody else vouches for it. */
export interface Asked {
  action: string;
  body: string;
  key: string;
  headers: Record<string, string>;
  milliseconds: number;
}

/** What the mall said, in whatever way it was read, and its clock in Unix seconds where the way tells it. */
export interface Reply {
  answer: unknown;
  time?: number;
}

/** One way to the mall. It throws, whatever it is, when no answer came. */
export interface Door {
  /** WeChat's cloud says who calls: nothing is signed, no session is needed. */
  readonly vouches: boolean;
  send(asked: Asked): Promise<Reply>;
}

interface CloudCall {
  name: string;
  data: Record<string, unknown>;
  success: (got: { result?: unknown }) => void;
  fail: (problem: unknown) => void;
}

/** `wx.cloud`, or an instance of `wx.cloud.Cloud` (its `init` is yours). */
export interface Cloud {
  callFunction(call: CloudCall): unknown;
}

interface WxRequest {
  url: string;
  method: "POST";
  data: string;
  header: Record<string, string>;
  timeout: number;
  success: (got: { data: unknown; header: Record<string, unknown> }) => void;
  fail: (problem: unknown) => void;
}

interface WxUpload {
  url: string;
  filePath: string;
  name: string;
  formData: Record<string, string>;
  success: (got: { statusCode: number }) => void;
  fail: (problem: unknown) => void;
}

/** What is used of `wx`. */
export interface Wx {
  request(asked: WxRequest): unknown;
  uploadFile(asked: WxUpload): unknown;
  login(asked: { success: (got: { code: string }) => void; fail: (problem: { errMsg: string }) => void }): unknown;
  getStorageSync(name: string): unknown;
  setStorageSync(name: string, value: unknown): void;
  removeStorageSync(name: string): void;
}

/** Cloud calls (`wx.cloud.callFunction`), for buyers: staff sign in over HTTP. */
export function cloud(through: Cloud): Door[] {
  return [{ vouches: true, send: (asked) => within(asked.milliseconds, call(through, asked)) }];
}

function call(through: Cloud, { action, body, key }: Asked): Promise<Reply> {
  const data = { ...JSON.parse(body), action, idempotency_key: key };
  return new Promise((done, fail) => {
    through.callFunction({ name: unitOf(action), data, success: ({ result }) => done({ answer: result }), fail });
  });
}

/** The function that holds a buyer's action. */
export function unitOf(action: string): string {
  return ALONE.includes(action) ? action.replace(".", "-") : `${action.split(".")[0]}_counter`;
}

/** `wx.request`, a door for each base address (`https://api.example.com`), which is among the app's request domains. */
export function mini(wx: Wx, ...bases: string[]): Door[] {
  return bases.map((base) => ({ vouches: false, send: (asked) => request(wx, base, asked) }));
}

function request(wx: Wx, base: string, { action, body, headers, milliseconds }: Asked): Promise<Reply> {
  return new Promise((done, fail) => {
    wx.request({
      url: addressOf(base, action), method: "POST", data: body, header: headers, timeout: milliseconds, fail,
      success: ({ data, header }) => done({ answer: data, ...timeOf(spelt(header, "x-mall-time")) }),
    });
  });
}

/** `fetch`, a door for each base address. */
export function web(...bases: string[]): Door[] {
  return bases.map((base) => ({ vouches: false, send: (asked) => ask(base, asked) }));
}

async function ask(base: string, { action, body, headers, milliseconds }: Asked): Promise<Reply> {
  const stop = new AbortController();
  const patience = setTimeout(() => stop.abort(), milliseconds);
  try {
    const got = await fetch(addressOf(base, action), { method: "POST", body, headers, signal: stop.signal });
    return { answer: await got.text(), ...timeOf(got.headers.get("x-mall-time")) };
  } finally {
    clearTimeout(patience);
  }
}

function addressOf(base: string, action: string): string {
  return `${base.replace(/\/+$/, "")}/api/${action.replace(".", "/")}`;
}

/** A header of wx.request, whose names come as each platform spells them. */
function spelt(header: Record<string, unknown>, name: string): unknown {
  return header[Object.keys(header).filter((each) => each.toLowerCase() === name)[0] ?? name];
}

function timeOf(said: unknown): { time?: number } {
  return Number(said) > 0 ? { time: Number(said) } : {};
}

function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  return new Promise((done, fail) => {
    const patience = setTimeout(() => fail(new Error("no answer in time")), milliseconds);
    work.then(done, fail).then(() => clearTimeout(patience));
  });
}
