/** Tables that are sent in: rows that are right stand, and each that is wrong says so beside it. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import {
  asBuyer, asOwner, goods, moveIn, newName, scene, signInAsOwner, STAGE, thumb, usableByAll,
} from "../src/index.js";

async function give(page: Page, route: string, rows: string[][]): Promise<void> {
  await page.goto(`${STAGE.gateway}/console/#${route}`);
  const buffer = Buffer.from(`\ufeff${rows.map((row) => row.join(",")).join("\r\n")}\r\n`);
  await page.locator("input[type=file]").setInputFiles({ name: "表格.csv", mimeType: "text/csv", buffer });
}

scene("a table of goods with wrong cells: what is right comes in, what is wrong says why beside its row", async ({ browser }) => {
  const page = await browser();
  await signInAsOwner(page);
  const [good, bad, nowhere] = [newName("lamp"), newName("umbrella"), newName("mat")];
  await give(page, "/products/import", [
    ["货号", "标题", "类目", "SKU编码", "售价", "库存"],
    [good, good, "食品饮料/咖啡茶饮/茶叶", good, "88.00", "5"],
    [bad, bad, "食品饮料/咖啡茶饮/茶叶", bad, "八十八", "5"],
    [nowhere, nowhere, "没有/这个/类目", nowhere, "9.90", "-1"],
  ]);
  await page.getByText("共 3 行，新建 1").waitFor();
  const found = await page.locator("table.rows tbody tr").allInnerTexts();
  const places = found.map((row) => row.split(/\s+/).slice(0, 2).join(" "));
  for (const place of ["3 售价", "4 类目"]) assert.ok(places.includes(place), `${place} is not among ${places.join()}`);
  await usableByAll(page);
  const { items } = await (await asOwner()).call("catalog.list_shelf", { keyword: good });
  assert.equal(items.length, 1);
  for (const title of [bad, nowhere]) {
    assert.deepEqual((await (await asOwner()).call("catalog.list_shelf", { keyword: title })).items, []);
  }
});

scene("a table of parcels with a wrong row: the others go out, and sent once more they go out once", async ({ browser }) => {
  const buyer = await asBuyer();
  await moveIn(buyer);
  const { sku_id } = await goods();
  const { order_no } = await buyer.call("orders.place_order", { lines: [{ sku_id, quantity: 1 }] });
  await thumb((await buyer.call("payments.start_payment", { order_no })).payment_no);
  const page = await browser();
  await signInAsOwner(page);
  await untilPaid(order_no);
  const rows = [["订单号", "快递公司", "运单号"], [order_no, "顺丰速运", "SF7000000000001"], ["ord_NOTHING", "顺丰速运", "SF7000000000002"]];
  await give(page, "/ship-by-file", rows);
  await page.getByText("共 2 行，发出 1 个包裹").waitFor();
  assert.match(await page.locator("table.rows tbody tr").innerText(), /^3\s+ord_NOTHING\s+订单不存在/);
  await give(page, "/ship-by-file", rows);
  await page.getByText("1 个此前已发出").waitFor();
  const { order } = await (await asOwner()).call("orders.view_order", { order_no });
  assert.equal(order.state, "SHIPPED");
});

async function untilPaid(order_no: string): Promise<void> {
  const shop = await asOwner();
  while ((await shop.call("orders.view_order", { order_no })).order.state !== "TO_SHIP") {
    await new Promise((on) => setTimeout(on, 200));
  }
}
