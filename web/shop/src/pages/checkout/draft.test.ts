import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

const pages = new Map<string, string>();
Object.assign(globalThis, {
  sessionStorage: { getItem: (name: string) => pages.get(name) ?? null, setItem: (name: string, text: string) => void pages.set(name, text) },
});
const { begin, draft, forget, keyFor } = await import("./draft");

const LINE = { sku_id: "sku_1", quantity: 2, title: "茶", spec_values: [], picture_url: null };

beforeEach(forget);

test("what is about to be ordered outlives the page", () => {
  begin({ lines: [LINE], from_cart: true });
  draft.note = "放门口";
  const kept = JSON.parse(pages.get("mall.checkout") as string);
  assert.deepEqual([kept.lines, kept.from_cart, kept.note], [[LINE], true, "放门口"]);
});

test("what is begun anew has nothing of the one before", () => {
  begin({ lines: [LINE], activity_id: "grp_1" });
  draft.note = "放门口";
  begin({ lines: [LINE] });
  assert.deepEqual([draft.activity_id, draft.note, draft.coupon_ids], [null, "", null]);
});

test("the same order goes under the same key, another one under another", () => {
  begin({ lines: [LINE] });
  const key = keyFor("{a}");
  assert.equal(keyFor("{a}"), key);
  assert.equal(JSON.parse(pages.get("mall.checkout") as string).sent.key, key); // after the page was loaded anew
  const other = keyFor("{b}");
  assert.notEqual(other, key);
  begin({ lines: [LINE] });
  assert.notEqual(keyFor("{b}"), other);
});
