/** What stands beside the call: the hashes, the sessions that are kept, uploads. */

import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { test } from "node:test";
import type { UploadForm } from "wechat-mall-client";
import { hex, hmac, sha256, utf8 } from "../src/sha256.js";
import { Phone, PICTURE } from "./phone.js";
import { browser, forMiniPrograms, newName, staff } from "./stage.js";

const LENGTHS = [...Array(140).keys()];
const TEXTS = LENGTHS.map((length) => "茶a".repeat(length).slice(0, length)).concat("𝄞 é \u0000 \n");

test("SHA-256 and HMAC are what Node's own say", () => {
  for (const text of TEXTS) {
    assert.equal(hex(sha256(utf8(text))), createHash("sha256").update(text).digest("hex"));
    assert.equal(hex(hmac(utf8(text), utf8("x" + text))), createHmac("sha256", text).update("x" + text).digest("hex"));
  }
});

test("a large body is hashed right", () => {
  const text = "茶".repeat(50_000);
  assert.equal(hex(sha256(utf8(text))), createHash("sha256").update(text).digest("hex"));
});

test("a session is kept where it is told to be, and what else lies there is none", () => {
  const phone = new Phone(newName("kept"));
  const { inWx, inStorage } = forMiniPrograms;
  const pages = new Map<string, string>();
  const storage = {
    getItem: (name: string) => pages.get(name) ?? null,
    setItem: (name: string, text: string) => void pages.set(name, text),
    removeItem: (name: string) => void pages.delete(name),
  };
  for (const keeper of [inWx(phone.wx), inStorage(storage)]) {
    assert.equal(keeper.get(), null);
    keeper.put({ token: "t", session_key: "k" });
    assert.deepEqual(keeper.get(), { token: "t", session_key: "k" });
    keeper.put(null);
    assert.equal(keeper.get(), null);
  }
  phone.wx.setStorageSync("mall.session", "{half");
  assert.equal(inWx(phone.wx).get(), null);
  phone.wx.setStorageSync("mall.session", '{"token": "t"}');
  assert.equal(inWx(phone.wx).get(), null);
});

test("nothing but the session's two words is kept", async () => {
  const kept: unknown[] = [];
  const mall = browser({ keeper: { get: () => null, put: (session) => void kept.push(session) } });
  mall.enter({ token: "t", session_key: "k", permissions: ["*"] } as never);
  assert.deepEqual(kept, [{ token: "t", session_key: "k" }]);
});

test("a picture goes up from a phone and from a page, and is there", async () => {
  const shop = await staff();
  const phone = new Phone(newName("picture"));
  const ways = [
    (form: UploadForm) => forMiniPrograms.uploadPath(phone.wx, form, "wxfile://tmp_1.png"),
    (form: UploadForm) => forMiniPrograms.uploadFile(form, new Blob([PICTURE], { type: "image/png" })),
  ];
  for (const upload of ways) {
    const form = await shop.call("catalog.issue_upload_url", { content_type: "image/png" });
    await upload(form);
    await assert.rejects(upload(form), /did not take/); // a form is good once
    const { public_url } = await shop.call("catalog.finish_upload", { upload_id: form.upload_id });
    assert.equal(public_url, form.public_url);
    assert.equal((await fetch(public_url as string)).headers.get("content-type"), "image/png");
  }
});

