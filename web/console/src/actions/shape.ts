/** What an action takes and gives, as `infra/web/console.py` draws it from the models. */

import type { ActionName } from "wechat-mall-client";
import type { Chapter } from "../shell/chapters";
import { language, type Words } from "../shell/words";

export type Kind = "text" | "number" | "money" | "yes" | "one" | "list" | "group" | "moment" | "day" | "any";

export interface Shape {
  as: Kind;
  /** Null is an answer of its own. */
  none?: boolean;
  least?: number;
  most?: number;
  shortest?: number;
  longest?: number;
  fewest?: number;
  many?: number;
  /** Of `one`: value, Chinese word, English word. */
  values?: [string, string, string][];
  /** Of `group`. */
  fields?: Field[];
  /** Of `list`. */
  of?: Shape;
  /** The address of a file. */
  url?: boolean;
}

export interface Field extends Shape, Words {
  name: string;
  hint?: Partial<Words>;
  needed?: boolean;
  /** What it is when nothing is said. */
  first?: unknown;
}

export interface Page {
  title: Words;
  /** In English. */
  about: string;
  reads: boolean;
  /** It moves money: asked once more. */
  money?: boolean;
  /** It answers as soon as it is opened. */
  open?: boolean;
  asks: Field[];
  gives: Field[];
}

export interface Domain {
  chapter: Chapter;
  title: Words;
  actions: { name: ActionName; title: Words; reads: boolean }[];
}

const FILES = import.meta.glob<{ default: Record<string, Page> }>("../generated/actions/*.json");

/** The pages of a domain, loaded when the first is shown; none of a domain that there is not. */
export async function pagesOf(domain: string): Promise<Record<string, Page>> {
  const file = FILES[`../generated/actions/${domain}.json`];
  return file ? (await file()).default : {};
}

export async function allDomains(): Promise<Record<string, Domain>> {
  return (await import("../generated/actions.json")).default as unknown as Record<string, Domain>;
}

/** The word of a value that a field may hold. */
export function wordFor({ values }: Shape, value: unknown): string {
  const found = values?.find(([each]) => each === value);
  return found ? (language.value === "zh" ? found[1] : found[2]) : String(value);
}

const HIDDEN = ["token", "session_key", "next_cursor"];

/** Whether a field of an answer is for people. */
export function isSeen({ name }: Field): boolean {
  return !HIDDEN.includes(name);
}
