/** The pictures of the docs: a shop with the demo's goods, a few days old by its orders. */

import type { Mall } from "wechat-mall-client";
import {
  asBuyer, asOwner, asVisitor, DESK, moveIn, newName, PHONE, picture, scene, signInAsBuyer, signInAsOwner, STAGE, thumb,
} from "../src/index.js";

const SHARP = { ...PHONE, deviceScaleFactor: 2 };

interface Sold {
  order_no: string;
  buyer: Mall;
}

/** Orders of what the demo shop has, each by somebody else, the older half on its way. */
async function sell(): Promise<Sold[]> {
  const { items } = await asVisitor().call("catalog.list_products", {});
  const sold: Sold[] = [];
  for (const { spu_id } of items.slice(0, 8)) {
    const buyer = await asBuyer();
    await moveIn(buyer);
    const { skus } = await asVisitor().call("catalog.get_product", { spu_id });
    const quantity = 1 + (sold.length % 2);
    const placed = await buyer.call("orders.place_order", { lines: [{ sku_id: skus[0]!.sku_id, quantity }] }).catch(() => null);
    if (!placed) continue; // of the last piece there is one
    await thumb((await buyer.call("payments.start_payment", { order_no: placed.order_no })).payment_no);
    sold.push({ order_no: placed.order_no, buyer });
  }
  await new Promise((on) => setTimeout(on, 3_000)); // WeChat's notices
  const parcels = sold.slice(0, 4).map(({ order_no }, at) => ({ order_no, carrier: "SF", tracking_no: `SF701234567890${at}` }));
  await (await asOwner()).call("fulfilment.ship_orders", { parcels });
  return sold;
}

async function spuOf(title: string): Promise<string> {
  const { items } = await asVisitor().call("catalog.list_products", { keyword: title });
  return items[0]!.spu_id;
}

scene("pictures of the shop", async ({ browser }) => {
  const phone = await browser(SHARP);
  const open = (route: string) => phone.goto(`${STAGE.gateway}/shop/#${route}`);
  await open("/");
  await phone.getByText("云南小粒咖啡豆").first().waitFor();
  await picture(phone, "shop-home");
  await open("/categories");
  await phone.getByText("咖啡茶饮").first().waitFor();
  await picture(phone, "shop-categories");
  const buyer = await asBuyer(await signInAsBuyer(phone, newName("小红")));
  await moveIn(buyer);
  await open(`/products/${await spuOf("重磅纯棉T恤")}`);
  await phone.getByRole("button", { name: "立即购买" }).waitFor();
  await picture(phone, "shop-product");
  for (const title of ["手作陶瓷马克杯", "武夷山大红袍"]) {
    const { skus } = await asVisitor().call("catalog.get_product", { spu_id: await spuOf(title) });
    await buyer.call("carts.put_cart_item", { sku_id: skus[0]!.sku_id, quantity: 2 });
  }
  await open("/cart");
  await phone.getByRole("button", { name: /结算/ }).click();
  await phone.getByRole("button", { name: "提交订单" }).waitFor();
  await picture(phone, "shop-checkout");
  await open(`/products/${await spuOf("编织快充数据线")}`);
  await phone.getByRole("button", { name: "发起拼团" }).evaluate((button) => button.scrollIntoView({ block: "center" }));
  await picture(phone, "shop-group");
});

scene("pictures of the console", async ({ browser }) => {
  const sold = await sell();
  await sold.at(-1)!.buyer.call("refunds.ask_refund", { order_no: sold.at(-1)!.order_no, reason: "DAMAGED", note: "一件有破损" });
  const desk = await browser(DESK);
  const open = (route: string) => desk.goto(`${STAGE.gateway}/console/#${route}`);
  await signInAsOwner(desk);
  const pages: [name: string, route: string, has: string][] = [
    ["console-today", "/today", "今天到现在"], ["console-orders", "/orders", sold[0]!.order_no],
    ["console-order", `/orders/${sold[0]!.order_no}`, "商家已发货"], ["console-refund-requests", "/refund-requests", "一件有破损"],
    ["console-product", `/products/${await spuOf("重磅纯棉T恤")}`, "规格与价格"], ["console-promotions", "/promotions", "全场满减"],
    ["console-actions", "/actions/coupons.save_coupon", "优惠券类型"],
  ];
  for (const [name, route, has] of pages) {
    await open(route);
    await desk.locator("main").getByText(has).first().waitFor();
    await picture(desk, name);
  }
  const dark = await browser({ ...DESK, colorScheme: "dark" });
  await signInAsOwner(dark);
  await dark.goto(`${STAGE.gateway}/console/#/charts`);
  await dark.locator(".chart svg").waitFor();
  await picture(dark, "console-charts");
});
