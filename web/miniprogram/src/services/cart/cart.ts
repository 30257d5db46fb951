import type { Output } from "../mall/client.js";
import { valuesChosen } from "../mall/goods.js";
import { answered, ask, type Answered } from "../mall/mall.js";
import type { SpecChosen } from "../mall/shapes.js";

type Cart = Output<"carts.view_cart">;
type Item = Cart["items"][number];

export interface CartGoods {
  extKey: string;
  storeId: string;
  storeName: string;
  spuId: string;
  skuId: string;
  isSelected: 0 | 1;
  thumb: string;
  primaryImage: string;
  title: string;
  quantity: number;
  stockStatus: boolean;
  stockQuantity: number;
  shortageStock: boolean;
  price: number;
  originPrice: number;
  specInfo: SpecChosen[];
  available: 0 | 1;
  putOnSale: 0 | 1;
  /** Ours: the checkout takes it out of the cart. */
  fromCart: true;
}

interface PromotionGroup {
  promotionId: string | null;
  promotionCode: string;
  tag: string | null;
  description: string | null;
  isNeedAddOnShop: 0 | 1;
  goodsPromotionList: CartGoods[];
}

export interface CartGroups {
  isNotEmpty: boolean;
  storeGoods: { storeId: string; storeName: string; storeStatus: 1; promotionGoodsList: PromotionGroup[] }[];
  invalidGoodItems: CartGoods[];
  isAllSelected: boolean;
  selectedGoodsCount: number;
  totalAmount: number;
  totalDiscountAmount: number;
}

const ENOUGH = 10; // the mall tells no greater number: so many, or more
const MOST = 9999; // pieces of one line

/** 购物车, by seller, with today's prices. */
export async function fetchCartGroupData(): Promise<Answered<CartGroups>> {
  const cart = await ask("carts.view_cart", {});
  return answered({
    isNotEmpty: cart.items.length + cart.invalid_items.length > 0,
    storeGoods: cart.sellers.map(({ seller_id, seller_name }) => ({
      storeId: seller_id, storeName: seller_name, storeStatus: 1,
      promotionGoodsList: [groupOf(cart, seller_id, seller_name)],
    })),
    invalidGoodItems: cart.invalid_items.map((item) => ({
      ...bare(item.sku_id, item.spu_id ?? "", item), stockStatus: false, stockQuantity: 0, shortageStock: false,
      price: 0, originPrice: 0, isSelected: 0, storeId: "", storeName: "", available: 0, putOnSale: 0,
    })),
    isAllSelected: cart.items.length > 0 && cart.items.every(({ selected }) => selected),
    selectedGoodsCount: cart.selected_count, totalAmount: cart.pay_fen,
    totalDiscountAmount: cart.full_reduction_fen + cart.promotion_fen,
  });
}

/** All goods of a seller; what is near (再买 30.00 元可减 50.00 元) stands above them where only one sells. */
function groupOf(cart: Cart, sellerId: string, sellerName: string): PromotionGroup {
  const goods = cart.items.filter(({ seller_id }) => seller_id === sellerId).map((item) => goodsOf(item, sellerName));
  const near = cart.sellers.length === 1 ? cart.add_ons[0] : undefined;
  return near
    ? { promotionId: near.promotion_id, promotionCode: "MERCHANT", tag: "凑单", description: near.sentence,
        isNeedAddOnShop: 1, goodsPromotionList: goods }
    : { promotionId: null, promotionCode: "EMPTY_PROMOTION", tag: null, description: null, isNeedAddOnShop: 0,
        goodsPromotionList: goods };
}

function goodsOf(item: Item, storeName: string): CartGoods {
  const hasEnough = !item.is_short && item.available >= ENOUGH;
  return {
    ...bare(item.sku_id, item.spu_id, item), storeId: item.seller_id, storeName, isSelected: item.selected ? 1 : 0,
    stockStatus: item.available > 0, stockQuantity: hasEnough ? MOST : item.available, shortageStock: item.is_short,
    price: item.your_price_fen, originPrice: item.price_fen, available: 1, putOnSale: 1,
  };
}

/** What an item has, whether it is sold any more or not. */
type Bare = Pick<CartGoods,
  "extKey" | "spuId" | "skuId" | "thumb" | "primaryImage" | "title" | "quantity" | "specInfo" | "fromCart">;

function bare(skuId: string, spuId: string, item: Item | Cart["invalid_items"][number]): Bare {
  const picture = item.picture_url ?? "";
  return {
    extKey: skuId, spuId, skuId, thumb: picture, primaryImage: picture, title: item.title, quantity: item.quantity,
    specInfo: valuesChosen(item.spec_values), fromCart: true,
  };
}

/** Ours: 加入购物车. */
export async function addToCart(skuId: string, quantity = 1): Promise<void> {
  await ask("carts.put_cart_item", { sku_id: skuId, quantity });
}

/** Ours: 修改数量. */
export async function setQuantity(skuId: string, quantity: number): Promise<void> {
  await ask("carts.put_cart_item", { sku_id: skuId, quantity, mode: "set" });
}

/** Ours: 勾选; of none in particular: all. */
export async function selectGoods(skuIds: string[] | null, isSelected: boolean): Promise<void> {
  await ask("carts.select_cart_items", { sku_ids: skuIds, selected: isSelected });
}

/** Ours: 勾选 all of one seller. */
export async function selectStore(storeId: string, isSelected: boolean): Promise<void> {
  const { sellers } = await ask("carts.view_cart", {});
  const skuIds = sellers.filter(({ seller_id }) => seller_id === storeId)[0]?.sku_ids ?? [];
  if (skuIds.length) await selectGoods(skuIds, isSelected);
}

/** Ours: 删除. */
export async function removeFromCart(skuIds: string[]): Promise<void> {
  await ask("carts.drop_cart_items", { sku_ids: skuIds });
}
