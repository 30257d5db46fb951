/** What a page must never do while somebody uses it. */

import type { ConsoleMessage, Page, Response } from "playwright-core";

/** The faults of a page, as they come: errors on its console, of its scripts, answers from 500, files that are not there.
 *
 * A refusal of the mall is an answer and no fault, nor is what cannot be sent while the line is cut.
 */
export function watch(page: Page, faults: string[]): void {
  page.on("console", (message) => void heard(message, faults));
  page.on("pageerror", (problem) => faults.push(`${page.url()}: ${problem.stack ?? problem.message}`));
  page.on("response", (answer) => void answered(answer, faults));
}

function heard(message: ConsoleMessage, faults: string[]): void {
  const isOfTheLine = message.text().startsWith("Failed to load resource"); // told by the answer itself, below
  if (message.type() === "error" && !isOfTheLine) faults.push(`${message.location().url}: ${message.text()}`);
}

function answered(answer: Response, faults: string[]): void {
  const isMissing = answer.status() === 404 && !new URL(answer.url()).pathname.startsWith("/api/");
  if (answer.status() >= 500 || isMissing) faults.push(`${answer.status()} ${answer.url()}`);
}
