/** The chapters of the menu, in its order. */

import type { Words } from "./words";

export const CHAPTERS = {
  insight: { zh: "经营", en: "Business" },
  trade: { zh: "订单", en: "Orders" },
  fulfilment: { zh: "发货与库存", en: "Shipping and stock" },
  goods: { zh: "商品", en: "Goods" },
  marketing: { zh: "营销", en: "Marketing" },
  people: { zh: "会员", en: "Members" },
  service: { zh: "退款与售后", en: "Refunds and service" },
  money: { zh: "资金与对账", en: "Money" },
  reach: { zh: "消息触达", en: "Messages" },
  ops: { zh: "店铺与系统", en: "Shop and system" },
} satisfies Record<string, Words>;

export type Chapter = keyof typeof CHAPTERS;
