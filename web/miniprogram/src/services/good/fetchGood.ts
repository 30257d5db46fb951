import { goodOf } from "../mall/goods.js";
import { ask } from "../mall/mall.js";
import type { Good } from "../mall/shapes.js";

/** 商品详情. */
export async function fetchGood(spuId: string): Promise<Good> {
  return goodOf(await ask("catalog.get_product", { spu_id: `${spuId}` }));
}
