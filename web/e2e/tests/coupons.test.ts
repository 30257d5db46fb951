/** Coupons: made at the desk beside an example, claimed and used in the shop. */

import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import {
  asBuyer, asOwner, comeToBuy, fitsThePhone, goods, newName, orderNow, payAtSimulator, PHONE, scene, signInAsOwner, STAGE, usableByAll,
} from "../src/index.js";

scene("a coupon is made beside an example, claimed in the shop, and used", async ({ browser }) => {
  const tea = await goods(8_800, 3);
  const title = newName("茶券");
  const [desk, phone] = await Promise.all([browser(), browser(PHONE)]);
  await Promise.all([signInAsOwner(desk), comeToBuy(phone)]);
  await fill(desk, title, "50", "8");
  await only(desk, tea.title);
  await tryOn(desk, tea.title);
  await desk.getByText("满50.00元减8.00元").waitFor();
  await desk.locator(".amount", { hasText: "¥80.00" }).waitFor();
  await usableByAll(desk);
  await save(desk);
  await desk.getByRole("heading", { name: title }).waitFor();
  await desk.getByText("已领 0 张，已用 0 张，还剩 10 张").waitFor();

  await phone.goto(`${STAGE.gateway}/shop/#/coupons`);
  await phone.getByRole("button", { name: `领取 ${title}` }).click();
  await phone.getByText("领到了").waitFor();
  const order_no = await orderNow(phone, tea);
  await payAtSimulator(phone);
  const { order } = await (await asOwner()).call("orders.view_order", { order_no });
  const { pay_fen, freight_fen } = order.price;
  assert.deepEqual([order.state, pay_fen - freight_fen], ["TO_SHIP", 8_000]);

  await desk.reload();
  await desk.getByText("已领 1 张，已用 1 张，还剩 9 张").waitFor();
  assert.ok(await desk.getByLabel("减多少").isDisabled()); // somebody has one
  await desk.locator(".el-tag", { hasText: tea.title }).waitFor(); // not its number
  await desk.setViewportSize({ width: 390, height: 844 });
  await fitsThePhone(desk);
  await desk.getByRole("button", { name: "停止发放" }).click();
  await desk.getByRole("dialog").getByRole("button", { name: "停止发放" }).click();
  await desk.getByText("已停止", { exact: true }).waitFor();
});

scene("a coupon that makes no sense marks its field and keeps what was typed", async ({ browser }) => {
  const desk = await browser();
  await signInAsOwner(desk);
  const title = newName("错券");
  await fill(desk, title, "5", "8");
  await save(desk);
  const field = desk.locator(".field.faulty").filter({ hasText: "商品满多少可用" });
  await field.getByText("门槛不能低于优惠金额").waitFor();
  assert.deepEqual([await desk.getByLabel("名称").inputValue(), await desk.getByLabel("减多少").inputValue()], [title, "8"]);
  await desk.getByLabel("商品满多少可用").fill("8");
  await desk.getByText("固定时间段").click();
  await save(desk);
  await desk.locator(".field.faulty").filter({ hasText: "有效期" }).getByText("有效期请填写固定时间或领取后天数之一").waitFor();
  const { items } = await (await asOwner()).call("coupons.list_coupon_templates", {});
  assert.ok(!items.some((each) => each.title === title));
});

scene("codes are made and shown once, and staff give a coupon to members", async ({ browser }) => {
  const [desk, phone] = await Promise.all([browser(), browser(PHONE)]);
  await signInAsOwner(desk);
  const who = await comeToBuy(phone);
  await fill(desk, newName("码券"), "50", "8");
  await choose(desk, "怎么发", "兑换码");
  await save(desk);
  await desk.getByLabel("生成几个").fill("2");
  await desk.getByRole("button", { name: "生成" }).click();
  await desk.getByRole("dialog").getByRole("button", { name: "生成" }).click();
  const codes = (await desk.locator("pre.codes").innerText()).split("\n");
  assert.equal(codes.length, 2);
  const [file] = await Promise.all([desk.waitForEvent("download"), desk.getByRole("button", { name: "下载 2 个兑换码" }).click()]);
  assert.match(file.suggestedFilename(), /^codes-bat_\w+\.csv$/);
  await desk.getByText("已生成 2 个，还能生成 8 个").waitFor();
  await phone.goto(`${STAGE.gateway}/shop/#/coupons`);
  await phone.getByLabel("兑换码").fill(codes[0] as string);
  await phone.getByRole("button", { name: "兑换" }).click();
  await phone.getByText("兑换成功").waitFor();

  const given = newName("赠券");
  await fill(desk, given, "50", "8");
  await choose(desk, "怎么发", "定向发放");
  await save(desk);
  await isCalled(who);
  await pick(desk, desk.getByLabel("会员（一次"), who);
  await desk.getByRole("heading", { name: "发给会员" }).click();
  await desk.getByRole("button", { name: "发放", exact: true }).click();
  await desk.getByRole("dialog").getByRole("button", { name: "发放", exact: true }).click();
  await desk.getByText("已发 1 张").waitFor();
  await phone.goto(`${STAGE.gateway}/shop/#/me/coupons`);
  await phone.getByText(given).waitFor();
});

scene("a draft of a coupon is rehearsed over past orders", async ({ browser }) => {
  const tea = await goods(9_900, 3);
  const [desk, phone] = await Promise.all([browser(), browser(PHONE)]);
  await Promise.all([signInAsOwner(desk), comeToBuy(phone)]);
  await orderNow(phone, tea);
  await payAtSimulator(phone);
  await fill(desk, newName("预演券"), "50", "8");
  await only(desk, tea.title);
  await desk.getByRole("button", { name: "全部订单，后台预演" }).click();
  await desk.waitForURL(/#\/rehearsals\/reh_/);
});

async function fill(desk: Page, title: string, threshold: string, off: string): Promise<void> {
  await desk.goto(`${STAGE.gateway}/console/#/coupons/new`);
  await desk.getByLabel("名称").fill(title);
  await desk.getByLabel("商品满多少可用").fill(threshold);
  await desk.getByLabel("减多少").fill(off);
  await desk.getByLabel("发行量").fill("10");
  for (const [name, at] of [["领取开始", "2026-01-01 00:00:00"], ["领取结束", "2036-01-01 00:00:00"]] as const) {
    await desk.getByLabel(name).fill(at);
    await desk.getByLabel(name).press("Enter");
  }
}

async function choose(desk: Page, label: string, words: string): Promise<void> {
  await option(desk, desk.getByLabel(label), words);
}

/** For these goods alone, so that no other scene's are cheaper. */
async function only(desk: Page, title: string): Promise<void> {
  await desk.getByText("指定商品").click();
  await pick(desk, desk.locator(".field").filter({ hasText: "哪些商品可用" }).getByRole("combobox"), title);
}

async function tryOn(desk: Page, title: string): Promise<void> {
  await pick(desk, desk.locator("section").filter({ hasText: "示例购物车" }).getByRole("combobox").first(), title);
}

async function pick(desk: Page, field: Locator, title: string): Promise<void> {
  await field.fill(title, { force: true });
  await option(desk, field, title);
  await desk.keyboard.press("Escape");
}

/** Of the list that belongs to the field; what the field says lies above it. */
async function option(desk: Page, field: Locator, name: string): Promise<void> {
  await field.click({ force: true });
  await desk.locator(`#${await field.getAttribute("aria-controls")}`).getByRole("option", { name }).click();
}

async function save(desk: Page): Promise<void> {
  await desk.getByRole("button", { name: "保存优惠券" }).click();
  await desk.getByRole("dialog").getByRole("button", { name: "保存优惠券" }).click();
}

/** The member has the name that was told at WeChat. */
async function isCalled(nickname: string): Promise<void> {
  const member = await asBuyer(nickname);
  const { version } = await member.call("members.view_profile", {});
  await member.call("members.update_profile", { version, nickname });
}
