/** The words of states, and how much a state asks for a look. */

import { t, type Words } from "../shell/words";

export type Weight = "success" | "warning" | "danger" | "info" | "primary";

const WORDS: Record<string, [Words, Weight]> = {
  UNPAID: [{ zh: "待付款", en: "Unpaid" }, "warning"],
  PART_PAID: [{ zh: "部分付款", en: "Part paid" }, "warning"],
  GROUPING: [{ zh: "拼团中", en: "Grouping" }, "primary"],
  TO_SHIP: [{ zh: "待发货", en: "To ship" }, "warning"],
  SHIPPED: [{ zh: "已发货", en: "Shipped" }, "primary"],
  RECEIVED: [{ zh: "已收货", en: "Received" }, "success"],
  CLOSED: [{ zh: "已关闭", en: "Closed" }, "info"],
  DRAFT: [{ zh: "草稿", en: "Draft" }, "info"],
  LISTED: [{ zh: "在售", en: "Listed" }, "success"],
  UNLISTED: [{ zh: "已下架", en: "Unlisted" }, "info"],
  PENDING: [{ zh: "待处理", en: "Pending" }, "warning"],
  WAITS: [{ zh: "待复核", en: "Waits" }, "warning"],
  APPROVED: [{ zh: "已通过", en: "Approved" }, "success"],
  REJECTED: [{ zh: "已驳回", en: "Rejected" }, "danger"],
  FAILED: [{ zh: "失败", en: "Failed" }, "danger"],
};

export function wordOf(state: string): string {
  const found = WORDS[state];
  return found ? t(found[0]) : state;
}

export function weightOf(state: string): Weight {
  return WORDS[state]?.[1] ?? "info";
}
