/** Choosing one of a product's SKUs by its specification values (规格). */

export interface Spec {
  name: string;
  values: string[];
}

export interface Choosable {
  sku_id: string;
  spec_values: string[];
  stock: string;
}

/** A value for each specification, null where none is chosen yet. */
export type Chosen = (string | null)[];

/** What needs no choice is chosen: a specification of one value. */
export function atFirst(specs: readonly Spec[]): Chosen {
  return specs.map(({ values }) => (values.length === 1 ? values[0] as string : null));
}

export function skuOf<Sku extends Choosable>(skus: readonly Sku[], chosen: Chosen): Sku | null {
  return skus.find(({ spec_values }) => spec_values.every((value, at) => value === chosen[at])) ?? null;
}

/** Whether something that is there could still be bought with this value beside the others that are chosen. */
export function isOpen(skus: readonly Choosable[], chosen: Chosen, at: number, value: string): boolean {
  const wanted = chosen.map((each, index) => (index === at ? value : each));
  return skus.some(({ spec_values, stock }) =>
    stock !== "SOLD_OUT" && spec_values.every((each, index) => wanted[index] === null || wanted[index] === each));
}

/** "请选择 颜色 尺码", "" where all is chosen. */
export function missing(specs: readonly Spec[], chosen: Chosen): string {
  const open = specs.filter((_, at) => chosen[at] === null).map(({ name }) => name);
  return open.length ? `请选择 ${open.join(" ")}` : "";
}
