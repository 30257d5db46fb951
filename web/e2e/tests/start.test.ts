/** The start page, and the first look at both pages. */

import assert from "node:assert/strict";
import { PHONE, scene, signInAs, signInAsOwner, STAGE, usableByAll } from "../src/index.js";

scene("the start page leads to the shop and to the console", async ({ browser }) => {
  const page = await browser();
  await page.goto(STAGE.gateway);
  await usableByAll(page);
  await page.getByRole("link", { name: /Shop/ }).click();
  await page.waitForURL(`${STAGE.gateway}/shop/**`);
  await page.goBack();
  await page.getByRole("link", { name: /Console/ }).click();
  await page.waitForURL(`${STAGE.gateway}/console/**`);
});

scene("the shop's home shows the demo shop's goods to who is not signed in, on a phone", async ({ browser }) => {
  const page = await browser(PHONE);
  await page.goto(`${STAGE.gateway}/shop/`);
  await page.getByText("云南小粒咖啡豆").first().waitFor();
  await usableByAll(page);
});

scene("the owner signs in to the console and comes to its first page", async ({ browser }) => {
  const page = await browser();
  await page.goto(`${STAGE.gateway}/console/`);
  await usableByAll(page);
  await signInAsOwner(page);
  await page.waitForURL(/console\/#\/today/);
  await usableByAll(page);
});

scene("a wrong password is refused in the mall's own words, and the name stays typed", async ({ browser }) => {
  const page = await browser();
  await page.goto(`${STAGE.gateway}/console/`);
  await page.locator("input[autocomplete=username]").fill("nobody-at-all");
  await page.locator("input[autocomplete=current-password]").fill("not the password");
  await page.locator("button[type=submit]").click();
  await page.getByText("用户名或密码").first().waitFor();
  assert.equal(await page.locator("input[autocomplete=username]").inputValue(), "nobody-at-all");
});

scene("somebody whose role is small comes to what the role is for", async ({ browser }) => {
  const page = await browser();
  await signInAs(page, ["orders.search_orders"]);
  await page.waitForURL(/console\/#\/orders/);
});
