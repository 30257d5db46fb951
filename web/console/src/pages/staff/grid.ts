/** A role's permissions as ticks: an action's own name, its whole domain (`orders.*`), or everything (`*`). */

export type Tick = "no" | "itself" | "by its domain" | "by all";

export function tickOf(permissions: readonly string[], action: string): Tick {
  if (permissions.includes("*")) return "by all";
  if (permissions.includes(wholeOf(action))) return "by its domain";
  return permissions.includes(action) ? "itself" : "no";
}

export function wholeOf(action: string): string {
  return `${action.split(".")[0]}.*`;
}

/** With this action ticked or not; taking one out of a whole domain leaves the others by their names. */
export function ticked(permissions: readonly string[], action: string, on: boolean, domain: readonly string[]): string[] {
  const whole = wholeOf(action);
  if (on) return [...new Set([...permissions, action])];
  if (!permissions.includes(whole)) return permissions.filter((each) => each !== action);
  return [...permissions.filter((each) => each !== whole), ...domain].filter((each) => each !== action);
}

/** With the whole domain or none of it; names that the domain holds are not said twice. */
export function tickedWhole(permissions: readonly string[], whole: string, on: boolean): string[] {
  const others = permissions.filter((each) => wholeOf(each) !== whole || each === "*");
  return on ? [...others, whole] : others;
}
