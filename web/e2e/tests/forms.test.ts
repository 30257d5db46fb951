/** Forms of the staff's actions with what is wrong: nothing is lost, and the mall's sentence stands at its field.
 * One in four, as all take a minute; MALL_FORMS=all plays every one. */

import assert from "node:assert/strict";
import { scene, signInAsOwner } from "../src/index.js";
import { forms, listen, send, type Asked, type Sent } from "../src/drawn.js";

const EVERY = process.env["MALL_FORMS"] === "all" ? 1 : 4;

/** Past its bounds by one. */
function tooMuch({ as, most, longest }: Asked): string {
  if (as === "text") return "长".repeat((longest ?? 255) + 1);
  return as === "money" ? "99999999999" : String((most ?? 2_147_483_647) + 1);
}

function wrongWith({ action, refused, said, marked, lost }: Sent): string[] {
  return [
    ...(lost.length ? [`${action}: ${lost.join()} is lost`] : []),
    ...(refused && said !== refused.message ? [`${action}: says "${said}" for "${refused.message}"`] : []),
    ...(refused?.field && marked !== refused.message ? [`${action}: ${refused.field} is not marked`] : []),
  ];
}

scene("each form marks what is wrong with the mall's own sentence, and keeps what was typed", async ({ browser }) => {
  const page = await browser();
  await listen(page);
  await signInAsOwner(page);
  const sent: Sent[] = [];
  for (const [action, fields] of forms().filter((_, index) => index % EVERY === 0)) {
    const typed = fields.filter(({ as }) => ["text", "number", "money"].includes(as));
    const ids = fields.filter(({ name, needed }) => needed && /_(id|no)$/.test(name));
    sent.push(...(await send(page, action, [
      ...(fields.some(({ needed }) => needed) ? [{}] : []),
      Object.fromEntries(typed.map((field) => [field.name, tooMuch(field)])),
      ...(ids.length ? [Object.fromEntries(ids.map(({ name }) => [name, "nothing_here"]))] : []),
    ])));
  }
  assert.deepEqual(sent.flatMap(wrongWith), []);
  const marked = sent.filter((each) => each.marked).length;
  assert.ok(marked > 100 / EVERY, `${marked} of ${sent.length} forms were marked`);
});
