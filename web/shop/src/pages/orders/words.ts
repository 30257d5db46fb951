/** The tabs of the list, and why an order is closed. */

export const TABS = [
  { tab: "all", words: "全部" },
  { tab: "unpaid", words: "待付款" },
  { tab: "part_paid", words: "已付定金" },
  { tab: "grouping", words: "拼团中" },
  { tab: "to_ship", words: "待发货" },
  { tab: "shipped", words: "待收货" },
  { tab: "finished", words: "已完成" },
  { tab: "closed", words: "已关闭" },
] as const;

export type Tab = (typeof TABS)[number]["tab"];

export function tabOf(said: unknown): Tab {
  return TABS.find(({ tab }) => tab === said)?.tab ?? "all";
}

const CLOSED: { readonly [reason: string]: string | undefined } = {
  EXPIRED: "超时没有付款", BUYER: "您已取消", STAFF: "商家已关闭", REFUNDED: "已全部退款",
};

export function closedWords(reason: string | null): string {
  return (reason && CLOSED[reason]) || "";
}
