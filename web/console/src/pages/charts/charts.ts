/** What can be drawn by day: its figures, and how each is shown. */

import { yuan } from "mall-common/money";
import { today } from "mall-common/time";
import type { Words } from "../../shell/words";
import { COUNT, YUAN } from "../../kit/units";

export interface Figure {
  name: string;
  title: Words;
  /** What is counted is a line on an axis of its own beside money. */
  counts?: boolean;
}

export interface Subject {
  name: "takings" | "refunds" | "coupons" | "sharing" | "points";
  title: Words;
  says: Words;
  figures: Figure[];
}

export type Day = { day: string } & Record<string, number | string>;

const POINTS: Words = { zh: "积分", en: "points" };

export const SUBJECTS: readonly Subject[] = [
  {
    name: "takings", title: { zh: "成交", en: "Takings" },
    says: { zh: "付款当天入账的订单款，微信与储值余额合计。", en: "What came for orders, by WeChat and from stored value." },
    figures: [{ name: "takings_fen", title: { zh: "成交额", en: "Takings" } }, { name: "orders", title: { zh: "付款订单", en: "Paid orders" }, counts: true }],
  },
  {
    name: "refunds", title: { zh: "退款", en: "Refunds" },
    says: { zh: "按决定退款的日期。", en: "On the day on which they were decided." },
    figures: [{ name: "refunds_fen", title: { zh: "退款额", en: "Given back" } }, { name: "refunds", title: { zh: "退款笔数", en: "Refunds" }, counts: true }],
  },
  {
    name: "coupons", title: { zh: "优惠券", en: "Coupons" },
    says: { zh: "优惠券抵掉的钱，和用券订单带来的成交。", en: "What coupons paid, and what came for orders with coupons." },
    figures: [
      { name: "cost_fen", title: { zh: "优惠券成本", en: "Cost" } }, { name: "takings_fen", title: { zh: "用券订单成交", en: "Takings with coupons" } },
      { name: "orders", title: { zh: "用券订单", en: "Orders with coupons" }, counts: true },
    ],
  },
  {
    name: "sharing", title: { zh: "分账", en: "Sharing" },
    says: { zh: "分给接收方的钱，和退款前收回的钱。", en: "What receivers were promised, and what was called back." },
    figures: [{ name: "shared_fen", title: { zh: "分出", en: "Shared" } }, { name: "returned_fen", title: { zh: "收回", en: "Called back" } }],
  },
  {
    name: "points", title: { zh: "积分", en: "Points" },
    says: { zh: "每天的积分变动，和日终会员手里的积分（一百积分抵一元）。", en: "Points by day, and how many are owed when it ends (a hundred are a yuan)." },
    figures: [
      { name: "earned", title: { zh: "获得", en: "Earned" }, counts: true }, { name: "spent", title: { zh: "使用", en: "Spent" }, counts: true },
      { name: "expired", title: { zh: "过期", en: "Expired" }, counts: true }, { name: "owed", title: { zh: "日终余额", en: "Owed" }, counts: true },
    ],
  },
];

export function shownAs({ name }: Figure, day: Day): string {
  return name.endsWith("_fen") ? yuan(Number(day[name])).replaceAll(",", "") : String(day[name]);
}

/** As ECharts takes it: money as bars in yuan, counts as lines on the right. */
export function drawn({ figures }: Subject, days: readonly Day[], said: (words: Words) => string): Record<string, unknown> {
  const both = figures.some(({ counts }) => counts) && figures.some(({ counts }) => !counts);
  const money = { type: "value", name: said(figures.every(({ counts }) => counts) ? POINTS : YUAN) };
  return {
    tooltip: { trigger: "axis" },
    legend: { bottom: 0 },
    grid: { left: 8, right: 8, top: 36, bottom: 32, containLabel: true },
    xAxis: { type: "category", data: days.map(({ day }) => day.slice(5)) },
    yAxis: both ? [money, { type: "value", name: said(COUNT), splitLine: { show: false }, minInterval: 1 }] : [money],
    series: figures.map(({ name, title, counts }) => ({
      name: said(title), type: counts ? "line" : "bar", symbol: "none", yAxisIndex: both && counts ? 1 : 0,
      data: days.map((day) => (name.endsWith("_fen") ? Number(day[name]) / 100 : Number(day[name]))),
    })),
  };
}

/** So many days of the shop, today the last: `["2026-11-01", "2026-11-30"]`. */
export function lastDays(many: number, now = Date.now()): [string, string] {
  return [today(now - (many - 1) * 86_400_000), today(now)];
}
