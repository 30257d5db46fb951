import { deepEqual } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { permits } from "./permits";

/** What the mall itself answers: [permissions, action, whether]. */
const CASES = JSON.parse(readFileSync(process.env["MALL_CONSOLE_PERMITS"] ?? "", "utf-8")) as [string[], string, boolean][];

test("the console reads a role's permissions as the mall does", () => {
  deepEqual(CASES.filter(([given, action, may]) => permits(given, action) !== may), []);
});
