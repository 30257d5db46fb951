/** The examples of docs/client.md, as they stand there but for the addresses. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { isWaiting } from "wechat-mall-client";
import { Phone, PICTURE } from "./phone.js";
import { browser, forMiniPrograms, goods, moveIn, newName, staff, STAGE, thumb, until } from "./stage.js";

type Line = { sku_id: string; quantity: number };
type Account = { username: string; password: string };

interface MiniExample {
  buy(lines: Line[]): Promise<string>;
  isPaid(order_no: string): Promise<boolean>;
  loadTemplates(): Promise<void>;
  askForMessages(names: string[]): Promise<string[]>;
  addPicture(account: Account): Promise<string>;
}

interface PageExample {
  leaveToSignIn(): Promise<void>;
  comeBack(): Promise<boolean>;
  buy(lines: Line[]): Promise<string>;
  toldAbout(): Promise<string[]>;
  addPicture(account: Account, file: Blob): Promise<string>;
}

/** The shop tells about payments, and of nothing else. */
async function tellsOfPayments(): Promise<void> {
  const shop = await staff();
  const changes = { templates: { order_paid: STAGE.templates["order_paid"] } };
  const { version } = await shop.call("staff.show_settings");
  const saved = await shop.call("staff.save_settings", { version, changes, reason: "开通订阅消息" });
  assert.ok(!isWaiting(saved));
}

async function isThere(url: string): Promise<void> {
  const { status, headers } = await fetch(url);
  assert.deepEqual([status, headers.get("content-type")], [200, "image/png"]);
}

test("the example for mini programs signs in, buys, asks for messages and uploads", async () => {
  await tellsOfPayments();
  const { sku_id } = await goods(8_800, 5);
  const phone = new Phone(newName("example"));
  const { Mall, byLogin, cloud } = forMiniPrograms;
  await moveIn(new Mall({ doors: cloud(phone.wx.cloud), signIn: byLogin(phone.wx) }));
  const module = { exports: {} as MiniExample };
  const code = readFileSync(STAGE.examples.mini, "utf8");
  new Function("require", "wx", "module", code)(createRequire(import.meta.url), phone.wx, module);
  const example = module.exports;
  await example.loadTemplates();
  assert.deepEqual(await example.askForMessages(["order_paid"]), ["order_paid"]);
  const order_no = await example.buy([{ sku_id, quantity: 1 }]);
  await until(() => example.isPaid(order_no), true);
  await isThere(await example.addPicture(STAGE.owner));
});

test("the example for browsers signs in, buys in WeChat and elsewhere, and uploads", async () => {
  await tellsOfPayments();
  const { sku_id } = await goods(8_800, 5);
  const page = standInForABrowser();
  const example = (await import(STAGE.examples.page)) as PageExample;
  assert.equal(await example.comeBack(), false);
  await example.leaveToSignIn();
  const got = await fetch(`${page.went.split("#")[0]}&sim_person=${newName("page")}`, { redirect: "manual" });
  page.location.search = new URL(got.headers.get("location") as string).search;
  assert.equal(await example.comeBack(), true);
  const mall = browser({ keeper: forMiniPrograms.inStorage(page.sessionStorage) });
  await moveIn(mall);
  page.inWeChat(true);
  const order_no = await example.buy([{ sku_id, quantity: 1 }]);
  await until(async () => (await mall.call("orders.get_order", { order_no })).order.state, "TO_SHIP");
  page.inWeChat(false);
  await example.buy([{ sku_id, quantity: 1 }]);
  assert.ok(page.went.startsWith(STAGE.pay), page.went);
  assert.deepEqual(await example.toldAbout(), ["order_paid"]);
  await isThere(await example.addPicture(STAGE.owner, new Blob([PICTURE], { type: "image/png" })));
});

/** What the example uses of a browser; `went` is where it was sent last. */
function standInForABrowser() {
  const kept = new Map<string, string>();
  const page = {
    went: "",
    location: {
      href: "https://shop.example/", pathname: "/", search: "",
      assign: (url: string) => void (page.went = url),
    },
    sessionStorage: {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, text: string) => void kept.set(name, text),
      removeItem: (name: string) => void kept.delete(name),
    },
    inWeChat: (isIn: boolean) => stand("WeixinJSBridge", isIn ? { invoke: pays } : undefined),
  };
  stand("location", page.location);
  stand("sessionStorage", page.sessionStorage);
  stand("history", { replaceState: () => void (page.location.search = "") });
  return page;
}

function stand(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

function pays(name: string, params: Record<string, string>, done: (said: { err_msg: string }) => void): void {
  assert.equal(name, "getBrandWCPayRequest");
  void thumb(String(params["package"])).then(() => done({ err_msg: "get_brand_wcpay_request:ok" }));
}
