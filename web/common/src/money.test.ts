import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { fenOf, yuan } from "./money";

test("fen are shown as yuan and come back as the same fen", () => {
  deepEqual([0, 5, 123456, -123456].map(yuan), ["0.00", "0.05", "1,234.56", "-1,234.56"]);
  for (const fen of [0, 1, 10, 99, 100, 29_00, 1_010_10, 123_456_789_01, -5]) equal(fenOf(yuan(fen)), fen);
});

test("what is no amount of whole fen is none", () => {
  deepEqual(["", "1.005", "abc", "1e3", ".5", "1.2.3", "--1"].map(fenOf), [null, null, null, null, null, null, null]);
  deepEqual(["￥1，234.5", " 29 ", "-0"].map(fenOf), [123450, 2900, 0]);
});
