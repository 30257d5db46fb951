/** A page drawn from an action's models, filled in and sent within the page itself: all of them in one go. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";

const FOLDER = join(process.cwd(), "..", "console", "src", "generated", "actions");

export interface Asked {
  name: string;
  as: string;
  needed?: boolean;
  most?: number;
  longest?: number;
  of?: { as: string };
}

/** What the form of each staff action asks for; those that ask for nothing are left out. */
export function forms(): [action: string, fields: Asked[]][] {
  const all = readdirSync(FOLDER).flatMap((file) =>
    Object.entries(JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as Record<string, { asks: Asked[] }>));
  return all.map(([action, { asks }]): [string, Asked[]] =>
    [action, asks.filter(({ name }) => !["cursor", "limit"].includes(name))]).filter(([, fields]) => fields.length);
}

export interface Sent {
  action: string;
  /** What the mall said; null where the page itself saw that it cannot be sent. */
  refused: { message: string; field: string | null } | null;
  /** The sentence above the button, and the one at the field that was refused. */
  said: string | null;
  marked: string | null;
  /** The fields in which something else stands than what was typed. */
  lost: string[];
}

/** Once before the page is opened: the mall's refusals can be read by `send`. */
export async function listen(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const asked = window.fetch;
    // of the action alone, not of what its page looks up
    const told = globalThis as unknown as { told: unknown; asks: string };
    window.fetch = async (...given) => {
      const answer = await asked(...given);
      if (String(given[0]).endsWith(`/api/${told.asks}`)) told.told = await answer.clone().json().catch(() => null);
      return answer;
    };
  });
}

/** Opens the action's page, types into those fields that can be typed into, and presses its button: once for each of
 * `tries`. What asks once more is told yes. */
export function send(page: Page, action: string, tries: Record<string, string>[]): Promise<Sent[]> {
  return page.evaluate(async ([action, tries]) => {
    const told = globalThis as unknown as { told: unknown; asks: string };
    told.asks = action.replace(".", "/");
    const all = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)];
    const at = (path: string) => document.getElementById(`field-${path.replaceAll(".", "-")}`) as HTMLInputElement | null;
    const said = () => document.querySelector(".refusal p")?.textContent ?? null;
    const soon = (milliseconds = 0) => new Promise((on) => setTimeout(on, milliseconds));
    const until = async (what: string, found: () => unknown) => {
      for (const ends = Date.now() + 20_000; !found(); await soon(5)) {
        if (Date.now() > ends) throw new Error(`${action}: ${what} did not come`);
      }
    };
    const type = async (path: string, text: string) => {
      const field = at(path)!;
      const of = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
      Object.getOwnPropertyDescriptor(of.prototype, "value")!.set!.call(field, text); // past what the keyboard may
      field.dispatchEvent(new Event("input", { bubbles: true }));
      await soon();
    };
    const button = () => document.querySelector<HTMLButtonElement>("form button[type=submit]")!;
    const press = async () => {
      await until("its button", () => !button().disabled && !button().classList.contains("is-loading"));
      told.told = null;
      button().click();
      await soon(10);
      all("[role=dialog] .el-dialog__footer .el-button--primary").filter((yes) => yes.offsetParent).forEach((yes) => yes.click());
      await until("an answer", () => told.told || document.querySelector("form .field .wrong[role=alert]"));
    };
    location.hash = `#/actions/${action}`;
    await until("the form", () => all("h1 + p code").some((code) => code.textContent === action));
    const sent: Sent[] = [];
    for (const typed of tries) {
      const plain = Object.entries(typed).filter(([path]) => /el-(input|textarea)__inner/.test(at(path)?.className ?? ""));
      for (const [path, text] of plain) await type(path, text);
      await press();
      const refused = (told.told as { error?: Sent["refused"] } | null)?.error ?? null;
      if (refused) await until("the sentence", () => said() === refused.message);
      const wrong = refused?.field ? at(`${refused.field}.label`)?.closest(".field.faulty") : null;
      sent.push({
        action, refused, said: said(), marked: wrong?.querySelector(":scope > .wrong")?.textContent ?? null,
        lost: plain.filter(([path, text]) => at(path)?.value !== text).map(([path]) => path),
      });
    }
    return sent;
  }, [action, tries] as const);
}
