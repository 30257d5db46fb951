/** What is made in the console holds in the shop, and what is wrong there is marked with nothing lost. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import {
  asOwner, comeToBuy, fitsThePhone, goods, newName, payAtSimulator, payPage, PHONE, scene, settled, signInAsOwner, STAGE, usableByAll,
} from "../src/index.js";

scene("a group buy is made in the console, its dear price is refused at its SKU, and a buyer opens a group at the right one", async ({ browser }) => {
  const [desk, phone] = await Promise.all([browser(), browser(PHONE)]);
  const [tea, title] = [await goods(8_800), newName("两人团")];
  await Promise.all([signInAsOwner(desk), comeToBuy(phone)]);
  await desk.goto(`${STAGE.gateway}/console/#/group-buys/new`);
  await desk.getByLabel("商品").first().fill(tea.title);
  await desk.getByRole("option", { name: tea.title }).click();
  await desk.getByLabel("名称").fill(title);
  await fillMoment(desk, "结束", "2031-01-01 00:00:00");
  const price = desk.locator("input[aria-label$='拼团价']").last();
  await price.fill("88");
  await save(desk, "保存拼团");
  await desk.locator("td").getByText("拼团价必须低于单买价").waitFor();
  assert.deepEqual([await desk.getByLabel("名称").inputValue(), await price.inputValue()], [title, "88"]);
  await usableByAll(desk);
  await price.fill("68");
  await save(desk, "保存拼团");
  await desk.waitForURL(/#\/group-buys$/);
  await desk.getByText(title).waitFor();
  await phone.goto(`${STAGE.gateway}/shop/#/products/${tea.spu_id}`);
  await phone.getByRole("button", { name: "发起拼团" }).click();
  await phone.getByRole("dialog").getByRole("button", { name: /拼团/ }).click();
  await phone.waitForURL("**/shop/#/checkout");
  await phone.getByText("68.00").first().waitFor();
  await phone.getByRole("button", { name: "提交订单" }).click();
  await payPage(phone);
  await payAtSimulator(phone);
  await desk.getByRole("button", { name: title }).click();
  await desk.getByText("拼团中 1").waitFor();
  await desk.getByText("已有人开团").waitFor();
});

scene("a field of a message template that cannot be is marked, and what was typed stays", async ({ browser }) => {
  const desk = await browser();
  await signInAsOwner(desk);
  await desk.goto(`${STAGE.gateway}/console/#/message-templates?channel=TEMPLATE&of=refund_done`);
  await desk.getByLabel("微信模板 ID").fill("tpl-of-refunds");
  await desk.getByLabel("第 1 个字段名").fill("amount1");
  await desk.getByRole("button", { name: "保存模板" }).click();
  await desk.locator(".line .wrong").getByText("不能放进 amount 类型的字段 amount1").waitFor();
  assert.equal(await desk.getByLabel("微信模板 ID").inputValue(), "tpl-of-refunds");
  await usableByAll(desk);
  await desk.setViewportSize(PHONE.viewport!);
  await fitsThePhone(desk);
});

scene("who changes what combines while somebody changed the settings is told so, and keeps the table", async ({ browser }) => {
  const desk = await browser();
  await signInAsOwner(desk);
  await desk.goto(`${STAGE.gateway}/console/#/stacking`);
  const together = desk.getByLabel("满赠可以和商品优惠券一起用");
  await together.uncheck({ force: true });
  const shop = await asOwner();
  const { version, settings } = await shop.call("staff.show_settings", {});
  await shop.call("staff.save_settings", { version, changes: { coupon_remind_days: settings.coupon_remind_days === 3 ? 4 : 3 } });
  await save(desk, "保存叠加规则");
  await desk.getByRole("alert").first().waitFor();
  assert.equal(await together.isChecked(), false);
  await settled(desk);
  await usableByAll(desk);
});

scene("levels that do not rise are refused at the levels, and the table stays as it was typed", async ({ browser }) => {
  const desk = await browser();
  await signInAsOwner(desk);
  await desk.goto(`${STAGE.gateway}/console/#/points-and-levels`);
  const growth = desk.getByLabel("成长值满").nth(1);
  await growth.fill("0");
  await growth.blur();
  await desk.getByRole("button", { name: "保存设置" }).click();
  await desk.locator(".setting .wrong").first().waitFor();
  assert.equal(await growth.inputValue(), "0");
  await usableByAll(desk);
});

/** Pressed, and agreed to. */
async function save(page: Page, button: string): Promise<void> {
  await page.getByRole("button", { name: button }).click();
  await page.getByRole("dialog").getByRole("button", { name: button }).click();
}

async function fillMoment(page: Page, label: string, moment: string): Promise<void> {
  await page.getByLabel(label).fill(moment);
  await page.keyboard.press("Enter");
}
