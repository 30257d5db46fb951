/** Goods of a scene's own, so that no scene empties another's shelf. */

import { isWaiting, uploadFile, type Mall } from "wechat-mall-client";
import { asOwner, asVisitor } from "./people.js";
import { newName, STAGE } from "./stage.js";

export interface Goods {
  title: string;
  spu_id: string;
  sku_id: string;
}

/** A listed product of one SKU, in the platform's own shop or in another's. */
export async function goods(price_fen = 8_800, stock = 5, title = newName("茶"), inside?: Mall): Promise<Goods> {
  const shop = inside ?? (await asOwner());
  const code = newName("code");
  const [category, picture] = await Promise.all([categoryOf(inside), pictureOf(inside)]);
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

/** A leaf of the demo shop's tree, or for another seller one of its own. */
async function categoryOf(inside?: Mall): Promise<string> {
  if (inside) return (await inside.call("catalog.save_category", { name: "茶叶" })).category_id;
  let { items } = await asVisitor().call("catalog.list_categories", {});
  while (items[0]?.children.length) items = items[0].children;
  return items[0]!.category_id;
}

/** A picture of the shop's own: one that is there, by the address that was saved (what buyers see are its sizes), or for
 * another seller a copy of it. */
async function pictureOf(inside?: Mall): Promise<string> {
  const shop = await asOwner();
  const { items } = await shop.call("catalog.list_shelf", { state: "LISTED", limit: 1 });
  const { media } = await shop.call("catalog.open_product", { spu_id: items[0]?.spu_id ?? "" });
  const found = (media as { carousel: string[] }).carousel[0];
  if (!found) throw new Error(`no picture in ${STAGE.gateway}`);
  if (!inside) return found;
  const picture = await (await fetch(found)).blob();
  const form = await inside.call("catalog.issue_upload_url", { content_type: "image/png" });
  await uploadFile(form, picture);
  return (await inside.call("catalog.finish_upload", { upload_id: form.upload_id })).public_url as string;
}
