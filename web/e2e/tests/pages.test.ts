/** Every page opened once: no fault on it, nothing refused, nobody shut out, and nothing of it beyond the edge of a phone. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import {
  comeToBuy, fitsThePhone, goods, PHONE, scene, settled, signInAsOwner, STAGE, usableByAll,
} from "../src/index.js";

const WEB = join(process.cwd(), "..");

scene("every page of the shop, on a phone, signed in", async ({ browser }) => {
  const page = await browser(PHONE);
  await comeToBuy(page);
  const { spu_id } = await goods();
  await open(page, "shop", [...pathsOf("shop", "routes.ts"), `/products/${spu_id}`]);
});

scene("every page of the console, at a desk, as the owner", async ({ browser }) => {
  const page = await browser();
  await signInAsOwner(page);
  await open(page, "console", pathsOf("console", "screens.ts"));
});

scene("every page of the console, on a phone", async ({ browser }) => {
  const page = await browser(PHONE);
  await signInAsOwner(page);
  await open(page, "console", pathsOf("console", "screens.ts"), fitsThePhone);
});

/** The paths without a parameter, as the pages name them themselves. */
function pathsOf(page: string, file: string): string[] {
  const folder = join(WEB, page, "src", "pages");
  const texts = readdirSync(folder).map((name) => {
    try {
      return readFileSync(join(folder, name, file), "utf8");
    } catch {
      return "";
    }
  });
  return texts.flatMap((text) => [...text.matchAll(/path: "([^":*]+)"/g)].map((found) => found[1] as string));
}

/** All faults of all pages at once. Who only opens a page has typed nothing that the mall could refuse. */
async function open(page: Page, of: string, paths: string[], holds = usableByAll): Promise<void> {
  const faults: string[] = [];
  page.on("response", (answer) => {
    if (answer.status() >= 400) faults.push(`${page.url()}: ${answer.status()} ${answer.url()}`);
  });
  for (const path of paths) {
    await page.goto(`${STAGE.gateway}/${of}/#${path}`);
    await settled(page);
    await page.locator("main").getByRole("heading").or(page.locator(".van-tabbar")).first().waitFor();
    await holds(page).catch((problem: Error) => faults.push(problem.message));
    if (of === "shop") await fitsThePhone(page).catch((problem: Error) => faults.push(problem.message));
  }
  if (faults.length) throw new Error(faults.join("\n"));
}
