/** What the starter's pages read of goods, orders and people, in their own words. Amounts are fen. */

export interface Card {
  spuId: string;
  thumb: string;
  title: string;
  price: number;
  /** The price beside it that is struck through; none: not shown. */
  originPrice: number | null;
  tags: string[];
  spuTagList: { title: string }[];
  desc: string;
}

export interface SpecChosen {
  specTitle: string;
  specValue: string;
}

export interface Good {
  storeId: string;
  spuId: string;
  title: string;
  primaryImage: string;
  images: string[];
  video: string | null;
  available: number;
  minSalePrice: number;
  maxSalePrice: number;
  minLinePrice: number;
  maxLinePrice: number;
  spuStockQuantity: number;
  soldNum: number;
  isPutOnSale: 1;
  specList: SpecOfGood[];
  skuList: SkuOfGood[];
  spuTagList: { title: string }[];
  limitInfo: { text: string }[];
  desc: string[];
  /** Ours: of its text, its promotions as buyers read them, and the groups that may be opened. */
  description: string;
  offers: string[];
  isVirtual: boolean;
}

export interface SpecOfGood {
  specId: string;
  title: string;
  specValueList: { specValueId: string; specId: string; specValue: string }[];
}

export interface SkuOfGood {
  skuId: string;
  skuImage: string;
  specInfo: { specId: string; specTitle: string; specValueId: string; specValue: string }[];
  priceInfo: { priceType: 1 | 2; price: number }[];
  stockInfo: { stockQuantity: number };
}

export interface Address {
  /** A number in the pages' addresses. */
  id: string;
  addressId: string;
  /** Ours: which one it is in the mall, whatever a page writes into the two above. */
  address_id: string;
  version: number;
  name: string;
  /** Masked: the mall tells no phone whole. */
  phone: string;
  phoneNumber: string;
  countryName: string;
  countryCode: string;
  provinceName: string;
  provinceCode: string;
  cityName: string;
  cityCode: string;
  districtName: string;
  districtCode: string;
  detailAddress: string;
  address: string;
  isDefault: 0 | 1;
  addressTag: string;
  tag: string;
}

export interface Button {
  type: number;
  name: string;
  primary: boolean;
}

export interface Activity {
  promotionId: string;
  title: string;
  description: string;
  promotionCode: "MERCHANT";
  promotionSubCode: "MYJ";
  tag: string;
  endTime: string;
  activityLadder: { label: string }[];
}

export interface Coupon {
  key: string;
  status: "default" | "useless" | "disabled";
  /** 1 so much off, 2 a percentage, 3 free freight. */
  type: 1 | 2 | 3;
  /** Fen of 1, 折 of 2. */
  value: number;
  tag: string;
  desc: string;
  base: number;
  title: string;
  timeLimit: string;
  currency: "¥";
  /** Ours. */
  coupon_id: string;
}
