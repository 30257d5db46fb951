import assert from "node:assert/strict";
import { test } from "node:test";

import { keep, nameOf, read, type Shelf } from "./kept";

class Shelved extends Map<string, string> implements Shelf {
  most = Infinity;
  get length() {
    return this.size;
  }
  key(index: number) {
    return [...this.keys()][index] ?? null;
  }
  getItem(name: string) {
    return this.get(name) ?? null;
  }
  setItem(name: string, value: string) {
    if (this.size >= this.most && !this.has(name)) throw new Error("QuotaExceededError");
    this.set(name, value);
  }
  removeItem(name: string) {
    this.delete(name);
  }
}

test("what was seen is there again, with when it was", () => {
  const shelf = new Shelved();
  const name = nameOf("catalog.get_product", { spu_id: "spu_1" });
  keep(shelf, name, { title: "茶" }, 7);
  assert.deepEqual(read(shelf, name), { at: 7, data: { title: "茶" } });
  assert.equal(read(shelf, nameOf("catalog.get_product", { spu_id: "spu_2" })), null);
});

test("what is no answer of the mall is nothing", () => {
  const shelf = new Shelved([["a", "{half"], ["b", "null"], ["c", '{"data": 1}']]);
  assert.deepEqual(["a", "b", "c"].map((name) => read(shelf, name)), [null, null, null]);
});

test("the oldest make room, and what others keep in this browser stays", () => {
  const shelf = new Shelved([["somebody's", "else"]]);
  for (let at = 1; at <= 100; at++) keep(shelf, nameOf("catalog.list_products", { q: at }), at, at);
  assert.equal(shelf.size, 61);
  assert.equal(shelf.get("somebody's"), "else");
  assert.equal(read(shelf, nameOf("catalog.list_products", { q: 40 })), null);
  assert.equal(read(shelf, nameOf("catalog.list_products", { q: 41 }))?.data, 41);
});

test("a browser without room keeps nothing, and the page goes on", () => {
  const shelf = new Shelved();
  shelf.most = 2;
  for (let at = 1; at <= 3; at++) keep(shelf, nameOf("catalog.list_products", { q: at }), at, at);
  assert.equal(shelf.size, 0);
});
