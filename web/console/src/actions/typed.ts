/** From what is typed in a form to what an action takes, and back. */

import { momentOf } from "mall-common/time";
import { moment } from "mall-common/time";
import type { Field, Shape } from "./shape";

export type Typed = Record<string, unknown>;

/** A form before anything is typed; what is `given` under the names of its fields stands in it already. */
export function blank(fields: readonly Field[], given: Typed = {}): Typed {
  return Object.fromEntries(fields.map((field) => [field.name, typedOf(field, given[field.name] ?? field.first)]));
}

/** What stands in the form for a value; undefined and null: nothing yet. */
export function typedOf(shape: Shape & { needed?: boolean }, value: unknown): unknown {
  const isNothing = value === undefined || value === null;
  switch (shape.as) {
    case "money":
    case "yes":
      return isNothing ? null : value;
    case "list":
      return Array.isArray(value) ? value.map((each) => typedOf(shape.of as Shape, each)) : [];
    case "group":
      return isNothing && !shape.needed ? null : blank(shape.fields ?? [], (value ?? {}) as Typed);
    case "moment":
      return isNothing ? "" : moment(String(value));
    case "any":
      return isNothing ? "" : JSON.stringify(value, null, 1);
    default:
      return isNothing ? "" : String(value);
  }
}

/** A field's sentence by its path, where what was typed cannot be sent at all. */
export type Faults = Record<string, "number" | "money" | "json">;

/** What is sent: fields in which nothing was typed are left out. `faults` is filled. */
export function written(fields: readonly Field[], typed: Typed, faults: Faults, above = ""): Typed {
  const pairs = fields.map((field) => [field.name, writtenOf(field, typed[field.name], faults, above + field.name)]);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}

function writtenOf(shape: Shape & { needed?: boolean }, value: unknown, faults: Faults, path: string): unknown {
  switch (shape.as) {
    case "list":
      return listOf(shape, value as unknown[], faults, path);
    case "group":
      return value ? written(shape.fields ?? [], value as Typed, faults, `${path}.`) : undefined;
    case "money":
      if (value === undefined) faults[path] = "money";
      return value ?? undefined;
    case "yes":
      return value ?? undefined;
    default:
      return textOf(shape, String(value ?? "").trim(), faults, path);
  }
}

function listOf(shape: Shape & { needed?: boolean }, value: unknown[], faults: Faults, path: string): unknown {
  const found = value.map((each, place) => writtenOf(shape.of as Shape, each, faults, `${path}.${place}`))
    .filter((each) => each !== undefined);
  return found.length || shape.needed ? found : undefined;
}

function textOf(shape: Shape, text: string, faults: Faults, path: string): unknown {
  if (text === "") return undefined;
  if (shape.as === "moment") return momentOf(text);
  if (shape.as === "number") {
    if (!/^-?\d+$/.test(text)) faults[path] = "number";
    return Number(text);
  }
  if (shape.as !== "any") return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    faults[path] = "json";
    return undefined;
  }
}

/** What stands in the address of a search: the plain fields in which something was typed. */
export function addressed(fields: readonly Field[], typed: Typed): Record<string, string> {
  const plain = fields.filter((field) => isPlain(field) && !isNothing(typed[field.name]));
  return Object.fromEntries(plain.map(({ name }) => [name, String(typed[name])]));
}

/** The form as the address says. */
export function fromAddress(fields: readonly Field[], query: Typed): Typed {
  const typed = blank(fields);
  for (const field of fields) {
    const said = query[field.name];
    if (isPlain(field) && typeof said === "string") typed[field.name] = plainOf(field, said);
  }
  return typed;
}

function plainOf({ as }: Field, said: string): unknown {
  if (as === "yes") return said === "true";
  return as === "money" ? Number(said) || null : said;
}

function isPlain({ as }: Field): boolean {
  return !["list", "group", "any"].includes(as);
}

function isNothing(value: unknown): boolean {
  return value === "" || value === null || value === undefined;
}
