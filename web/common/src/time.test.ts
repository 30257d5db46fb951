import { equal } from "node:assert/strict";
import { test } from "node:test";
import { today } from "./time";

test("today is the shop's day, wherever the browser stands", () => {
  equal(today(Date.parse("2026-11-30T15:59:59Z")), "2026-11-30");
  equal(today(Date.parse("2026-11-30T16:00:00Z")), "2026-12-01");
});
