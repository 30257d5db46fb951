/** What a checkout is about: the goods that the starter's pages hand over, as lines of the mall. */

/** One of `goodsRequestList`: from the cart, or from a product's page. */
export interface GoodsAsked {
  skuId?: string;
  spuId: string;
  quantity: number;
  fromCart?: boolean;
}

export interface WantedLine {
  sku_id: string;
  quantity: number;
}

interface ProductPage {
  data?: { spuId?: unknown; selectItem?: { skuId?: string }[] | { skuId?: string } | null };
}

export class NoSku extends Error {}

/** Raises NoSku where nobody chose one. */
export function linesOf(asked: GoodsAsked[]): WantedLine[] {
  return asked.filter(({ quantity }) => Number(quantity) > 0).map((goods) => {
    const sku_id = goods.skuId || chosenIn(goods.spuId);
    if (!sku_id) throw new NoSku("请返回选择规格");
    return { sku_id, quantity: Number(goods.quantity) };
  });
}

/** The product's page leaves out which SKU was chosen there, but it lies open below and knows: the only one that all
 * its chosen specifications leave. */
function chosenIn(spuId: string): string | undefined {
  const below = (getCurrentPages() as ProductPage[]).filter(({ data }) => `${data?.spuId}` === spuId);
  const chosen = below[below.length - 1]?.data?.selectItem;
  if (!chosen) return undefined;
  return Array.isArray(chosen) ? (chosen.length === 1 ? chosen[0]?.skuId : undefined) : chosen.skuId;
}
