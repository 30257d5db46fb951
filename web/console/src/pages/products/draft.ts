/** A product while it is edited: specifications, and the table of SKUs that follows from them. */

import type { Input, Output } from "wechat-mall-client";

export type Saved = Input<"catalog.save_product">;
export type Opened = Output<"catalog.open_product">;
export type Rules = NonNullable<Saved["purchase_rules"]>;

export interface SkuDraft {
  sku_id: string | null;
  spec_values: string[];
  sku_code: string;
  price_fen: number | null | undefined;
  member_price_fen: number | null | undefined;
  price_tiers: { min_quantity: number; price_fen: number | null | undefined }[];
  commission_percent: number;
  weight_grams: number;
  picture_url: string | null;
  active: boolean;
  purchase_rules: Rules | null;
}

export interface Draft {
  spu_id: string | null;
  version: number | null;
  title: string;
  subtitle: string;
  category_id: string;
  video: string | null;
  carousel: string[];
  scenes: string[];
  specs: { name: string; values: string[] }[];
  skus: SkuDraft[];
  tags: string[];
  description: string;
  is_virtual: boolean;
  freight_template_id: string | null;
  purchase_rules: Rules | null;
}

export function emptyDraft(): Draft {
  return {
    spu_id: null, version: null, title: "", subtitle: "", category_id: "", video: null, carousel: [], scenes: [], specs: [],
    skus: [emptySku([])], tags: [], description: "", is_virtual: false, freight_template_id: null, purchase_rules: null,
  };
}

function emptySku(spec_values: string[]): SkuDraft {
  return {
    sku_id: null, spec_values, sku_code: "", price_fen: null, member_price_fen: null, price_tiers: [], commission_percent: 0,
    weight_grams: 0, picture_url: null, active: true, purchase_rules: null,
  };
}

/** Of a product as the mall has it. */
export function draftOf(product: Opened): Draft {
  const media = product.media as { video?: string | null; carousel?: string[]; scenes?: string[] };
  return {
    ...pick(product), video: media.video ?? null, carousel: [...(media.carousel ?? [])], scenes: [...(media.scenes ?? [])],
    specs: (product.specs as { name: string; values: string[] }[]).map(({ name, values }) => ({ name, values: [...values] })),
    skus: product.skus.map((sku) => ({
      ...sku, spec_values: [...sku.spec_values], purchase_rules: sku.purchase_rules as Rules | null,
      price_tiers: sku.price_tiers.map(([min_quantity = 1, price_fen = 0]) => ({ min_quantity, price_fen })),
    })),
    tags: [...product.tags], purchase_rules: product.purchase_rules as Rules | null,
  };
}

function pick({ spu_id, version, title, subtitle, category_id, description, is_virtual, freight_template_id }: Opened) {
  return { spu_id, version, title, subtitle, category_id, description, is_virtual, freight_template_id };
}

/**
 * The table anew after the specifications have changed: every combination once, in their order. A combination that was
 * there keeps its row; a new one begins as the first row that shares most of its values.
 */
export function combined(specs: Draft["specs"], before: readonly SkuDraft[]): SkuDraft[] {
  const named = specs.filter(({ name, values }) => name.trim() && values.length);
  const all = named.reduce<string[][]>((rows, { values }) => rows.flatMap((row) => values.map((value) => [...row, value])), [[]]);
  return all.map((spec_values) => {
    const kept = before.find((sku) => same(sku.spec_values, spec_values));
    if (kept) return kept;
    const like = [...before].sort((one, other) => shared(other, spec_values) - shared(one, spec_values))[0];
    return { ...(like ?? emptySku([])), sku_id: null, sku_code: "", picture_url: null, price_tiers: [], spec_values };
  });
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((value, at) => value === other[at]);
}

function shared({ spec_values }: SkuDraft, wanted: readonly string[]): number {
  return spec_values.filter((value) => wanted.includes(value)).length;
}

/** As the mall takes it; an amount that was not filled in is sent as 0, which it refuses at its field. */
export function written({ video, carousel, scenes, skus, ...draft }: Draft): Saved {
  return {
    ...draft, specs: draft.specs.filter(({ values }) => values.length), media: { video, carousel, scenes },
    skus: skus.map((sku) => ({
      ...sku, price_fen: sku.price_fen ?? 0, member_price_fen: sku.member_price_fen ?? null,
      price_tiers: sku.price_tiers.map((tier) => ({ ...tier, price_fen: tier.price_fen ?? 0 })),
    })),
  };
}

/** The same list with what stood `from` standing `to`. */
export function moved<Each>(list: readonly Each[], from: number, to: number): Each[] {
  const rest = [...list];
  rest.splice(to, 0, ...rest.splice(from, 1));
  return rest;
}
