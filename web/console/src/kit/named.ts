/** What staff read in place of a field's name or a stored value: the words of `infra/web/words`, loaded when first asked. */

import { shallowRef } from "vue";
import { language, t } from "../shell/words";

type Both = [zh: string, en: string];

interface Named {
  labels: Record<string, Both>;
  hints: Record<string, string>;
  values: Record<string, Record<string, Both>>;
}

const named = shallowRef<Named>();
let asked = false;

/** `labelOf("orders.search_orders.name")`; the name itself until the words are here. */
export function labelOf(name: string): string {
  return said(found("labels", name)) ?? last(name);
}

/** What is not plain of a field, in Chinese. */
export function hintOf(name: string): string {
  return found("hints", name) ?? "";
}

/** `valueOf("refunds.list_refunds.state", "DUE")`; the value itself where it has no word. */
export function valueOf(name: string, value: string): string {
  return said(found("values", name)?.[value]) ?? value;
}

export interface Choice {
  value: string;
  label: string;
}

/** The values that a field may hold, to choose from; or these of them in this order, where "" is whatever it holds. */
export function choicesOf(name: string, values: readonly string[] = Object.keys(found("values", name) ?? {})): Choice[] {
  return values.map((value) => ({ value, label: value ? valueOf(name, value) : t({ zh: "全部", en: "All" }) }));
}

/** Under the longest name that has one: of the action, of its domain, of all. */
function found<K extends keyof Named>(kind: K, name: string): Named[K][string] | undefined {
  if (!asked) {
    asked = true;
    void import("../generated/words.json").then((file) => (named.value = file.default as unknown as Named));
  }
  const names = [name, `${name.split(".")[0]}.${last(name)}`, last(name)];
  const words = named.value?.[kind] as Record<string, Named[K][string]> | undefined;
  return words && names.map((each) => words[each]).find((each) => each !== undefined);
}

function last(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

function said(both: Both | undefined): string | undefined {
  return both?.[language.value === "zh" ? 0 : 1];
}
