/** A coupon while it is edited, and what its kind is made of. */

import { moment, momentOf } from "mall-common/time";
import { yuan } from "mall-common/money";
import type { Input } from "wechat-mall-client";
import type { RowOf } from "../../kit/list";
import { t, type Words } from "../../shell/words";

export type Saved = Input<"coupons.save_coupon">;
export type Row = RowOf<"coupons.list_coupon_templates">;
export type Kind = Saved["kind"];
export type Channel = Saved["channel"];
export type Terms = Required<Saved["terms"]>;
export type Part = "threshold_fen" | "off_fen" | "percent" | "cap_fen";
type Fen = number | null | undefined;

export interface Draft {
  template_id: string | null;
  version: number | null;
  kind: Kind;
  title: string;
  threshold_fen: Fen;
  off_fen: Fen;
  percent: number;
  cap_fen: Fen;
  scope: { kind: "all" | "goods" | "categories"; ids: string[] };
  stack_group: string;
  channel: Channel;
  quota: number;
  per_member: number;
  claim_from: string;
  claim_until: string;
  /** From the claim on for some days, or in a window for all. */
  lasts: "days" | "window";
  valid_days: number;
  valid_from: string;
  valid_until: string;
}

export const KINDS: Record<Kind, { name: Words; says: Words; parts: readonly Part[] }> = {
  full_reduction: {
    name: { zh: "满减券", en: "Full reduction" }, parts: ["threshold_fen", "off_fen"],
    says: { zh: "商品满一个金额，减一个金额：满 300 减 50。", en: "From so much on so much off: 50 off 300." },
  },
  discount: {
    name: { zh: "折扣券", en: "Percent" }, parts: ["percent", "threshold_fen", "cap_fen"],
    says: { zh: "商品按折扣付，可以限制最多减多少。", en: "Goods at a percent; what it takes off may have a cap." },
  },
  no_threshold: {
    name: { zh: "无门槛券", en: "No threshold" }, parts: ["off_fen"],
    says: { zh: "直接减一个金额，不要求买满多少；最多减到 0 元。", en: "So much off whatever is bought, down to nothing." },
  },
  free_shipping: {
    name: { zh: "包邮券", en: "Free shipping" }, parts: ["threshold_fen", "cap_fen"],
    says: { zh: "免运费，可以要求商品满一个金额，也可以限制最多免多少。", en: "Takes off the freight, from so much of goods on, up to a cap." },
  },
};

export const CHANNELS: Record<Channel, { name: Words; says: Words }> = {
  CENTRE: { name: { zh: "领券中心", en: "Claim centre" }, says: { zh: "会员自己在商城领取，先到先得。", en: "Members claim it in the shop, first come, first served." } },
  CODE: { name: { zh: "兑换码", en: "Codes" }, says: { zh: "保存后生成兑换码，印出来或交给合作方；一个码换一张。", en: "Codes are made when it is saved, for print or partners; one coupon a code." } },
  STAFF: { name: { zh: "定向发放", en: "By staff" }, says: { zh: "保存后由员工发给选定的会员。", en: "Staff give it to the members they choose." } },
};

export function emptyDraft(): Draft {
  return {
    template_id: null, version: null, kind: "full_reduction", title: "", threshold_fen: null, off_fen: null, percent: 90, cap_fen: null,
    scope: { kind: "all", ids: [] }, stack_group: "", channel: "CENTRE", quota: 100, per_member: 1, claim_from: "", claim_until: "",
    lasts: "days", valid_days: 7, valid_from: "", valid_until: "",
  };
}

/** Of a coupon as the list has it. */
export function draftOf(row: Row): Draft {
  const { template_id, version, title, quota, per_member, valid_days } = row;
  const kept = JSON.parse(JSON.stringify(row.terms)) as Partial<Draft>;
  const [claim_from, claim_until, valid_from, valid_until] = [row.claim_from, row.claim_until, row.valid_from, row.valid_until].map(moment) as [
    string, string, string, string,
  ];
  return {
    ...emptyDraft(), ...kept, template_id, version, title, quota, per_member, claim_from, claim_until, valid_from, valid_until,
    kind: row.kind as Kind, channel: row.channel as Channel, lasts: valid_days ? "days" : "window", valid_days: valid_days ?? 7,
  };
}

/** What it gives: the parts of its kind, and nothing of another's that was typed before. */
export function termsOf(draft: Draft): Terms {
  const has = (part: Part) => KINDS[draft.kind].parts.includes(part);
  return {
    threshold_fen: has("threshold_fen") ? (draft.threshold_fen ?? 0) : 0,
    off_fen: has("off_fen") ? (draft.off_fen ?? 0) : 0,
    percent: has("percent") ? draft.percent : 100,
    cap_fen: has("cap_fen") ? (draft.cap_fen ?? null) : null,
    scope: draft.scope, stack_group: draft.stack_group.trim(),
  };
}

export function savedOf(draft: Draft): Saved {
  const { template_id, version, kind, title, channel, quota, per_member, lasts } = draft;
  const isWindow = lasts === "window";
  const at = (written: string) => (isWindow && written ? momentOf(written) : null);
  return {
    template_id, version, kind, title, channel, quota, per_member, terms: termsOf(draft),
    claim_from: momentOf(draft.claim_from), claim_until: momentOf(draft.claim_until),
    valid_from: at(draft.valid_from), valid_until: at(draft.valid_until), valid_days: isWindow ? null : draft.valid_days,
  };
}

/** The most that one takes off one order; null: as much as the order is worth. */
export function mostOf(draft: Draft): number | null {
  const { off_fen, cap_fen } = termsOf(draft);
  return KINDS[draft.kind].parts.includes("off_fen") ? off_fen : cap_fen;
}

/** What saving it sets free, in sentences. */
export function saysOf(draft: Draft): string[] {
  const most = mostOf(draft);
  const { quota, channel, claim_from, claim_until } = draft;
  const each = most === null ? t({ zh: "没有上限", en: "no cap" }) : `¥${yuan(most)}`;
  return [
    t({ zh: `${t(KINDS[draft.kind].name)}，每张最多减：${each}`, en: `${t(KINDS[draft.kind].name)}, at most each: ${each}` }),
    t({ zh: `${t(CHANNELS[channel].name)}，一共 ${quota} 张，${claim_from} 到 ${claim_until}`, en: `${t(CHANNELS[channel].name)}, ${quota} in all, ${claim_from} to ${claim_until}` }),
  ];
}
