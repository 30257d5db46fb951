/** The pages on hosts of their own, as `make pages` gets them ready: the mall is another origin, and so are its pictures. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { newName, PHONE, scene, signInToConsole, STAGE } from "../src/index.js";

const HOSTS = Object.entries(STAGE.hosted);

/** What a page tries to send or to run against its policy never arrives, and is an error on its console. */
async function isHeldToItsPolicy(page: Page): Promise<void> {
  const outcome = await page.evaluate(async (elsewhere) => {
    const heard: string[] = [];
    addEventListener("securitypolicyviolation", (event) => heard.push(event.effectiveDirective));
    const script = document.createElement("script");
    script.textContent = "window.ranInline = true";
    document.body.append(script);
    await fetch(elsewhere).catch(() => undefined);
    await new Promise((done) => setTimeout(done, 100));
    return { heard: heard.sort(), ranInline: "ranInline" in window };
  }, STAGE.wechat);
  assert.deepEqual(outcome, { heard: ["connect-src", "script-src-elem"], ranInline: false });
}

scene("a shop on a host of its own shows goods with their pictures, and a buyer signs in to it", async ({ browser }) => {
  for (const [host, address] of HOSTS) {
    const page = await browser(PHONE);
    await page.goto(address);
    await page.waitForURL(`${address}/shop/**`);
    await page.getByText("云南小粒咖啡豆").first().waitFor();
    await page.waitForFunction((store) => [...document.images].some((each) => each.naturalWidth && !each.src.startsWith(store)), address);
    await page.goto(`${address}/shop/#/me`);
    await page.getByRole("button", { name: "微信登录" }).click();
    await page.locator("input[name=sim_person]").fill(newName(host));
    await page.getByRole("button", { name: "同意并登录" }).click();
    await page.waitForURL(`${address}/shop/**`);
    await page.getByText("我的订单").waitFor();
  }
});

scene("a console on a host of its own lets the owner in, to every figure of the day", async ({ browser }) => {
  for (const [, address] of HOSTS) {
    const page = await browser();
    await signInToConsole(page, STAGE.owner, address);
    await page.getByRole("heading").first().waitFor();
  }
});

scene("a page on a host of its own runs and sends nothing but its own", async ({ browser, allow }) => {
  allow(/Content.Security.Policy/i);
  for (const [, address] of HOSTS) {
    const page = await browser();
    await page.goto(`${address}/shop/`);
    await page.getByText("云南小粒咖啡豆").first().waitFor();
    await isHeldToItsPolicy(page);
  }
});
