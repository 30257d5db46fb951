/** What was last seen of the catalogue, kept in this browser for when the mall is away. */

export interface Kept<T> {
  /** Milliseconds of this device's clock. */
  at: number;
  data: T;
}

/** What is used of `localStorage`. */
export interface Shelf {
  readonly length: number;
  key(index: number): string | null;
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

const PREFIX = "mall.kept:";
const MOST = 60;

export function nameOf(action: string, input: unknown): string {
  return `${PREFIX}${action}:${JSON.stringify(input)}`;
}

export function read<T>(shelf: Shelf, name: string): Kept<T> | null {
  try {
    const found = JSON.parse(shelf.getItem(name) ?? "null") as Kept<T> | null;
    return found && typeof found.at === "number" ? found : null;
  } catch {
    return null;
  }
}

/** The oldest make room; where there is none at all, nothing is kept. */
export function keep(shelf: Shelf, name: string, data: unknown, at: number): void {
  const others = namesByAge(shelf).filter((each) => each !== name);
  for (const old of others.slice(0, Math.max(0, others.length - MOST + 1))) shelf.removeItem(old);
  try {
    shelf.setItem(name, JSON.stringify({ at, data }));
  } catch {
    for (const old of others) shelf.removeItem(old);
  }
}

function namesByAge(shelf: Shelf): string[] {
  const names: string[] = [];
  for (let index = 0; index < shelf.length; index++) names.push(shelf.key(index) ?? "");
  const own = names.filter((name) => name.startsWith(PREFIX)).map((name) => ({ name, at: read(shelf, name)?.at ?? 0 }));
  return own.sort((a, b) => a.at - b.at).map(({ name }) => name);
}
