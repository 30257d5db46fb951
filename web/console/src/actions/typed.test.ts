import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { Field } from "./shape";
import { addressed, blank, fromAddress, written, type Faults, type Typed } from "./typed";

const field = (name: string, more: Partial<Field>): Field => ({ name, zh: name, en: name, as: "text", ...more });
const LINE: Field[] = [field("sku_id", { needed: true }), field("quantity", { as: "number", needed: true })];
const FIELDS: Field[] = [
  field("order_no", { needed: true }),
  field("amount_fen", { as: "money" }),
  field("at", { as: "moment" }),
  field("day", { as: "day" }),
  field("notify", { as: "yes", first: true }),
  field("state", { as: "one", values: [["OPEN", "开", "Open"]], none: true }),
  field("lines", { as: "list", of: { as: "group", fields: LINE } }),
  field("codes", { as: "list", of: { as: "text" }, needed: true }),
  field("scope", { as: "group", fields: [field("kind", { first: "all" })] }),
  field("document", { as: "any" }),
];

function sent(typed: Typed): [Typed, Faults] {
  const faults: Faults = {};
  return [written(FIELDS, typed, faults), faults];
}

test("of an empty form only what has a value of its own is sent", () => {
  deepEqual(sent(blank(FIELDS)), [{ notify: true, codes: [] }, {}]);
});

test("what is typed is sent as the action takes it", () => {
  const typed = {
    ...blank(FIELDS), order_no: " ord_1 ", amount_fen: 1234, at: "2026-11-30 20:00:00", day: "2026-11-30", notify: false,
    state: "OPEN", lines: [{ sku_id: "sku_1", quantity: "2" }], codes: ["a", "", " b"], scope: { kind: "goods" },
    document: '{"a": 1}',
  };
  deepEqual(sent(typed), [{
    order_no: "ord_1", amount_fen: 1234, at: "2026-11-30T20:00:00+08:00", day: "2026-11-30", notify: false, state: "OPEN",
    lines: [{ sku_id: "sku_1", quantity: 2 }], codes: ["a", "b"], scope: { kind: "goods" }, document: { a: 1 },
  }, {}]);
});

test("what cannot be sent at all is told at its own path", () => {
  const typed = {
    ...blank(FIELDS), amount_fen: undefined, lines: [{ sku_id: "s", quantity: "1" }, { sku_id: "s", quantity: "two" }],
    document: "{",
  };
  deepEqual(sent(typed)[1], { amount_fen: "money", "lines.1.quantity": "number", document: "json" });
});

test("a form that is filled from an answer sends the same again", () => {
  const answer = {
    order_no: "ord_1", amount_fen: 0, at: "2026-11-30T12:00:00Z", day: null, notify: false, state: "OPEN", unknown: 1,
    lines: [{ sku_id: "sku_1", quantity: 2, title: "杯子" }], codes: [], scope: { kind: "goods" }, document: { b: [1] },
  };
  const { day: _, unknown: __, ...known } = answer;
  deepEqual(sent(blank(FIELDS, answer))[0], {
    ...known, at: "2026-11-30T20:00:00+08:00", lines: [{ sku_id: "sku_1", quantity: 2 }],
  });
});

test("a search stands in its address and comes out of it as it was", () => {
  const typed = { ...blank(FIELDS), order_no: "ord_1", amount_fen: 1050, notify: false, at: "2026-11-30 20:00:00" };
  const query = addressed(FIELDS, typed);
  deepEqual(query, { order_no: "ord_1", amount_fen: "1050", notify: "false", at: "2026-11-30 20:00:00" });
  deepEqual(fromAddress(FIELDS, query), typed);
});

test("an optional model is nothing until it is filled in, a needed one has its fields", () => {
  equal(blank(FIELDS)["scope"], null);
  deepEqual(blank([field("scope", { as: "group", needed: true, fields: [field("kind", { first: "all" })] })]), {
    scope: { kind: "all" },
  });
});
