/** A group buy while it is edited: its prices by SKU, of which an empty one leaves its SKU out. */

import { moment, momentOf } from "mall-common/time";
import type { Input, Refused } from "wechat-mall-client";
import type { RowOf } from "../../kit/list";

export type Row = RowOf<"group_buys.list_group_buys">;
type Saved = Input<"group_buys.save_group_buy">;
type Fen = number | null | undefined;

export interface PriceDraft {
  price_fen: Fen;
  leader_price_fen: Fen;
}

export interface Draft {
  group_buy_id: string | null;
  version: number | null;
  spu_id: string | null;
  title: string;
  size: number;
  open_hours: number | null;
  per_member: number;
  starts_at: string;
  ends_at: string;
  prices: Record<string, PriceDraft>;
}

export function emptyDraft(now = new Date().toISOString()): Draft {
  return {
    group_buy_id: null, version: null, spu_id: null, title: "", size: 2, open_hours: null, per_member: 1, starts_at: moment(now),
    ends_at: "", prices: {},
  };
}

export function draftOf(row: Row): Draft {
  const { group_buy_id, version, spu_id, title, size, open_hours, per_member, prices, leader_prices } = row;
  return {
    group_buy_id, version, spu_id, title, size, open_hours, per_member, starts_at: moment(row.starts_at), ends_at: moment(row.ends_at),
    prices: Object.fromEntries(Object.entries(prices).map(
      ([sku_id, price_fen]) => [sku_id, { price_fen, leader_price_fen: leader_prices[sku_id] ?? null }])),
  };
}

/** As the mall takes it. What is no amount is sent as nothing, so that the mall says so at its field. */
export function inputOf({ starts_at, ends_at, spu_id, prices, ...rest }: Draft): Saved {
  const typed = Object.entries(prices).filter(([, each]) => each.price_fen !== null || each.leader_price_fen !== null);
  return {
    ...rest, spu_id: spu_id ?? "", starts_at: momentOf(starts_at), ends_at: momentOf(ends_at),
    prices: typed.map(([sku_id, { price_fen, leader_price_fen }]) => ({
      sku_id, price_fen: price_fen ?? 0, leader_price_fen: leader_price_fen === undefined ? 0 : leader_price_fen,
    })),
  };
}

/** The SKU whose price was refused; null: not one of them. */
export function skuOf(refused: Refused | null, sent: Saved | null): string | null {
  const at = /^prices\.(\d+)/.exec(refused?.field ?? "")?.[1];
  if (at !== undefined) return sent?.prices[Number(at)]?.sku_id ?? null;
  return refused?.field === "prices" ? ((refused.data["sku_id"] as string | undefined) ?? null) : null;
}
