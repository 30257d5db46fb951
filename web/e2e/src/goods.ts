/** Goods of a scene's own, so that no scene empties another's shelf. */

import { isWaiting } from "wechat-mall-client";
import { asOwner, asVisitor } from "./people.js";
import { newName, STAGE } from "./stage.js";

export interface Goods {
  title: string;
  spu_id: string;
  sku_id: string;
}

/** A listed product of one SKU. */
export async function goods(price_fen = 8_800, stock = 5, title = newName("茶")): Promise<Goods> {
  const shop = await asOwner();
  const code = newName("code");
  const [category, picture] = await Promise.all([categoryOf(), pictureOf()]);
  const saved = await shop.call("catalog.save_product", {
    title, category_id: category, media: { carousel: [picture] },
    skus: [{ sku_code: code, price_fen, weight_grams: 500 }],
  });
  if (isWaiting(saved)) throw new Error(saved.says);
  const sku_id = saved.sku_ids[0] as string;
  await shop.call("stock.adjust_stock", { sku_id, delta: stock, reason: "入库", reference: code });
  await shop.call("catalog.publish_products", { spu_ids: [saved.spu_id] });
  return { title, spu_id: saved.spu_id, sku_id };
}

/** A leaf of the demo shop's tree. */
async function categoryOf(): Promise<string> {
  let { items } = await asVisitor().call("catalog.list_categories", {});
  while (items[0]?.children.length) items = items[0].children;
  return items[0]!.category_id;
}

/** A picture that is there, by the address that was saved: what buyers see are its sizes. */
async function pictureOf(): Promise<string> {
  const shop = await asOwner();
  const { items } = await shop.call("catalog.list_shelf", { state: "LISTED", limit: 1 });
  const { media } = await shop.call("catalog.open_product", { spu_id: items[0]?.spu_id ?? "" });
  const found = (media as { carousel: string[] }).carousel[0];
  if (!found) throw new Error(`no picture in ${STAGE.gateway}`);
  return found;
}
