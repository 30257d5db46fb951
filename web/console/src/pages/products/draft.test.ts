import assert from "node:assert/strict";
import { test } from "node:test";
import { combined, emptyDraft, moved, written } from "./draft";

const COLOURS = { name: "颜色", values: ["黑", "白"] };
const SIZES = { name: "尺码", values: ["S", "M", "L"] };

test("every combination of the specifications stands in the table once, in their order", () => {
  const table = combined([COLOURS, SIZES], emptyDraft().skus);
  assert.deepEqual(table.map((sku) => sku.spec_values.join("/")), ["黑/S", "黑/M", "黑/L", "白/S", "白/M", "白/L"]);
});

test("a combination that was there keeps its row, and a new one begins at its neighbour's price without its code", () => {
  const [black, white] = combined([COLOURS], emptyDraft().skus);
  const priced = [{ ...black!, sku_id: "sku_1", sku_code: "B", price_fen: 990 }, { ...white!, sku_code: "W", price_fen: 1290 }];
  const table = combined([{ name: "颜色", values: ["白", "红", "黑"] }], priced);
  assert.deepEqual(table.map(({ sku_id, sku_code, price_fen }) => [sku_id, sku_code, price_fen]),
    [[null, "W", 1290], [null, "", 990], ["sku_1", "B", 990]]);
});

test("without specifications there is one SKU, and a name without values makes no column", () => {
  assert.deepEqual(combined([], combined([COLOURS], [])).map(({ spec_values }) => spec_values), [[]]);
  assert.equal(combined([COLOURS, { name: "尺码", values: [] }], []).length, 2);
});

test("what was not filled in goes to the mall as it is, for the mall to say so", () => {
  const sent = written(emptyDraft());
  assert.equal(sent.skus[0]?.price_fen, 0);
  assert.equal(sent.skus[0]?.member_price_fen, null);
  assert.deepEqual(sent.media, { video: null, carousel: [], scenes: [] });
});

test("a picture that is dragged stands where it was dropped", () => {
  assert.deepEqual(moved(["a", "b", "c", "d"], 0, 2), ["b", "c", "a", "d"]);
  assert.deepEqual(moved(["a", "b", "c", "d"], 3, 0), ["d", "a", "b", "c"]);
});
