import assert from "node:assert/strict";
import { test } from "node:test";
import { draftOf, exampleOf, fieldsOf, type OwnTemplate } from "./draft";

const OWN: OwnTemplate = {
  template: "order_paid", version: null, template_id: null, active: false, sent_today: 0, dropped_today: 0,
  fields: [{ key: "thing2", value: "goods", text: null }, { key: "thing5", value: null, text: "我们会尽快为您安排" }],
  offers: { goods: "text", paid_fen: "fen" },
};

test("what was not set up yet begins switched on, and comes back as it was", () => {
  const draft = draftOf(OWN);
  assert.deepEqual([draft.active, draft.template_id], [true, ""]);
  assert.deepEqual(fieldsOf(draft), OWN.fields);
  assert.equal(draftOf({ ...OWN, template_id: "tpl", active: false }).active, false);
});

test("a field has a value or words, never both, and each is shown as it would stand there", () => {
  const field = { key: " thing1 ", value: "goods", text: "从前的字" };
  assert.deepEqual(fieldsOf({ ...draftOf(OWN), fields: [field] }), [{ key: "thing1", value: "goods", text: null }]);
  assert.equal(exampleOf(field, OWN.offers), "云南小粒咖啡豆等2件");
  assert.equal(exampleOf({ ...field, value: "" }, OWN.offers), "从前的字");
  assert.equal(exampleOf({ ...field, value: "gone" }, OWN.offers), "-");
});
