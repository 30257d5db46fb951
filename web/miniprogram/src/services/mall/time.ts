/** Moments as the pages show them, by the phone's own clock. */

const two = (number: number) => `${number}`.padStart(2, "0");

/** "2026.11.30". */
export function day(at: string): string {
  return written(Date.parse(at), "YYYY.MM.DD");
}

export function written(milliseconds: number, form: string): string {
  const at = new Date(milliseconds);
  return form
    .replace("YYYY", `${at.getFullYear()}`).replace("MM", two(at.getMonth() + 1)).replace("DD", two(at.getDate()))
    .replace("HH", two(at.getHours())).replace("mm", two(at.getMinutes())).replace("ss", two(at.getSeconds()));
}

/** Unix milliseconds, as a text. */
export function stamp(at: string): string {
  return `${Date.parse(at)}`;
}
