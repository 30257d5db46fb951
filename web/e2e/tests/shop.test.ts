/** What buyers do in the shop beside buying: by all its buttons, and with what they type wrongly. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import {
  comeToBuy, DESK, goods, newName, orderNow, payAtSimulator, payPage, PHONE, scene, signInAsBuyer, STAGE, toCheckout,
} from "../src/index.js";

const PASTED = "李四，13900001111，浙江省杭州市西湖区文三路 90 号";

async function open(page: Page, route: string): Promise<void> {
  await page.goto(`${STAGE.gateway}/shop/#${route}`);
}

async function putIntoCart(page: Page, spu_id: string): Promise<void> {
  await open(page, `/products/${spu_id}`);
  await page.getByRole("button", { name: "加入购物车" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "加入购物车" }).click();
}

async function allow(page: Page, name: string): Promise<void> {
  await page.locator("input[name=sim_person]").fill(name);
  await page.getByRole("button", { name: "同意并登录" }).click();
}

/** "−¥1,234.50" -> -123450. */
function fenIn(text: string): number {
  const found = /([−-]?)¥([\d,]+)\.(\d\d)/.exec(text);
  if (!found) throw new Error(`no amount in "${text}"`);
  return Number(`${found[2]}${found[3]}`.replace(/,/g, "")) * (found[1] ? -1 : 1);
}

async function total(page: Page): Promise<number> {
  return fenIn(await page.locator(".total dd").innerText());
}

scene("a stranger buys: signs in on the way, pastes an address, sees where each fen comes from, and that it is paid", async ({ browser }) => {
  const { spu_id, title } = await goods();
  const page = await browser(PHONE);
  await open(page, `/products?q=${encodeURIComponent(title)}`);
  await page.getByRole("link", { name: title }).click();
  await page.waitForURL(`**/shop/#/products/${spu_id}`);
  await page.getByRole("button", { name: "立即购买" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "立即购买" }).click();
  await page.getByRole("button", { name: "微信登录" }).click();
  await allow(page, newName("stranger"));
  await page.getByText("请填写收货地址").click();
  await page.getByPlaceholder(/粘贴/).fill(PASTED);
  await page.getByRole("button", { name: "识别" }).click();
  await page.getByText("识别好了，请核对").waitFor();
  await page.getByRole("button", { name: "保存地址" }).click();
  await page.getByText("李四 139****1111").waitFor();
  await page.getByText("运费：").waitFor();
  const rows = (await page.locator(".price-row dd").allInnerTexts()).map(fenIn);
  assert.equal(rows.reduce((sum, fen) => sum + fen, 0), await total(page));
  await page.getByRole("button", { name: "提交订单" }).click();
  await payPage(page);
  await payAtSimulator(page);
  await page.getByRole("button", { name: "查看订单" }).click();
  await page.getByRole("heading", { name: "待发货" }).waitFor();
});

scene("at a desk one pays by the code, and the page finds out by itself", async ({ browser }) => {
  const page = await browser(DESK);
  await comeToBuy(page);
  await orderNow(page, await goods());
  await page.getByAltText("微信支付二维码").waitFor();
  await payAtSimulator(page);
});

scene("the cart: how many, which of them, what is short, and then the checkout", async ({ browser }) => {
  const [tea, cup] = [await goods(8_800, 3), await goods(2_000, 5, newName("杯"))];
  const page = await browser(PHONE);
  await comeToBuy(page);
  for (const { spu_id } of [tea, cup]) {
    await putIntoCart(page, spu_id);
    await page.getByText("已加入购物车").waitFor();
  }
  await open(page, "/cart");
  const pieces = page.getByRole("textbox", { name: `${tea.title} 的数量` });
  await pieces.fill("9");
  await pieces.press("Tab");
  await page.getByText("库存不足，仅剩 3 件").waitFor();
  assert.equal(await page.getByRole("button", { name: /结算/ }).isEnabled(), false);
  await pieces.fill("2");
  await pieces.press("Tab");
  await page.getByText("¥196.00").waitFor();
  await page.getByRole("checkbox", { name: `选择 ${cup.title}` }).click();
  await page.getByText("¥176.00").first().waitFor();
  await page.getByRole("button", { name: "结算(2)" }).click();
  await page.getByRole("button", { name: "提交订单" }).click();
  await payPage(page);
  await open(page, "/cart");
  await page.getByText(cup.title).waitFor();
  assert.equal(await page.getByText(tea.title).count(), 0);
});

scene("a coupon is claimed, chosen by itself, left out and taken again", async ({ browser }) => {
  const tea = await goods(12_000);
  const page = await browser(PHONE);
  await comeToBuy(page);
  await open(page, `/products/${tea.spu_id}`);
  await page.getByRole("button", { name: "领取 满100减20" }).click();
  await page.getByText("领到了，结算时自动使用").waitFor();
  await toCheckout(page, tea);
  await page.getByText("已为您选好 1 张").waitFor();
  assert.equal(await total(page), 10_000);
  await page.getByText("已为您选好 1 张").click();
  const sheet = page.getByRole("dialog", { name: "优惠券" });
  await sheet.getByRole("checkbox").first().click();
  await sheet.getByRole("button", { name: "用选中的" }).click();
  await page.getByText("不使用").waitFor();
  await page.getByText("¥120.00").first().waitFor();
  assert.equal(await total(page), 12_000);
  await page.getByText("不使用").click();
  await sheet.getByRole("button", { name: "自动选最省的" }).click();
  await page.getByText("已为您选好 1 张").waitFor();
  await page.getByRole("button", { name: "提交订单" }).click();
  await payPage(page);
  await open(page, "/me/coupons");
  await page.getByRole("button", { name: "已使用" }).click();
  await page.getByText("已用在待付款的订单").waitFor();
});

scene("a buyer asks for a refund of one piece, sees what became of it, and takes it back", async ({ browser }) => {
  const { spu_id } = await goods(6_000);
  const page = await browser(PHONE);
  await comeToBuy(page);
  await open(page, `/products/${spu_id}`);
  await page.getByRole("button", { name: "立即购买" }).click();
  await page.getByRole("button", { name: "增加" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "立即购买" }).click();
  await page.getByRole("button", { name: "提交订单" }).click();
  const order_no = await payPage(page);
  await payAtSimulator(page);
  await open(page, `/orders/${order_no}/refund`);
  await page.getByRole("button", { name: "减少" }).click();
  await page.getByText("预计退款约").waitFor();
  await page.getByText("破损、质量问题").click();
  await page.getByRole("textbox", { name: "说明" }).fill("一罐压坏了");
  await page.getByRole("button", { name: "提交申请" }).click();
  await page.getByText("已提交，等待商家处理").waitFor();
  await page.getByText("一罐压坏了").waitFor();
  await page.getByRole("button", { name: "撤销申请" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "撤销" }).click();
  await page.getByRole("button", { name: "撤销申请" }).waitFor({ state: "detached" });
});

scene("what is of before says of when it is, and is fresh again by itself when the mall is there again", async ({ browser }) => {
  const { spu_id, title } = await goods();
  const page = await browser(PHONE);
  await open(page, `/products/${spu_id}`);
  await page.getByRole("button", { name: "立即购买" }).waitFor();
  await open(page, "/");
  const card = page.getByRole("link", { name: title }).first();
  await card.waitFor();
  await page.context().setOffline(true);
  await card.click();
  await page.getByText(/网络不给力，这里是 .* 看到的内容/).waitFor();
  await page.getByRole("heading", { name: title }).waitFor();
  await page.context().setOffline(false);
  await page.getByText(/网络不给力/).waitFor({ state: "detached" });
});

scene("what is wrong with an address stands at its field, and nothing that was typed is lost", async ({ browser }) => {
  const page = await browser(PHONE);
  await signInAsBuyer(page);
  await open(page, "/addresses");
  await page.getByRole("button", { name: "新增地址" }).click();
  const sheet = page.getByRole("dialog", { name: "新增地址" });
  const typed = { 收货人: "王五", 手机号: "123", 省份: "广东", 城市: "深证", 区县: "南山", 详细地址: "一号" };
  for (const [label, text] of Object.entries(typed)) await sheet.getByLabel(label).fill(text);
  await sheet.getByRole("button", { name: "保存地址" }).click();
  await sheet.getByText("格式不正确").waitFor();
  await sheet.getByLabel("手机号").fill("13800138000");
  await sheet.getByRole("button", { name: "保存地址" }).click();
  await sheet.getByRole("button", { name: "深圳市" }).click();
  for (const [label, text] of Object.entries({ ...typed, 手机号: "13800138000", 城市: "深圳市" })) {
    assert.equal(await sheet.getByLabel(label).inputValue(), text);
  }
  await sheet.getByRole("button", { name: "保存地址" }).click();
  await page.getByText("王五 138****8000").waitFor();
});

scene("a buyer whose session ended is asked to sign in, and is where he was", async ({ browser }) => {
  const { spu_id } = await goods();
  const page = await browser(PHONE);
  const name = await signInAsBuyer(page);
  await page.evaluate(() => {
    const kept = JSON.parse(sessionStorage.getItem("mall.session") as string);
    sessionStorage.setItem("mall.session", JSON.stringify({ ...kept, session_key: "0".repeat(64) }));
  });
  await putIntoCart(page, spu_id);
  await page.getByRole("dialog", { name: "登录后继续" }).getByRole("button", { name: "微信登录" }).click();
  await allow(page, name);
  await page.waitForURL(`**/shop/#/products/${spu_id}`);
  await putIntoCart(page, spu_id);
  await page.getByText("已加入购物车").waitFor();
});
