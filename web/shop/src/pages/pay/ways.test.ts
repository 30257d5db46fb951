import assert from "node:assert/strict";
import { test } from "node:test";

import { channels, pageOf } from "./ways";

test("each device pays in the way that it has", () => {
  const wechat = "Mozilla/5.0 (iPhone) AppleWebKit/605 Mobile MicroMessenger/8.0.50";
  assert.deepEqual(channels(wechat, true), ["jsapi"]);
  assert.deepEqual(channels("Mozilla/5.0 (iPhone) Safari/605", true), ["h5", "native"]);
  assert.deepEqual(channels("Mozilla/5.0 (X11; Linux) Chrome/140", false), ["native", "h5"]);
});

test("WeChat's page is told where to send back", () => {
  const back = "https://shop.example.com/#/pay/ord_1?back=1";
  const page = new URL(pageOf("https://wx.example.com/pay?prepay_id=wx1", back));
  assert.equal(page.searchParams.get("redirect_url"), back);
  assert.equal(page.searchParams.get("prepay_id"), "wx1");
  assert.equal(new URL(pageOf("https://wx.example.com/pay", back)).searchParams.get("redirect_url"), back);
});
