/** WeChat Pay, at the simulator: the buyer's thumb. */

import type { Page } from "playwright-core";
import { STAGE } from "./stage.js";

/** From the shop's page on which one pays: on WeChat's own page where the shop has left for it, else by the phone that
 * scans the code. */
export async function payAtSimulator(page: Page, payment_no?: string): Promise<void> {
  if (page.url().startsWith(STAGE.pay)) {
    await page.getByRole("button", { name: "支付" }).click();
    await page.getByRole("link", { name: "返回商家" }).click();
    await page.waitForURL(`${STAGE.gateway}/shop/**`);
    return;
  }
  await thumb(payment_no ?? (await paymentOn(page)));
}

/** By the number of the payment. */
export async function thumb(payment_no: string): Promise<void> {
  const got = await fetch(`${STAGE.pay}/_sim/pay/${payment_no}`, { method: "POST", body: "{}" });
  if (!got.ok) throw new Error(`${payment_no}: ${got.status} ${await got.text()}`);
}

/** The payment that a page has begun last. */
const begun = new WeakMap<Page, string>();

/** To be called before the page begins one that is paid with `payAtSimulator`. */
export function followPayments(page: Page): void {
  page.on("response", (answer) => {
    if (!answer.url().endsWith("/api/payments/start_payment")) return;
    void answer.json().then(({ data }) => void (data && begun.set(page, data.payment_no)), () => undefined);
  });
}

async function paymentOn(page: Page): Promise<string> {
  for (const ends = Date.now() + 20_000; Date.now() < ends; await page.waitForTimeout(50)) {
    const payment_no = begun.get(page);
    if (payment_no) return payment_no;
  }
  throw new Error(`${page.url()} has begun no payment`);
}
