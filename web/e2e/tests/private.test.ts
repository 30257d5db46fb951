/** Files that only some may see: what a buyer shows of a refund, the licence of who wants to sell. */

import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import {
  comeToBuy, goods, newName, orderNow, payAtSimulator, PHONE, scene, signInAs, signInAsBuyer, STAGE, usableByAll,
} from "../src/index.js";

async function isSeen(image: Locator): Promise<boolean> {
  await image.waitFor();
  return image.evaluate((found) => (found as HTMLImageElement).decode().then(() => true, () => false));
}

scene("pictures that a buyer shows of a refund are seen by the buyer and by the shop's staff", async ({ browser }) => {
  const [phone, desk] = await Promise.all([browser(PHONE), browser()]);
  await comeToBuy(phone);
  const order_no = await orderNow(phone, await goods());
  await payAtSimulator(phone);
  await phone.goto(`${STAGE.gateway}/shop/#/orders/${order_no}/refund`);
  const choose = phone.getByLabel("添加凭证");
  await choose.setInputFiles({ name: "坏了.txt", mimeType: "text/plain", buffer: Buffer.from("坏了") });
  await phone.getByText("请选择图片或 MP4 视频").waitFor();
  const shot = { name: "坏了.png", mimeType: "image/png", buffer: await phone.screenshot() };
  await choose.setInputFiles([shot, shot]);
  await phone.getByAltText("凭证 2").waitFor();
  await phone.getByRole("button", { name: "删除凭证 2" }).click();
  await phone.getByText("破损、质量问题").click();
  await usableByAll(phone);
  await phone.getByRole("button", { name: "提交申请" }).click();
  assert.ok(await isSeen(phone.getByAltText("凭证 1")));
  await signInAs(desk, ["refunds.*", "orders.*"]);
  await desk.goto(`${STAGE.gateway}/console/#/refund-requests`);
  const shown = desk.getByRole("row").filter({ hasText: order_no }).getByAltText("图片 1");
  assert.ok(await isSeen(shown));
  const address = await desk.getByRole("row").filter({ hasText: order_no }).getByRole("link").last().getAttribute("href");
  assert.equal((await fetch(address!.split("?")[0]!)).ok, false, "without its signature it opens for nobody");
});

scene("who wants to sell hands in a licence, and may look at it again", async ({ browser }) => {
  const phone = await browser(PHONE);
  await signInAsBuyer(phone);
  await phone.goto(`${STAGE.gateway}/shop/#/sell`);
  const typed = { 店铺名称: newName("茶庄"), 信用代码: "91440300MA5EXAMP0X", 联系人: "小园", 联系手机: "13800002222" };
  for (const [label, text] of Object.entries(typed)) await phone.getByLabel(label).fill(text);
  const shot = { name: "执照.png", mimeType: "image/png", buffer: await phone.screenshot() };
  await phone.locator("input[type=file]").setInputFiles(shot);
  await phone.getByText("执照.png").waitFor();
  await phone.getByRole("button", { name: "提交申请" }).click();
  await phone.locator(".van-field__error-message").waitFor();
  for (const [label, text] of Object.entries(typed)) assert.equal(await phone.getByLabel(label).inputValue(), text);
  await phone.getByText("执照.png").waitFor();
  await phone.getByLabel("信用代码").fill("91440300MA5EXAMP0C");
  await phone.getByRole("button", { name: "提交申请" }).click();
  const link = phone.getByRole("link", { name: "查看营业执照" });
  assert.equal((await fetch((await link.getAttribute("href"))!)).headers.get("content-type"), "image/png");
});
