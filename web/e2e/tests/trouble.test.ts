/** What goes wrong while somebody is at work: the session ends, the line is cut, a role is too small. */

import assert from "node:assert/strict";
import {
  asOwner, comeToBuy, goods, newName, orderNow, payAtSimulator, PHONE, scene, signInAs, STAGE,
} from "../src/index.js";

scene("a session that ends in the middle of work asks for the password, and nothing typed is lost", async ({ browser }) => {
  const [desk, phone] = await Promise.all([browser(), browser(PHONE)]);
  await comeToBuy(phone);
  const order_no = await orderNow(phone, await goods());
  await payAtSimulator(phone);
  const account = await signInAs(desk, ["orders.*", "ops.trace_order"]);
  await desk.goto(`${STAGE.gateway}/console/#/orders/${order_no}`);
  const note = desk.locator("textarea").first();
  await note.fill("客户要求周末送");
  const password = await signOutEverywhere(account.username);
  await desk.getByRole("button", { name: /记下|添加|保存/ }).first().click();
  await desk.locator("#password-anew").fill(password);
  await desk.getByRole("button", { name: "继续" }).click();
  await desk.getByText("客户要求周末送").first().waitFor();
  const { staff_notes } = await (await asOwner()).call("orders.view_order", { order_no });
  assert.deepEqual(staff_notes.map((each) => each.note), ["客户要求周末送"]);
});

/** By a new password, which the owner gives. */
async function signOutEverywhere(username: string): Promise<string> {
  const shop = await asOwner();
  const { staff } = await shop.call("staff.list_staff");
  const who = staff.find((each) => each.username === username)!;
  const password = `Nx4!${newName("word")}`;
  await shop.call("staff.save_staff", {
    staff_id: who.staff_id, version: who.version, display_name: who.display_name, role_id: who.role_id, password,
  });
  return password;
}

scene("without a line the shop says so and shows what it has kept; with it all goes on", async ({ browser }) => {
  const phone = await browser(PHONE);
  const { spu_id, title } = await goods();
  await phone.goto(`${STAGE.gateway}/shop/#/products/${spu_id}`);
  await phone.getByText(title).first().waitFor();
  await phone.goto(`${STAGE.gateway}/shop/#/`);
  await phone.getByText("云南小粒咖啡豆").first().waitFor();
  await phone.context().setOffline(true);
  await phone.goto(`${STAGE.gateway}/shop/#/products/${spu_id}`);
  await phone.getByText(title).first().waitFor();
  await phone.context().setOffline(false);
  await phone.goto(`${STAGE.gateway}/shop/#/categories`);
  await phone.getByText("食品饮料").first().waitFor();
});

scene("who may only look at orders sees no other screen, and is told so at another's address", async ({ browser }) => {
  const desk = await browser();
  await signInAs(desk, ["orders.search_orders", "orders.view_order"]);
  const menu = desk.getByRole("navigation", { name: "主菜单" });
  await menu.getByRole("link", { name: "订单查询" }).waitFor();
  assert.equal(await menu.getByRole("link", { name: /发货|退款|员工/ }).count(), 0);
  await desk.goto(`${STAGE.gateway}/console/#/approvals`);
  await desk.getByText("权限").first().waitFor();
});
