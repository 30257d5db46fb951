/** Buyers in the shop, on a phone. */

import assert from "node:assert/strict";
import {
  asOwner, DESK, followPayments, goods, newName, payAtSimulator, PHONE, picture, scene, signInAsBuyer,
} from "../src/index.js";
import { choose, fenIn, openShop, pasteAddress, place, rowsOf, signInOnTheWay } from "../src/shop.js";

scene("who comes for the first time buys on a phone, and the shop says that it is paid", async ({ browser }) => {
  const tea = await goods(8_800);
  const page = await browser(PHONE);
  await openShop(page, `/products?q=${encodeURIComponent(tea.title)}`);
  await page.getByRole("link", { name: tea.title }).click();
  await page.getByRole("button", { name: "立即购买" }).first().click();
  await page.getByRole("dialog", { name: "立即购买" }).getByRole("button", { name: "立即购买" }).click();
  await signInOnTheWay(page, newName("first"));
  await pasteAddress(page);
  const total = fenIn(await page.locator(".total dd").innerText());
  assert.equal((await rowsOf(page)).reduce((sum, fen) => sum + fen, 0), total);
  await picture(page, "shop-checkout");
  await place(page);
  await page.getByRole("button", { name: "在此设备上用微信支付" }).click();
  await payAtSimulator(page);
  await page.getByText("支付成功").waitFor();
  await page.getByRole("button", { name: "查看订单" }).click();
  await page.getByRole("heading", { name: "待发货" }).waitFor();
  assert.equal(fenIn(await page.locator(".sum dd").first().innerText()), total);
});

scene("on a desk one pays by the code, and the page finds out by itself", async ({ browser }) => {
  const tea = await goods();
  const page = await browser(DESK);
  followPayments(page);
  await signInAsBuyer(page);
  await choose(page, tea);
  await pasteAddress(page);
  await place(page);
  await page.getByRole("img", { name: "微信支付二维码" }).waitFor();
  await payAtSimulator(page);
  await page.getByText("支付成功").waitFor();
});

scene("a double tap on the order's button is one order, and one on the payment's is one payment", async ({ browser }) => {
  const tea = await goods(8_800, 10);
  const page = await browser(PHONE);
  await signInAsBuyer(page);
  await choose(page, tea);
  await pasteAddress(page);
  await page.getByRole("button", { name: "提交订单" }).dblclick();
  await page.waitForURL(/#\/pay\//);
  await page.getByRole("button", { name: "在此设备上用微信支付" }).dblclick();
  await payAtSimulator(page);
  await page.getByText("支付成功").waitFor();
  await openShop(page, "/orders");
  await page.getByRole("article").first().waitFor();
  assert.equal(await page.getByRole("article").count(), 1);
  const { items } = await (await asOwner()).call("catalog.list_products", { keyword: tea.title });
  assert.equal(items[0]?.sold, 1);
});

scene("the cart: how many, which of them, what is short, and then the checkout", async ({ browser }) => {
  const [tea, cup] = [await goods(8_800, 3), await goods(2_000, 5, newName("杯"))];
  const page = await browser(PHONE);
  await signInAsBuyer(page);
  for (const each of [tea, cup]) {
    await choose(page, each, "加入购物车");
    await page.getByText("已加入购物车").waitFor();
  }
  await openShop(page, "/cart");
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
  await picture(page, "shop-cart");
  await page.getByRole("button", { name: "结算(2)" }).click();
  await pasteAddress(page);
  await place(page);
  await openShop(page, "/cart");
  await page.getByText(cup.title).waitFor();
  assert.equal(await page.getByText(tea.title).count(), 0);
});

scene("a coupon is claimed, chosen by itself, left out and taken again", async ({ browser }) => {
  const tea = await goods(12_000);
  const page = await browser(PHONE);
  await signInAsBuyer(page);
  await openShop(page, `/products/${tea.spu_id}`);
  await page.getByRole("button", { name: "领取 满100减20" }).click();
  await page.getByText("领到了，结算时自动使用").waitFor();
  await choose(page, tea);
  await page.getByText("已为您选好 1 张").waitFor();
  assert.equal(fenIn(await page.locator(".total dd").innerText()), 10_000);
  await page.getByText("已为您选好 1 张").click();
  const sheet = page.getByRole("dialog", { name: "优惠券" });
  await sheet.getByRole("checkbox").first().click();
  await sheet.getByRole("button", { name: "用选中的" }).click();
  await page.getByText("不使用").waitFor();
  assert.equal(fenIn(await page.locator(".total dd").innerText()), 12_000);
  await page.getByText("不使用").click();
  await sheet.getByRole("button", { name: "自动选最省的" }).click();
  await page.getByText("已为您选好 1 张").waitFor();
  await pasteAddress(page);
  await place(page);
  await openShop(page, "/me/coupons");
  await page.getByRole("button", { name: "已使用" }).click();
  await page.getByText("已用在待付款的订单").waitFor();
});

scene("a refund of one piece is asked for, shown as asked, and taken back", async ({ browser }) => {
  const tea = await goods(6_000);
  const page = await browser(PHONE);
  await signInAsBuyer(page);
  await openShop(page, `/products/${tea.spu_id}`);
  await page.getByRole("button", { name: "立即购买" }).first().click();
  await page.getByRole("button", { name: "增加" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "立即购买" }).click();
  await pasteAddress(page);
  const order_no = await place(page);
  await page.getByRole("button", { name: "在此设备上用微信支付" }).click();
  await payAtSimulator(page);
  await page.getByText("支付成功").waitFor();
  await openShop(page, `/orders/${order_no}/refund`);
  await page.getByRole("button", { name: "减少" }).click();
  await page.getByText("预计退款约").waitFor();
  await page.getByText("破损、质量问题").click();
  await page.getByRole("textbox", { name: "说明" }).fill("一罐压坏了");
  await page.getByRole("button", { name: "提交申请" }).click();
  await page.getByText("已提交，等待商家处理").waitFor();
  await page.getByText("一罐压坏了").waitFor();
  await page.getByRole("button", { name: "撤销申请" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "撤销" }).click();
  await page.getByText("已撤销").first().waitFor();
});

scene("two people make a group: one opens it and sends the link, the other comes by it", async ({ browser }) => {
  const tea = await goods(9_000, 10);
  const [from, until] = [new Date(Date.now() - 60_000), new Date(Date.now() + 86_400_000)];
  await (await asOwner()).call("group_buys.save_group_buy", {
    spu_id: tea.spu_id, title: "两人团", size: 2, starts_at: from.toISOString(), ends_at: until.toISOString(),
    prices: [{ sku_id: tea.sku_id, price_fen: 7_000 }],
  });
  const [first, second] = [await browser(PHONE), await browser(PHONE)];
  await signInAsBuyer(first);
  await choose(first, tea, "发起拼团");
  await pasteAddress(first);
  await place(first);
  await first.getByRole("button", { name: "在此设备上用微信支付" }).click();
  await payAtSimulator(first);
  await first.getByRole("button", { name: "邀请好友" }).click();
  await first.getByText("还差1人成团").waitFor();
  await second.goto(first.url());
  await second.getByRole("button", { name: "参团" }).click();
  await second.getByRole("dialog", { name: "参团" }).getByRole("button", { name: "参团" }).click();
  await signInOnTheWay(second, newName("second"));
  await pasteAddress(second);
  await place(second);
  await second.getByRole("button", { name: "在此设备上用微信支付" }).click();
  await payAtSimulator(second);
  await second.getByText("支付成功").waitFor();
  await first.reload();
  await first.getByText("拼团成功").waitFor();
});

scene("the line is cut: what was seen is shown with when it was, and is fresh again afterwards", async ({ browser, allow }) => {
  allow(/ERR_INTERNET_DISCONNECTED|ERR_FAILED/);
  const tea = await goods();
  const page = await browser(PHONE);
  await openShop(page, `/products/${tea.spu_id}`);
  await page.getByRole("button", { name: "立即购买" }).waitFor();
  await openShop(page, "/");
  await page.getByText(tea.title).first().waitFor();
  await page.waitForLoadState("networkidle");
  await page.context().setOffline(true);
  await page.getByRole("link", { name: tea.title }).first().click();
  await page.getByText(/网络不给力，这里是 .* 看到的内容/).waitFor();
  await page.getByRole("heading", { name: tea.title }).waitFor();
  await page.getByRole("button", { name: "加入购物车" }).click();
  await page.context().setOffline(false); // the page tries again by itself
  await page.getByText(/网络不给力/).waitFor({ state: "detached" });
});

scene("what is wrong with an address stands at its field, and nothing that was typed is lost", async ({ browser }) => {
  const page = await browser(PHONE);
  await signInAsBuyer(page);
  await openShop(page, "/addresses");
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

scene("a session that ended asks to sign in, and one is where one was", async ({ browser }) => {
  const tea = await goods();
  const page = await browser(PHONE);
  const name = await signInAsBuyer(page);
  await openShop(page, `/products/${tea.spu_id}`);
  await page.evaluate(() => {
    const kept = JSON.parse(sessionStorage.getItem("mall.session") as string);
    sessionStorage.setItem("mall.session", JSON.stringify({ ...kept, session_key: "0".repeat(64) }));
  });
  await choose(page, tea, "加入购物车");
  await page.getByRole("dialog", { name: "登录后继续" }).getByRole("button", { name: "微信登录" }).click();
  await page.locator("input[name=sim_person]").fill(name);
  await page.getByRole("button", { name: "同意并登录" }).click();
  await page.waitForURL(new RegExp(tea.spu_id));
  await choose(page, tea, "加入购物车");
  await page.getByText("已加入购物车").waitFor();
});
