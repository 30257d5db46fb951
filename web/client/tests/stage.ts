/** The running mall that the tests play against, and the few things that stand in it. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as forBundlers from "wechat-mall-client";
import type { Mall, Output } from "wechat-mall-client";

/** What pytest started, and what the mall says of itself. */
export const STAGE: {
  gateway: string;
  pay: string;
  wechat: string;
  owner: { username: string; password: string };
  /** WeChat's id of the template for each kind of message. */
  templates: Record<string, string>;
  /** The files with the examples of docs/client.md. */
  examples: { mini: string; page: string };
  /** The function that holds each action. */
  units: Record<string, string>;
} = JSON.parse(readFileSync(process.env["MALL_CLIENT_STAGE"] as string, "utf8"));

/** The one file that a mini program gets. */
export const forMiniPrograms: typeof forBundlers = createRequire(import.meta.url)("wechat-mall-client");

const PICTURE = "https://mall.example/demo.png";
let number = 0;
const run = Date.now().toString(36);

export function newName(of: string): string {
  return `${of}-${run}-${++number}`;
}

/** Asks as a browser does; `fetch` is looked up at each call, so that a test may stand before it. */
export function browser(more: Partial<forBundlers.MallOptions> = {}): Mall {
  return new forBundlers.Mall({ doors: forBundlers.web(STAGE.gateway), pause: async () => {}, ...more });
}

let owner: Mall | null = null;

export async function staff(): Promise<Mall> {
  const mall = owner ?? browser();
  if (!owner) mall.enter(await mall.call("staff.sign_in_staff", STAGE.owner, { seconds: 60 }));
  return (owner = mall);
}

/** A listed product of one SKU. */
export async function goods(price_fen: number, stock: number): Promise<{ spu_id: string; sku_id: string }> {
  const shop = await staff();
  const code = newName("tea");
  const category = await shop.call("catalog.save_category", { name: code });
  const saved = await shop.call("catalog.save_product", {
    title: `茶 ${code}`, category_id: category.category_id, media: { carousel: [PICTURE] },
    skus: [{ sku_code: code, price_fen, weight_grams: 500 }],
  });
  if (forBundlers.isWaiting(saved)) throw new Error(saved.says);
  const sku_id = saved.sku_ids[0] as string;
  await shop.call("stock.adjust_stock", { sku_id, delta: stock, reason: "入库", reference: code });
  await shop.call("catalog.publish_products", { spu_ids: [saved.spu_id] });
  return { spu_id: saved.spu_id, sku_id };
}

export async function inStock(spu_id: string): Promise<{ available: number; held: number }> {
  const rows = (await (await staff()).call("stock.list_stock", { spu_id })).items;
  const { available, held } = rows[0] as { available: number; held: number };
  return { available, held };
}

export async function moveIn(mall: Mall): Promise<void> {
  await mall.call("members.save_address", {
    name: "小红", phone: "13800001111", province: "广东省", city: "深圳市", district: "南山区", detail: "科技园 1 号",
    is_default: true,
  });
}

/** As the service account's page signs a person in, who is asked by WeChat (here: by the simulator). */
export async function signInWeb(mall: Mall, person: string): Promise<Output<"members.sign_in_web">> {
  const browser_key = newName("browser");
  const begun = await mall.call("members.begin_web_sign_in", { redirect_uri: "https://shop.example/", browser_key });
  const got = await fetch(`${begun.authorize_url.split("#")[0]}&sim_person=${person}`, { redirect: "manual" });
  const back = new URL(got.headers.get("location") as string).searchParams;
  return mall.call("members.sign_in_web", {
    code: back.get("code") as string, state: back.get("state") as string, browser_key,
  });
}

/** Ask until it is so, for ten seconds. */
export async function until<T>(ask: () => Promise<T>, wanted: T): Promise<void> {
  const ends = Date.now() + 10_000;
  for (;;) {
    const found = await ask();
    if (found === wanted) return;
    if (Date.now() > ends) throw new Error(`waited for ${wanted}, found ${found}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** The person presses the thumb, and WeChat has the money: of a payment's `package`. */
export async function thumb(prepay: string): Promise<void> {
  await post(`${STAGE.pay}/_sim/pay/${prepay.replace("prepay_id=", "")}`, {});
}

export async function post(url: string, body: unknown): Promise<unknown> {
  const headers = { "Content-Type": "application/json" };
  const got = await fetch(url, { method: "POST", body: JSON.stringify(body), headers });
  if (!got.ok) throw new Error(`${url}: ${got.status} ${await got.text()}`);
  return got.json();
}

/** What a call is refused with. */
export async function refusal(call: Promise<unknown>): Promise<forBundlers.Refused> {
  const found = await call.then(() => null, (problem: unknown) => problem);
  if (found instanceof forBundlers.Refused || found instanceof forMiniPrograms.Refused) return found;
  throw new Error(`not refused: ${found}`);
}

/** A member who is signed in by the service account's page, with an address. */
export async function buyer(more: Partial<forBundlers.MallOptions> = {}): Promise<Mall> {
  const mall = browser(more);
  mall.enter(await signInWeb(mall, newName("buyer")));
  await moveIn(mall);
  return mall;
}

export async function ordersOf(mall: Mall): Promise<string[]> {
  return (await mall.call("orders.list_orders")).items.map(({ order }) => order.order_no);
}

type Fetch = typeof globalThis.fetch;

/** While `work` lasts, `before` stands between the client and the mall. */
export async function standingBetween<T>(before: (real: Fetch) => Fetch, work: () => Promise<T>): Promise<T> {
  const real = globalThis.fetch;
  globalThis.fetch = before(real);
  try {
    return await work();
  } finally {
    globalThis.fetch = real;
  }
}

export interface Sent {
  action: string;
  headers: Record<string, string>;
}

/** The headers of each request that goes out while `work` lasts, by action. */
export async function watched(work: () => Promise<unknown>): Promise<Sent[]> {
  const seen: Sent[] = [];
  await standingBetween((real) => (url, how) => {
    const action = new URL(String(url)).pathname.replace("/api/", "").replace("/", ".");
    seen.push({ action, headers: how?.headers as Record<string, string> });
    return real(url, how);
  }, work);
  return seen;
}

/** Answers of these actions are lost on their way back, so many: the mall has done what was asked. */
export function losing(action: string, times: number): (real: Fetch) => Fetch {
  return (real) => async (url, how) => {
    const got = await real(url, how);
    if (!String(url).endsWith(`/api/${action.replace(".", "/")}`) || times-- <= 0) return got;
    await got.arrayBuffer();
    throw new TypeError("fetch failed");
  };
}
