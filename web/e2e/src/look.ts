/** Whether everybody can use a page, and pictures of it. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { STAGE } from "./stage.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
const FAULTS = ["serious", "critical"];

interface Found {
  id: string;
  impact: string;
  help: string;
  nodes: { html: string; failureSummary: string }[];
}

/** Raises for each serious or critical fault that axe finds on the page as it stands. */
export async function usableByAll(page: Page): Promise<void> {
  await page.evaluate(AXE);
  const found = (await page.evaluate(
    (rules) => (globalThis as unknown as { axe: Axe }).axe.run(document, { runOnly: rules, resultTypes: ["violations"] }),
    RULES,
  )).violations.filter((each) => FAULTS.includes(each.impact));
  if (!found.length) return;
  const told = found.flatMap(({ id, help, nodes }) => nodes.slice(0, 3).map(({ html, failureSummary }) =>
    `${id} (${help}): ${html.slice(0, 200)}\n    ${failureSummary.replace(/\s+/g, " ").slice(0, 300)}`));
  throw new Error(`${page.url()} cannot be used by all:\n${told.join("\n")}`);
}

/** Raises where one would have to push the page sideways. */
export async function fitsThePhone(page: Page): Promise<void> {
  const [has, shown] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  if (has! > shown!) throw new Error(`${page.url()} is ${has} wide, and ${shown} are seen`);
}

interface Axe {
  run(where: Document, how: object): Promise<{ violations: Found[] }>;
}

/** docs/pictures/NAME.png, when pictures are asked for (MALL_PICTURES=1). */
export async function picture(page: Page, name: string): Promise<void> {
  if (!STAGE.pictures) return;
  await settled(page);
  await page.screenshot({ path: join(STAGE.pictures, `${name}.png`), animations: "disabled" });
}

/** Until nothing is on its way any more. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle");
}
