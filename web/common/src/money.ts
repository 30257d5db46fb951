/** Money is whole fen everywhere; only what a person reads or types is yuan. */

/** 123456 -> "1,234.56". */
export function yuan(fen: number): string {
  const [whole, rest] = (Math.abs(fen) / 100).toFixed(2).split(".") as [string, string];
  return `${fen < 0 ? "-" : ""}${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${rest}`;
}

/** "1,234.5" -> 123450; null for what is no amount of whole fen. No floating point in between. */
export function fenOf(text: string): number | null {
  const found = /^(-?)(\d{1,12})(?:\.(\d{1,2}))?$/.exec(text.trim().replace(/[,，¥￥\s]/g, ""));
  if (!found) return null;
  const fen = Number(found[2]) * 100 + Number((found[3] ?? "").padEnd(2, "0"));
  return found[1] && fen ? -fen : fen;
}
