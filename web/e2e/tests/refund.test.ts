/** A refund that one person may not give alone. */

import assert from "node:assert/strict";
import {
  asOwner, comeToBuy, goods, orderNow, payAtSimulator, PHONE, scene, signInAs, signInToConsole, STAGE,
} from "../src/index.js";

scene("a refund above the limit waits until a second person approves it in another browser", async ({ browser }) => {
  const [phone, desk, other] = await Promise.all([browser(PHONE), browser(), browser()]);
  await comeToBuy(phone);
  const order_no = await orderNow(phone, await goods(128_000, 2));
  await payAtSimulator(phone);
  await signInAs(desk, ["orders.*", "refunds.*", "ops.trace_order"]);
  await desk.goto(`${STAGE.gateway}/console/#/orders/${order_no}`);
  await desk.getByRole("button", { name: "退款", exact: true }).click();
  const form = desk.locator("form").filter({ hasText: "剩余全部" });
  await form.getByLabel(/原因/).fill("质量问题");
  await form.getByRole("button", { name: "先算一算" }).click();
  await form.getByRole("button", { name: "退款" }).click();
  await desk.getByRole("dialog").getByRole("button", { name: "确认退款" }).click();
  await desk.getByText("等另一位同事复核").waitFor();
  assert.equal(await stateOf(order_no), "TO_SHIP");
  await signInToConsole(other, STAGE.second);
  await other.goto(`${STAGE.gateway}/console/#/approvals`);
  const row = other.getByRole("row").filter({ hasText: order_no });
  await row.waitFor();
  await row.getByRole("button", { name: "通过" }).click();
  await other.getByRole("dialog").getByRole("button", { name: "通过" }).click();
  await phone.goto(`${STAGE.gateway}/shop/#/orders/${order_no}`);
  await phone.getByText(/退款/).first().waitFor();
  await assert.doesNotReject(until(async () => (await stateOf(order_no)) === "CLOSED"));
});

async function stateOf(order_no: string): Promise<string> {
  return (await (await asOwner()).call("orders.view_order", { order_no })).order.state;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const ends = Date.now() + 20_000; !(await holds()); await new Promise((go) => setTimeout(go, 200))) {
    if (Date.now() > ends) throw new Error("it never held");
  }
}
