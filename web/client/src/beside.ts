/** What a client does besides calling: signing in by `wx.login`, and uploading. */

import type { Wx } from "./doors.js";
import type { WaitsForSecondPerson } from "./generated/kinds.js";
import type { Caller } from "./mall.js";
import type { Session } from "./session.js";

/** `signIn` of a mini program: nobody is asked, WeChat says who it is. */
export function byLogin(wx: Wx): (stranger: Caller) => Promise<Session> {
  return async (stranger) => {
    const once = async () => stranger.call("members.sign_in", { code: await login(wx) });
    return once().catch((problem) => {
      if (problem.code === "BAD_LOGIN_CODE") return once(); // used up by a try whose answer was lost
      throw problem;
    });
  };
}

function login(wx: Wx): Promise<string> {
  return new Promise((done, fail) => {
    wx.login({ success: ({ code }) => done(code), fail: ({ errMsg }) => fail(new Error(errMsg)) });
  });
}

/** A form to upload one file with, such as `catalog.issue_upload_url` gives. */
export interface UploadForm {
  url: string;
  fields: { [name: string]: string };
}

/** The file at this path of the phone, by `wx.uploadFile`. */
export function uploadPath(wx: Wx, form: UploadForm, filePath: string): Promise<void> {
  return new Promise((done, fail) => {
    wx.uploadFile({
      url: form.url, filePath, name: "file", formData: form.fields, fail,
      success: ({ statusCode }) => (isGood(statusCode) ? done() : fail(notTaken(statusCode))),
    });
  });
}

/** A `File` or a `Blob`. */
export interface FileOfPage {
  readonly size: number;
  readonly type: string;
}

/** A file of a browser, by `fetch`. */
export async function uploadFile(form: UploadForm, file: FileOfPage): Promise<void> {
  const parts = new FormData();
  for (const name of Object.keys(form.fields)) parts.append(name, form.fields[name] as string);
  parts.append("file", file); // last: the store reads nothing behind it
  const { status } = await fetch(form.url, { method: "POST", body: parts });
  if (!isGood(status)) throw notTaken(status);
}

/** Whether nothing was done yet, because a second person has to agree (only what staff do). */
export function isWaiting(answer: object): answer is WaitsForSecondPerson {
  return (answer as { state?: unknown }).state === "WAITS" && "change_id" in answer;
}

function isGood(status: number): boolean {
  return status >= 200 && status < 300;
}

function notTaken(status: number): Error {
  return new Error(`the store did not take the file: ${status}`);
}
