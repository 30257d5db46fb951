/** Goods, from the mall's words into the starter's. */

import type { Output } from "./client.js";
import { quietly } from "./mall.js";
import type { Card, Good, SpecChosen } from "./shapes.js";

type Product = Output<"catalog.get_product">;
type ListedCard = Output<"catalog.list_products">["items"][number];
type Sku = Product["skus"][number];

/** The pages choose goods by their specifications, so what has none gets one. */
const NO_SPECS = { name: "规格", values: ["默认"] };

export function cardOf(listed: ListedCard): Card {
  return {
    spuId: listed.spu_id, thumb: listed.picture_url ?? "", title: listed.title, price: listed.lowest_price_fen,
    originPrice: null, tags: listed.tags, spuTagList: listed.tags.map((title) => ({ title })), desc: listed.subtitle,
  };
}

export function cardOfProduct(product: Product): Card {
  return {
    spuId: product.spu_id, thumb: picturesOf(product)[0] ?? "", title: product.title,
    price: Math.min(...product.skus.map((sku) => sku.your_price_fen)), originPrice: null,
    tags: product.tags, spuTagList: product.tags.map((title) => ({ title })), desc: product.subtitle,
  };
}

export function goodOf(product: Product): Good {
  const pictures = picturesOf(product);
  const prices = product.skus.map((sku) => sku.your_price_fen);
  const listPrices = product.skus.map((sku) => sku.price_fen);
  const rules = [product.purchase_rule, ...product.skus.map((sku) => sku.purchase_rule)].filter(Boolean);
  return {
    storeId: product.seller_id, spuId: product.spu_id, title: product.title, primaryImage: pictures[0] ?? "",
    images: pictures, video: product.media["video"] as string | null, available: 1,
    minSalePrice: Math.min(...prices), maxSalePrice: Math.max(...prices),
    minLinePrice: Math.min(...listPrices), maxLinePrice: Math.max(...listPrices),
    spuStockQuantity: product.skus.reduce((all, sku) => all + sku.available, 0), soldNum: product.sold, isPutOnSale: 1,
    specList: specsOf(product).map(({ name, values }) => ({
      specId: name, title: name,
      specValueList: values.map((value) => ({ specValueId: `${name}:${value}`, specId: name, specValue: value })),
    })),
    skuList: product.skus.map((sku) => ({
      skuId: sku.sku_id, skuImage: sku.picture_url ?? pictures[0] ?? "",
      specInfo: specsChosen(product, sku).map(({ specTitle, specValue }) => ({
        specId: specTitle, specTitle, specValueId: `${specTitle}:${specValue}`, specValue,
      })),
      priceInfo: [{ priceType: 1, price: sku.your_price_fen }, { priceType: 2, price: sku.price_fen }],
      stockInfo: { stockQuantity: sku.available },
    })),
    spuTagList: product.tags.map((title) => ({ title })), limitInfo: rules.slice(0, 1).map((text) => ({ text })),
    desc: (product.media["scenes"] as string[] | null) ?? [], description: product.description,
    offers: product.promotions.map(({ offer }) => offer), isVirtual: product.is_virtual,
  };
}

export function specsChosen(product: Product, sku: Sku): SpecChosen[] {
  const values = sku.spec_values.length ? sku.spec_values : NO_SPECS.values;
  return specsOf(product).map(({ name }, at) => ({ specTitle: name, specValue: values[at] ?? "" }));
}

/** Of an order or a cart, which keep the values alone. */
export function valuesChosen(values: string[]): SpecChosen[] {
  return values.map((specValue) => ({ specTitle: "", specValue }));
}

export function picturesOf(product: Product): string[] {
  return (product.media["carousel"] as string[] | null) ?? [];
}

/** These products, each asked for once. */
export async function productsOf(spuIds: string[]): Promise<Map<string, Product>> {
  const wanted = [...new Set(spuIds)];
  const found = await Promise.all(wanted.map((spu_id) => quietly("catalog.get_product", { spu_id })));
  return new Map(found.map((product) => [product.spu_id, product]));
}

function specsOf(product: Product): { name: string; values: string[] }[] {
  return product.specs.length ? (product.specs as { name: string; values: string[] }[]) : [NO_SPECS];
}
