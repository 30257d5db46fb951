import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { draftOf, emptyDraft, mostOf, savedOf, termsOf, type Row } from "./draft";

test("what another kind was given is not sent", () => {
  const draft = { ...emptyDraft(), threshold_fen: 30_000, off_fen: 5_000, percent: 80, cap_fen: 900 };
  const rest = { scope: { kind: "all", ids: [] }, stack_group: "" };
  deepEqual(termsOf(draft), { threshold_fen: 30_000, off_fen: 5_000, percent: 100, cap_fen: null, ...rest });
  deepEqual(termsOf({ ...draft, kind: "discount" }), { threshold_fen: 30_000, off_fen: 0, percent: 80, cap_fen: 900, ...rest });
  deepEqual(termsOf({ ...draft, kind: "no_threshold" }), { threshold_fen: 0, off_fen: 5_000, percent: 100, cap_fen: null, ...rest });
  deepEqual(termsOf({ ...draft, kind: "free_shipping" }), { threshold_fen: 30_000, off_fen: 0, percent: 100, cap_fen: 900, ...rest });
});

test("it is good for some days, or in a window, not both", () => {
  const draft = {
    ...emptyDraft(), claim_from: "2026-12-01 00:00:00", claim_until: "2026-12-08 00:00:00", valid_days: 3, valid_from: "2026-12-01 00:00:00",
    valid_until: "2026-12-31 00:00:00",
  };
  const days = savedOf(draft);
  deepEqual([days.valid_days, days.valid_from, days.valid_until], [3, null, null]);
  const window = savedOf({ ...draft, lasts: "window" });
  deepEqual([window.valid_days, window.valid_from, window.valid_until], [null, "2026-12-01T00:00:00+08:00", "2026-12-31T00:00:00+08:00"]);
});

test("what was saved is edited as it was", () => {
  const row: Row = {
    template_id: "cpt_1", version: 2, kind: "free_shipping", title: "包邮", offer: "", channel: "CODE", quota: 9, claimed: 0, used: 0, codes: 0,
    per_member: 2, claim_from: "2026-11-30T16:00:00Z", claim_until: "2026-12-07T16:00:00Z", valid_from: "2026-11-30T16:00:00Z",
    valid_until: "2026-12-30T16:00:00Z", valid_days: null, state: "ACTIVE", created_at: "2026-11-30T00:00:00Z",
    terms: { threshold_fen: 100, off_fen: 0, percent: 100, cap_fen: 700, scope: { kind: "goods", ids: ["spu_1"] }, stack_group: "" },
  };
  const saved = savedOf(draftOf(row));
  deepEqual(saved.terms, row.terms);
  deepEqual([saved.claim_from, saved.valid_until, saved.valid_days], ["2026-12-01T00:00:00+08:00", "2026-12-31T00:00:00+08:00", null]);
  equal(mostOf(draftOf(row)), 700);
  equal(mostOf({ ...emptyDraft(), kind: "discount" }), null);
});
