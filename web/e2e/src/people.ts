/** Who comes to the mall, and how they get in: as people do, by what they see. */

import { Mall, isWaiting, web } from "wechat-mall-client";
import type { Page } from "playwright-core";
import { STAGE, newName } from "./stage.js";

export interface Account {
  username: string;
  password: string;
}

/** The console, signed in as the shop's owner, who may do everything. */
export function signInAsOwner(page: Page): Promise<void> {
  return signInToConsole(page, STAGE.owner);
}

/** The console, signed in as somebody new whose role permits exactly this (`orders.*`, `orders.ship_orders`). */
export async function signInAs(page: Page, permissions: string[]): Promise<Account> {
  const account = await takeOn(permissions);
  await signInToConsole(page, account);
  return account;
}

export async function signInToConsole(page: Page, { username, password }: Account, at = STAGE.gateway): Promise<void> {
  await page.goto(`${at}/console/`);
  await page.locator("input[autocomplete=username]").fill(username);
  await page.locator("input[autocomplete=current-password]").fill(password);
  await page.locator("button[type=submit]").click();
  await page.locator("input[autocomplete=current-password]").waitFor({ state: "detached" });
}

/** The shop, signed in by WeChat's page as the person of this name. */
export async function signInAsBuyer(page: Page, name = newName("buyer")): Promise<string> {
  await page.goto(`${STAGE.gateway}/shop/#/me`);
  await page.getByRole("button", { name: "微信登录" }).click();
  await allowAtWechat(page, name);
  await page.getByText("我的订单").waitFor();
  return name;
}

/** WeChat's page asks who one is; then the shop is there again. */
export async function allowAtWechat(page: Page, name: string): Promise<void> {
  await page.locator("input[name=sim_person]").fill(name);
  await page.getByRole("button", { name: "同意并登录" }).click();
  await page.waitForURL(`${STAGE.gateway}/shop/**`);
}

let owner: Promise<Mall> | null = null;

/** The owner beside the stage: puts goods on the shelf and asks what became of things, through no page. */
export function asOwner(): Promise<Mall> {
  return (owner ??= signedIn(STAGE.owner));
}

/** Who has not signed in: reads the catalogue. */
export function asVisitor(): Mall {
  return new Mall({ doors: web(STAGE.gateway) });
}

/** Somebody new on the staff, by a role of his own. */
export async function takeOn(permissions: string[], display_name = "小张"): Promise<Account> {
  const shop = await asOwner();
  const username = newName("staff");
  const role = await shop.call("staff.save_role", { name: username, permissions });
  if (isWaiting(role)) throw new Error(role.says);
  const password = `Kp7!${newName("word")}`;
  const saved = await shop.call("staff.save_staff", { username, display_name, role_id: role.role_id, password });
  if (isWaiting(saved)) throw new Error(saved.says);
  return { username, password };
}

async function signedIn(account: Account): Promise<Mall> {
  const mall = asVisitor();
  mall.enter(await mall.call("staff.sign_in_staff", account, { seconds: 60 }));
  return mall;
}

/** A member beside the stage, who does what a scene needs done before. */
export async function asBuyer(name = newName("buyer")): Promise<Mall> {
  const mall = asVisitor();
  const browser_key = newName("browser");
  const redirect_uri = `${STAGE.gateway}/shop/`;
  const begun = await mall.call("members.begin_web_sign_in", { redirect_uri, browser_key });
  const got = await fetch(`${begun.authorize_url.split("#")[0]}&sim_person=${encodeURIComponent(name)}`, {
    redirect: "manual",
  });
  const back = new URL(got.headers.get("location") as string).searchParams;
  const [code, state] = [back.get("code") as string, back.get("state") as string];
  mall.enter(await mall.call("members.sign_in_web", { code, state, browser_key }));
  return mall;
}

export async function moveIn(mall: Mall): Promise<void> {
  await mall.call("members.save_address", {
    name: "小红", phone: "13800001111", province: "广东省", city: "深圳市", district: "南山区", detail: "科技园 1 号",
    is_default: true,
  });
}
