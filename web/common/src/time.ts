/** Moments come with their zone and are shown in the shop's. */

const SHOP_ZONE = "Asia/Shanghai";
const WRITTEN = new Intl.DateTimeFormat("sv-SE", {
  timeZone: SHOP_ZONE, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
  second: "2-digit",
});

/** "2026-11-30T12:00:00Z" -> "2026-11-30 20:00:00". */
export function moment(at: string | null | undefined): string {
  return at ? WRITTEN.format(new Date(at)) : "";
}

/** The day that it is in the shop, wherever the browser stands: "2026-11-30". */
export function today(now = Date.now()): string {
  return WRITTEN.format(now).slice(0, 10);
}

/** "2026-11-30 20:00:00", as the shop's clock shows it, -> "2026-11-30T20:00:00+08:00". */
export function momentOf(written: string): string {
  return `${written.replace(" ", "T")}+08:00`;
}

/** The first moment of a day of the shop, "2026-11-30" -> "2026-11-30T00:00:00+08:00". */
export function startOf(day: string): string {
  return momentOf(`${day} 00:00:00`);
}

/** The first moment that is not in it any more. */
export function endOf(day: string): string {
  return new Date(Date.parse(startOf(day)) + 86_400_000).toISOString();
}
