/** Every screen of the console, found where it stands: `pages/<subject>/screens.ts`. A new one edits no list. */

import type { ActionName } from "wechat-mall-client";
import type { Component } from "vue";
import { CHAPTERS, type Chapter } from "./chapters";
import { useSession } from "./session";
import type { Words } from "./words";

export interface Screen {
  /** Below `#`: `/orders`, `/orders/:order_no`. */
  path: string;
  title: Words;
  chapter: Chapter;
  /** The actions that the page offers. The first one fills it: who may not do that does not see the page. The others
   * are its buttons, each shown to those who may. None: a page for everybody. */
  serves: ActionName[];
  /** Its place in the chapter's menu; absent: reached from another page. */
  menu?: number;
  page: () => Promise<{ default: Component }>;
}

const FOUND = import.meta.glob<{ screens: Screen[] }>("../pages/*/screens.ts", { eager: true });

export const SCREENS: readonly Screen[] = Object.values(FOUND).flatMap(({ screens }) => screens);

export function maySee({ serves }: Screen): boolean {
  return serves[0] === undefined || useSession().may(serves[0]);
}

/** What the person may see of a chapter, in its order. */
export function menuOf(chapter: Chapter): Screen[] {
  return SCREENS.filter((each) => each.chapter === chapter && each.menu !== undefined && maySee(each))
    .sort((one, other) => (one.menu ?? 0) - (other.menu ?? 0));
}

/** Where the person begins. */
export function firstSeen(): Screen | undefined {
  return (Object.keys(CHAPTERS) as Chapter[]).flatMap(menuOf)[0];
}
