/** The columns of a list, and which of them a person wants to see: remembered on this device. */

import { ref, watch, type Ref } from "vue";
import { yuan } from "mall-common/money";
import { moment } from "mall-common/time";
import type { Words } from "../shell/words";
import { valueOf } from "./named";

export interface Column<Row> {
  key: string;
  title: Words;
  /** What stands in it; a slot `cell-<key>` may show it otherwise, the CSV has this. */
  value: (row: Row) => string | number | null | undefined;
  /** How it is shown: fen as yuan, a moment by the shop's clock, a state in words. */
  as?: "money" | "moment" | "state" | "number";
  /** Of a state: the field whose words it has, `catalog.state`. */
  of?: string;
  /** Only for those who choose it. */
  hidden?: boolean;
}

export function useChosen<Row>(name: string, columns: readonly Column<Row>[]): Ref<string[]> {
  const kept = localStorage.getItem(`mall.columns.${name}`);
  const first = columns.filter(({ hidden }) => !hidden).map(({ key }) => key);
  const chosen = ref(kept ? (JSON.parse(kept) as string[]) : first);
  watch(chosen, (now) => localStorage.setItem(`mall.columns.${name}`, JSON.stringify(now)));
  return chosen;
}

/** As a text: what stands in a table of Excel. */
export function textOf<Row>({ as, of, value }: Column<Row>, row: Row): string | number {
  const found = value(row) ?? "";
  if (found === "") return "";
  if (as === "money") return yuan(Number(found)).replaceAll(",", "");
  if (as === "moment") return moment(String(found));
  return as === "state" && of ? valueOf(of, String(found)) : found;
}
