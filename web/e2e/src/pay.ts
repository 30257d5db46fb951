/** WeChat Pay, at the simulator: the buyer's thumb. */

import type { Page } from "playwright-core";
import { STAGE } from "./stage.js";

/** From the shop's page on which one pays, until it says that it is paid: on a phone by WeChat's own page, at a desk by
 * the phone that scans the code. */
export async function payAtSimulator(page: Page): Promise<void> {
  const here = page.getByRole("button", { name: "在此设备上用微信支付" }).first();
  const code = page.getByAltText("微信支付二维码");
  await here.or(code).first().waitFor();
  if (await code.isVisible()) await thumb(started.get(page) as string);
  else {
    await here.click();
    await page.getByRole("button", { name: "支付" }).click();
    await page.getByRole("link", { name: "返回商家" }).click();
  }
  await page.getByText("支付成功").waitFor();
}

/** By the number of the payment. */
export async function thumb(payment_no: string): Promise<void> {
  const got = await fetch(`${STAGE.pay}/_sim/pay/${payment_no}`, { method: "POST", body: "{}" });
  if (!got.ok) throw new Error(`${payment_no}: ${got.status} ${await got.text()}`);
}

/** The payment that each page has begun last. */
const started = new WeakMap<Page, string>();

export function followPayments(page: Page): void {
  page.on("response", (answer) => {
    if (!answer.url().endsWith("/api/payments/start_payment")) return;
    answer.json().then(({ data }) => void (data && started.set(page, data.payment_no)), () => undefined);
  });
}
