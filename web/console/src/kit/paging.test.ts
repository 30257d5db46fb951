import assert from "node:assert/strict";
import { test } from "node:test";
import { reactive } from "vue";
import { usePaging } from "./paging";

test("forward and back go by the cursors, and a page that did not come is not turned to", async () => {
  const asked = reactive({ busy: false });
  const seen: (string | null)[] = [];
  let next: string | null = "b";
  let comes = true;
  const pages = usePaging(asked, () => next, async () => {
    seen.push(pages.cursor);
    return comes;
  });
  await pages.forward();
  assert.deepEqual([pages.cursor, pages.number], ["b", 2]);
  comes = false;
  next = "c";
  await pages.forward();
  assert.deepEqual([pages.cursor, pages.number], ["b", 2]);
  comes = true;
  await pages.back();
  await pages.back();
  assert.deepEqual([pages.cursor, pages.number, seen], [null, 1, ["b", "c", null]]);
});

test("nothing is turned while a page is on its way, nor beyond the last", async () => {
  const asked = reactive({ busy: true });
  const pages = usePaging(asked, () => "b", () => Promise.resolve(true));
  await pages.forward();
  asked.busy = false;
  const last = usePaging(asked, () => null, () => Promise.resolve(true));
  await last.forward();
  assert.deepEqual([pages.number, last.number], [1, 1]);
});

test("a search begun while a page is turned stays at its first page", async () => {
  let fail = (): void => undefined;
  const pages = usePaging({ busy: false }, () => "b", () => new Promise((done) => (fail = () => done(false))));
  const turned = pages.forward();
  pages.restart();
  fail();
  await turned;
  assert.equal(pages.number, 1);
});
