import assert from "node:assert/strict";
import { test } from "node:test";
import { lastDays, shownAs } from "./charts";

test("the last days end with today in Shanghai, wherever the browser stands", () => {
  const late = Date.parse("2026-11-30T17:00:00Z"); // one in the morning of the first there
  assert.deepEqual(lastDays(1, late), ["2026-12-01", "2026-12-01"]);
  assert.deepEqual(lastDays(7, late), ["2026-11-25", "2026-12-01"]);
});

test("fen are shown as yuan and counts as they are", () => {
  const day = { day: "2026-11-30", takings_fen: 123456, orders: 7 };
  assert.equal(shownAs({ name: "takings_fen", title: { zh: "", en: "" } }, day), "1234.56");
  assert.equal(shownAs({ name: "orders", title: { zh: "", en: "" } }, day), "7");
});
