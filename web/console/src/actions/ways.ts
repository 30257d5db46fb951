/** From a row of an answer onwards: the page of what it names, and the actions that take it. */

import type { ActionName } from "wechat-mall-client";
import { maySee, SCREENS } from "../shell/screens";
import { useSession } from "../shell/session";
import type { Page } from "./shape";
import type { Typed } from "./typed";

/** The page of what this id names: a screen `/.../:order_no` for an order_no. */
export function wayTo(name: string, value: unknown): string | null {
  if (typeof value !== "string" || !/_(id|no)$/.test(name)) return null;
  const screen = SCREENS.find(({ path }) => path.endsWith(`/:${name}`));
  return screen && maySee(screen) ? screen.path.replace(`:${name}`, encodeURIComponent(value)) : null;
}

/** All that a row says: what stands in its models and documents beside what stands in itself. */
export function flat(row: Typed): Typed {
  const inside = Object.values(row).filter((value) => typeof value === "object" && value && !Array.isArray(value));
  return Object.assign({}, ...(inside as Typed[]), row) as Typed;
}

/** The other actions of the domain that need an id which stands in the row, and that this person may. */
export function actionsFor(row: Typed, here: string, pages: Record<string, Page>): ActionName[] {
  const { may } = useSession();
  return (Object.keys(pages) as ActionName[]).filter((name) =>
    name !== here && may(name) && (pages[name]?.asks ?? []).some((field) =>
      /_(id|no)$/.test(field.name) && typeof row[field.name] === "string" && (field.needed || field.name === idOf(row))));
}

/** What a row is known by: its first id. */
function idOf(row: Typed): string | undefined {
  return Object.keys(row).find((name) => /_(id|no)$/.test(name));
}
