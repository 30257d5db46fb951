/** What the parts of an order's page share. */

import { inject, type InjectionKey } from "vue";
import type { ActionName, Output } from "wechat-mall-client";
import { t, type Words } from "../../shell/words";

export type Desk = Output<"orders.view_order">;
export type Line = Desk["order"]["lines"][number];

/** Read the order anew, after something was done with it. */
export const RELOAD: InjectionKey<() => Promise<void>> = Symbol("reload");

/** The buttons that the mall names, with what they do. */
export const BUTTONS: Record<string, { title: Words; action: ActionName } | undefined> = {
  ship_orders: { title: { zh: "发货", en: "Ship" }, action: "fulfilment.ship_orders" },
  start_refund: { title: { zh: "退款", en: "Refund" }, action: "refunds.start_refund" },
  adjust_order_price: { title: { zh: "改价", en: "Change the price" }, action: "pricing.adjust_order_price" },
  give_back_kept: { title: { zh: "退还定金", en: "Give back what was kept" }, action: "refunds.give_back_kept" },
  close_order: { title: { zh: "关闭订单", en: "Close" }, action: "orders.close_order" },
};

const WHO: Record<string, Words | undefined> = {
  member: { zh: "买家", en: "the buyer" }, staff: { zh: "商家", en: "the shop" }, system: { zh: "系统", en: "by itself" },
};

/** Who made a step of the order. */
export function whoOf(who: string): string {
  const found = WHO[who];
  return found ? t(found) : who;
}

export function useReload(): () => Promise<void> {
  const found = inject(RELOAD);
  if (!found) throw new Error("a part of an order's page, outside of one");
  return found;
}
