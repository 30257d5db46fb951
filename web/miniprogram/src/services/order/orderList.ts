import type { Input } from "../mall/client.js";
import { answered, ask, type Answered } from "../mall/mall.js";
import { rowOf, type ListedOrder } from "../mall/orders.js";
import { Pages } from "../mall/paging.js";

type Tab = NonNullable<Input<"orders.list_orders">["tab"]>;

export interface OrderPage {
  pageNum: number;
  pageSize: number;
  totalCount: number;
  orders: ListedOrder[];
}

const TABS: Record<number, Tab> = { 5: "unpaid", 10: "to_ship", 40: "shipped", 50: "finished" };

const pages = new Pages<ListedOrder>(async (tab, cursor, limit) => {
  const { items, next_cursor } = await ask("orders.list_orders", { tab: tab as Tab, cursor, limit });
  return { items: items.map(rowOf), next_cursor };
});

/** 我的订单, by tab. */
export async function fetchOrders(
  params: { parameter: { pageNum?: number; pageSize?: number; orderStatus?: number } },
): Promise<Answered<OrderPage>> {
  const { pageNum = 1, pageSize = 5, orderStatus = -1 } = params.parameter;
  const { items, totalCount } = await pages.page(TABS[orderStatus] ?? "all", pageNum, pageSize);
  return answered({ pageNum, pageSize, totalCount, orders: items });
}

/** 订单角标. */
export async function fetchOrdersCount(): Promise<Answered<{ tabType: number; orderNum: number }[]>> {
  const { counts } = await ask("orders.count_order_tabs", {});
  return answered(Object.keys(TABS).map((status) => ({
    tabType: Number(status), orderNum: counts[TABS[Number(status)] as Tab] ?? 0,
  })));
}
