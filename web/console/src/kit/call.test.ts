import assert from "node:assert/strict";
import { before, test } from "node:test";
import { openMall } from "../shell/mall";
import { useCall, useQuestion } from "./call";

interface Asked {
  body: Record<string, unknown>;
  answer: (data: object) => void;
  refuse: (message: string) => void;
}

/** What has come to the mall, each to be answered when the test says so. */
const came: Asked[] = [];

before(async () => {
  const kept = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
  Object.assign(globalThis, { localStorage: kept, sessionStorage: kept, fetch: mall });
  await openMall(() => Promise.reject(new Error("nobody is there")));
});

function mall(url: string, asked?: { body?: string }): Promise<Response> {
  if (url === "config.json") return Promise.resolve(Response.json({ api: ["http://mall.test"] }));
  return new Promise((done) => {
    const told = (answer: object): void => done(Response.json({ request_id: "req_1", ...answer }));
    came.push({
      body: JSON.parse(asked?.body ?? "{}") as Record<string, unknown>,
      answer: (data) => told({ ok: true, data }),
      refuse: (message) => told({ ok: false, error: { code: "BAD_INPUT", message, field: "title", data: {}, retryable: false } }),
    });
  });
}

async function all(many: number): Promise<Asked[]> {
  while (came.length < many) await new Promise((done) => setTimeout(done, 1));
  return came.splice(0, many);
}

test("a write that is pressed twice is one wish, whatever was typed in between", async () => {
  const end = useCall("group_buys.end_group_buy");
  const first = end.call({ group_buy_id: "gbu_1" });
  const second = end.call({ group_buy_id: "gbu_2" });
  const [only] = await all(1);
  assert.equal(end.busy, true);
  only!.answer({});
  assert.deepEqual([await first, await second, end.busy, came.length], [{}, {}, false, 0]);
  const third = end.call({ group_buy_id: "gbu_2" });
  const [again] = await all(1);
  again!.answer({});
  assert.deepEqual([again!.body, await third], [{ group_buy_id: "gbu_2" }, {}]);
});

test("of two questions on their way the later counts, in whatever order they are answered", async () => {
  for (const turn of [[0, 1], [1, 0]] as const) {
    const list = useQuestion("group_buys.list_group_buys");
    const asked = [list.call({ state: "ACTIVE" }), list.call({ state: "ENDED" })];
    const [earlier, later] = await all(2);
    assert.deepEqual([earlier!.body, later!.body], [{ state: "ACTIVE" }, { state: "ENDED" }]);
    for (const at of turn) [earlier, later][at]!.answer({ items: [at], next_cursor: null });
    assert.deepEqual(await Promise.all(asked), [null, { items: [1], next_cursor: null }]);
    assert.equal(list.busy, false);
  }
});

test("what an earlier question is refused with is not said beside the later one's answer", async () => {
  const list = useQuestion("group_buys.list_group_buys");
  const asked = [list.call({ state: "ACTIVE" }), list.call({ state: "ENDED" })];
  const [earlier, later] = await all(2);
  later!.answer({ items: [], next_cursor: null });
  await asked[1];
  earlier!.refuse("不行");
  assert.deepEqual([await asked[0], list.refused, list.errors], [null, null, {}]);
});

test("a refusal stands at its field until it is called again", async () => {
  const save = useCall("group_buys.end_group_buy");
  const first = save.call({ group_buy_id: "" });
  (await all(1))[0]!.refuse("请填写");
  assert.deepEqual([await first, save.errors], [null, { title: "请填写" }]);
  const second = save.call({ group_buy_id: "gbu_1" });
  assert.deepEqual(save.errors, {});
  (await all(1))[0]!.answer({});
  assert.deepEqual(await second, {});
});
