/** What an entry of the audit log was about, apart from what was before and after. */

export interface Apart {
  about: [string, string][];
  before: object | null;
  after: object | null;
}

export function apart(target: object): Apart {
  const { before = null, after = null, ...others } = target as Record<string, unknown>;
  const told = Object.entries(others).map(([name, value]): [string, string] =>
    [name, typeof value === "object" ? JSON.stringify(value) : String(value)]);
  return { about: told, before: asObject(before), after: asObject(after) };
}

function asObject(value: unknown): object | null {
  return value === null || typeof value === "object" ? value : { value };
}
