/** What may be asked for, and why. */

import type { Input } from "wechat-mall-client";

type Asked = Input<"refunds.ask_refund">;
export type Way = "pieces" | NonNullable<Asked["by_amount"]>["kind"];

export const WAYS: readonly { way: Way; words: string }[] = [
  { way: "pieces", words: "退商品" },
  { way: "PRICE_DIFFERENCE", words: "退差价，商品留下" },
  { way: "FREIGHT", words: "退运费" },
  { way: "COMPENSATION", words: "补偿" },
];

export const REASONS: { readonly [Reason in Asked["reason"]]: string } = {
  NOT_WANTED: "不想要了", LATE: "未按约定时间发货", MISSING: "少件、漏发", DAMAGED: "破损、质量问题",
  NOT_AS_SHOWN: "与描述不符", PRICE_DROPPED: "降价补差", FREIGHT: "运费问题", OTHER: "其他原因",
};
