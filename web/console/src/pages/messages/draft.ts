/** A message template while it is edited, and what a buyer would see of it. */

import type { Done } from "../../kit/call";

export type OwnTemplate = Done<"messaging.list_own_templates">["items"][number];
export type Channel = "SUBSCRIBE" | "TEMPLATE";

export interface FieldDraft {
  key: string;
  /** One of what the message tells; "": always the same words. */
  value: string;
  text: string;
}

export interface Draft {
  template: string;
  version: number | null;
  template_id: string;
  active: boolean;
  fields: FieldDraft[];
}

export function draftOf({ template, version, template_id, active, fields }: OwnTemplate): Draft {
  return {
    template, version, template_id: template_id ?? "", active: active || template_id === null,
    fields: fields.map(({ key, value, text }) => ({ key, value: value ?? "", text: text ?? "" })),
  };
}

/** As the mall takes it: of each field its value or its words. */
export function fieldsOf({ fields }: Draft): { key: string; value: string | null; text: string | null }[] {
  return fields.map(({ key, value, text }) => ({ key: key.trim(), value: value || null, text: value ? null : text }));
}

/** Of each kind of what a message tells, as it would stand there. */
const EXAMPLES: Record<string, string> = {
  text: "云南小粒咖啡豆等2件", word: "快递", code: "ord_20261130", fen: "¥128.00", moment: "2026-11-30 20:00", count: "1",
};

export function exampleOf({ value, text }: FieldDraft, offers: OwnTemplate["offers"]): string {
  return value ? (EXAMPLES[offers[value] ?? ""] ?? "-") : text;
}
