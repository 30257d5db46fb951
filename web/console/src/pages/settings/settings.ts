/** A setting as `infra/web/words_json.py` draws it. */

import { yuan } from "mall-common/money";

export interface Schema {
  type?: string;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  maxItems?: number;
  /** Of a list. */
  items?: Schema;
}

export interface Setting {
  name: string;
  chapter: [string, string];
  label: [string, string];
  meaning: [string, string];
  unit: [string, string] | null;
  default: unknown;
  risky: boolean;
  schema: Schema;
}

export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A value of a setting for people: fen as yuan, with its unit; a list by what stands in it, or how it is called. */
export function inWords({ name, unit }: Setting, value: unknown): string {
  if (value === null || value === undefined || value === "") return "—";
  if (name.endsWith("_fen")) return `¥${yuan(Number(value))}`;
  if (typeof value === "boolean") return value ? "是" : "否";
  if (Array.isArray(value)) return value.map((each) => (each as { name?: string }).name ?? JSON.stringify(each)).join("、") || "—";
  return `${typeof value === "object" ? JSON.stringify(value) : String(value)}${unit ? ` ${unit[0]}` : ""}`;
}
