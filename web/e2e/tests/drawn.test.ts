/** The console's frame, and the pages that are drawn from the actions' own models. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { asOwner, newName, PHONE, scene, signInAs, signInAsOwner, STAGE, usableByAll } from "../src/index.js";

async function open(page: Page, action: string): Promise<void> {
  await page.goto(`${STAGE.gateway}/console/#/actions/${action}`);
  await page.locator("code", { hasText: action }).waitFor();
}

function field(page: Page, path: string) {
  return page.locator(`#field-${path.replaceAll(".", "-")}`);
}

scene("what is wrong in a list within a form is told at its place, and what was typed stays", async ({ browser }) => {
  const page = await browser();
  await signInAsOwner(page);
  await open(page, "fulfilment.ship_orders");
  await page.getByRole("button", { name: "添加" }).first().click();
  await field(page, "parcels.0.tracking_no").fill("SF1234567890");
  await page.getByRole("button", { name: "批量发货" }).click();
  const wrong = page.locator(".field.faulty", { has: field(page, "parcels.0.order_no") }).last();
  await wrong.getByRole("alert").waitFor();
  assert.equal(await wrong.getByRole("alert").innerText(), await page.locator(".refusal p").first().innerText());
  assert.equal(await field(page, "parcels.0.tracking_no").inputValue(), "SF1234567890");
  await usableByAll(page);
});

scene("a button that is pressed twice has done it once", async ({ browser }) => {
  const page = await browser();
  await signInAsOwner(page);
  await open(page, "stock.save_warehouse");
  const name = newName("仓");
  await field(page, "name").fill(name);
  await page.getByRole("button", { name: "保存仓库" }).dblclick();
  await page.getByRole("heading", { name: "已完成" }).waitFor();
  assert.ok(await page.getByRole("button", { name: "保存仓库" }).isDisabled());
  const { items } = await (await asOwner()).call("stock.list_warehouses");
  assert.equal(items.filter((each) => each.name === name).length, 1);
});

scene("a session that ends in the middle of work asks for the password, and the work goes on", async ({ browser }) => {
  const page = await browser();
  await signInAsOwner(page);
  await open(page, "catalog.save_category");
  const name = newName("类目");
  await field(page, "name").fill(name);
  await page.evaluate(() => sessionStorage.setItem("mall.desk", JSON.stringify({ token: "gone", session_key: "gone" })));
  await page.getByRole("button", { name: "保存类目" }).click();
  const password = page.locator("#password-anew");
  await password.fill("not the password");
  await password.press("Enter");
  await page.getByRole("dialog").getByRole("alert").waitFor();
  await password.fill(STAGE.owner.password);
  await password.press("Enter");
  await page.getByRole("heading", { name: "已完成" }).waitFor();
  assert.equal(await field(page, "name").inputValue(), name);
  const { items } = await (await asOwner()).call("catalog.list_own_categories");
  assert.equal(items.filter((each) => each.name === name).length, 1);
});

scene("who may do little sees little, and a page that is not for them says so", async ({ browser }) => {
  const page = await browser();
  await signInAs(page, ["stock.list_stock"]);
  const asked: string[] = [];
  page.on("request", (request) => request.url().includes("/api/") && asked.push(request.url()));
  await page.goto(`${STAGE.gateway}/console/#/actions`);
  const links = page.locator(".actions a");
  await links.first().waitFor();
  assert.deepEqual(await links.allInnerTexts(), ["库存列表", "修改密码", "员工退出"]);
  for (const path of ["/orders", "/actions/refunds.start_refund", "/actions/staff.save_role"]) {
    await page.goto(`${STAGE.gateway}/console/#${path}`);
    await page.getByText("您的角色没有这个页面的权限").waitFor();
  }
  await page.goto(`${STAGE.gateway}/console/#/nowhere`);
  await page.getByText("没有这个页面").waitFor();
  assert.deepEqual(asked, []);
});

scene("what gives value away is asked once more, and whoever turns away has done nothing", async ({ browser }) => {
  const page = await browser();
  await signInAsOwner(page);
  await open(page, "group_buys.save_group_buy");
  const asked: string[] = [];
  page.on("request", (request) => request.url().includes("/api/") && asked.push(request.url()));
  await page.getByRole("button", { name: "拼团" }).last().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("涉及资金或让利").waitFor();
  await usableByAll(page);
  await dialog.getByRole("button", { name: "取消" }).click();
  await dialog.waitFor({ state: "hidden" });
  assert.deepEqual(asked, []);
});

scene("a search stands in its address, turns its pages, and leads on with what a row says", async ({ browser }) => {
  const shop = await asOwner();
  const name = newName("路人");
  for (let made = 0; made < 21; made++) await shop.call("catalog.save_category", { name: `${name}${made}` });
  const page = await browser();
  await signInAsOwner(page);
  await open(page, "staff.list_audit_log");
  await field(page, "action_name").fill("catalog.save_category");
  await page.keyboard.press("Enter");
  await page.waitForURL(/action_name=catalog\.save_category/);
  await page.getByRole("button", { name: "下一页" }).click();
  await page.getByText("第 2 页").waitFor();
  await page.reload();
  await page.locator("table.rows tbody tr").nth(19).waitFor();
  await open(page, "catalog.list_own_categories");
  const row = page.locator("tr", { hasText: `${name}7` });
  await row.getByRole("button", { name: "保存类目" }).click();
  await page.locator("code", { hasText: "catalog.save_category" }).waitFor();
  assert.equal(await field(page, "name").inputValue(), `${name}7`);
  assert.match(await field(page, "version").inputValue(), /^\d+$/);
});

scene("a drawn page can be used by all, at a desk in the dark and on a phone in English", async ({ browser }) => {
  const dark = await browser({ viewport: { width: 1280, height: 800 }, colorScheme: "dark" });
  await signInAsOwner(dark);
  for (const action of ["promotions.save_promotion", "coupons.issue_coupons", "staff.list_roles"]) {
    await open(dark, action);
    await usableByAll(dark);
  }
  const phone = await browser(PHONE);
  await signInAsOwner(phone);
  await phone.getByRole("button", { name: "English" }).click();
  await open(phone, "catalog.save_product");
  await usableByAll(phone);
  const wider = await phone.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wider <= 0, `${wider} px wider than the phone`);
});
