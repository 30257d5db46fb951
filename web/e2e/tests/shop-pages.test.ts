/** Every page of the shop, opened once: it stands, nothing is wrong with it, and everybody can use it. */

import { asBuyer, goods, moveIn, newName, PHONE, scene, settled, signInAsBuyer, usableByAll } from "../src/index.js";
import { openShop } from "../src/shop.js";

scene("every page of the shop can be used by all, at 390 pixels", async ({ browser }) => {
  const tea = await goods();
  const name = newName("all");
  const member = await asBuyer(name);
  await moveIn(member);
  await member.call("carts.put_cart_item", { sku_id: tea.sku_id });
  const { order_no } = await member.call("orders.place_order", { lines: [{ sku_id: tea.sku_id, quantity: 1 }] });
  const page = await browser(PHONE);
  await signInAsBuyer(page, name);
  const routes = [
    "/", "/categories", "/products", `/products/${tea.spu_id}`, "/cart", "/me", "/orders", `/orders/${order_no}`,
    `/pay/${order_no}`, `/orders/${order_no}/refund`, `/orders/${order_no}/invoice`, "/coupons", "/me/coupons", "/me/points",
    "/me/level", "/me/wallet", "/addresses", "/invoices", "/sell", "/privacy", "/checkout",
  ];
  for (const route of routes) {
    await openShop(page, route);
    await settled(page);
    await usableByAll(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > 390) throw new Error(`${route} is ${wide} pixels wide`);
  }
});
