/** Answers that come late, or not at all: the later question counts, and what was wished is done once. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import {
  asOwner, comeToBuy, goods, newName, payPage, PHONE, scene, signInAsOwner, STAGE, toCheckout,
} from "../src/index.js";

/** How long an answer that was let go may take to its page. */
const ARRIVES_MS = 1_000;

/** Answers to what asks for this text are kept back until they are let go. */
async function keepBack(page: Page, action: string, text: string): Promise<() => Promise<void>> {
  let free: () => void = () => undefined;
  const freed = new Promise<void>((on) => (free = on));
  await page.route(`**/api/${action.replace(".", "/")}`, async (route) => {
    if (!route.request().postData()?.includes(text)) return route.continue();
    const response = await route.fetch();
    await freed;
    await route.fulfill({ response }).catch(() => undefined); // to nobody, where the page has given it up
  });
  return () => {
    free();
    return page.waitForTimeout(ARRIVES_MS);
  };
}

scene("the console's list shows what was asked last, however late the answer before it comes", async ({ browser }) => {
  const [slow, quick] = [await goods(8_800, 5, newName("迟")), await goods(8_800, 5, newName("快"))];
  const page = await browser();
  await signInAsOwner(page);
  const letGo = await keepBack(page, "catalog.list_shelf", slow.title);
  await page.goto(`${STAGE.gateway}/console/#/products?keyword=${encodeURIComponent(slow.title)}`);
  await page.goto(`${STAGE.gateway}/console/#/products?keyword=${encodeURIComponent(quick.title)}`);
  await page.getByRole("button", { name: quick.title }).waitFor();
  await letGo();
  await page.getByRole("button", { name: quick.title }).waitFor();
  assert.equal(await page.getByRole("button", { name: slow.title }).count(), 0);
});

scene("the shop's list shows what was asked last, however late the answer before it comes", async ({ browser }) => {
  const [slow, quick] = [await goods(8_800, 5, newName("迟")), await goods(8_800, 5, newName("快"))];
  const page = await browser(PHONE);
  const letGo = await keepBack(page, "catalog.list_products", slow.title);
  await page.goto(`${STAGE.gateway}/shop/#/products?q=${encodeURIComponent(slow.title)}`);
  await page.getByRole("search").waitFor(); // before that nobody hears of another address
  await page.goto(`${STAGE.gateway}/shop/#/products?q=${encodeURIComponent(quick.title)}`);
  await page.getByRole("link", { name: quick.title }).waitFor();
  await letGo();
  await page.getByRole("link", { name: quick.title }).waitFor();
  assert.equal(await page.getByRole("link", { name: slow.title }).count(), 0);
});

scene("a button whose answer is late is safe to press: it asks once, and says that it is at work", async ({ browser }) => {
  const page = await browser();
  await signInAsOwner(page);
  const name = newName("仓");
  const letGo = await keepBack(page, "stock.save_warehouse", name);
  const asked: string[] = [];
  page.on("request", (request) => request.url().endsWith("/api/stock/save_warehouse") && asked.push(request.url()));
  await page.goto(`${STAGE.gateway}/console/#/actions/stock.save_warehouse`);
  await page.locator("#field-name").fill(name);
  const save = page.getByRole("button", { name: "保存仓库" });
  await save.click();
  await page.locator("button.is-loading", { hasText: "保存仓库" }).waitFor();
  await save.click({ force: true });
  await page.locator("#field-name").press("Enter");
  await letGo();
  await page.getByRole("heading", { name: "已完成" }).waitFor();
  assert.equal(asked.length, 1);
  const { items } = await (await asOwner()).call("stock.list_warehouses");
  assert.equal(items.filter((each) => each.name === name).length, 1);
});

scene("an order whose answer is lost on the way is asked for again, and is one order", async ({ browser }) => {
  const { sku_id, ...tea } = await goods();
  const page = await browser(PHONE);
  await comeToBuy(page);
  await toCheckout(page, { sku_id, ...tea });
  const keys: (string | undefined)[] = [];
  await page.route("**/api/orders/place_order", async (route) => {
    keys.push(route.request().headers()["idempotency-key"]);
    const response = await route.fetch();
    return keys.length === 1 ? route.abort("connectionreset") : route.fulfill({ response });
  });
  await page.getByRole("button", { name: "提交订单" }).click();
  await payPage(page);
  assert.deepEqual([keys.length, new Set(keys).size], [2, 1]);
  const { items } = await (await asOwner()).call("orders.search_orders", { sku_id });
  assert.equal(items.length, 1);
});
