/** A scene: people with a browser each, watched from the beginning to the end. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from "playwright-core";
import { followPayments } from "./pay.js";
import { STAGE } from "./stage.js";
import { watch } from "./watch.js";

/** What a scene may take, and what one step of it, also on a machine that is busy. */
const SCENE_MS = 240_000;
const STEP_MS = 30_000;
/** Their screens: a desk's, and a phone's. */
export const DESK: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
export const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

export interface Scene {
  /** Somebody's browser: nothing is in it, and nobody else sees into it. */
  browser(screen?: BrowserContextOptions): Promise<Page>;
  /** From now on this may happen; the scene is about it. */
  allow(fault: RegExp): void;
}

let shared: Promise<Browser> | null = null;
after(async () => (await shared)?.close()); // the line to it, not the browser

/** Passes when `play` does and no page had a fault. */
export function scene(says: string, play: (scene: Scene) => Promise<void>): void {
  test(says, { timeout: SCENE_MS }, async () => {
    const contexts: BrowserContext[] = [];
    const faults: string[] = [];
    const allowed: RegExp[] = [];
    const browser = async (screen = DESK) => {
      const line = await (shared ??= chromium.connect(STAGE.browser));
      const context = await line.newContext({ locale: "zh-CN", ...screen });
      contexts.push(context);
      context.setDefaultTimeout(STEP_MS);
      context.on("page", (page) => {
        watch(page, faults);
        followPayments(page);
      });
      return context.newPage();
    };
    try {
      await play({ browser, allow: (fault) => void allowed.push(fault) });
      const unwanted = faults.filter((fault) => !allowed.some((each) => each.test(fault)));
      if (unwanted.length) throw new Error(`a page had faults:\n${unwanted.join("\n")}`);
    } catch (problem) {
      const seen = await look(says, contexts);
      throw new Error(`${(problem as Error).stack}\n\n${[...seen, ...faults].join("\n")}`);
    } finally {
      await Promise.all(contexts.map((context) => context.close()));
    }
  });
}

/** Pictures of what everybody saw when it went wrong. */
async function look(says: string, contexts: BrowserContext[]): Promise<string[]> {
  mkdirSync(STAGE.trouble, { recursive: true });
  const pages = contexts.flatMap((context) => context.pages());
  return Promise.all(pages.map(async (page, index) => {
    const path = join(STAGE.trouble, `${says.replace(/[^\w一-鿿]+/g, "-").slice(0, 80)}-${index + 1}.png`);
    await page.screenshot({ path, timeout: 5_000 }).catch(() => undefined);
    return `${page.url()}: ${path}`;
  }));
}
