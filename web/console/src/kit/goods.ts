/** A SKU as people call it: the product's title, then its specification values. */
export function nameOf({ title, spec_values }: { title: string; spec_values: readonly string[] }): string {
  return [title, ...spec_values].join(" ");
}
