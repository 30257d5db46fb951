import assert from "node:assert/strict";
import { test } from "node:test";
import { meantBy } from "./spoken";

const NUMBER = "01KAYZ3T8W2M4Q6R8S0T2V4W6X";

test("what a buyer reads out is told apart by its form", () => {
  const read: [string, string, string][] = [
    [`ord_${NUMBER}`, "order_no", `ord_${NUMBER}`],
    [` pay_${NUMBER.toLowerCase()} `, "payment_no", `pay_${NUMBER.toLowerCase()}`],
    [`mem_${NUMBER}`, "member_id", `mem_${NUMBER}`],
    ["138 0013 8000", "phone", "13800138000"],
    ["138-0013-8000", "phone", "13800138000"],
    ["１３８００１３８０００", "phone", "13800138000"],
    ["4200001234202611301234567890", "transaction_id", "4200001234202611301234567890"],
    ["SF1234567890123", "tracking_no", "SF1234567890123"],
    ["75123456789012", "tracking_no", "75123456789012"],
    ["张三", "name", "张三"],
    ["阿不都·买买提", "title", "阿不都·买买提"],
    ["手工酸奶 大杯", "title", "手工酸奶 大杯"],
  ];
  for (const [said, kind, text] of read) assert.deepEqual(meantBy(said), [kind, text], said);
});
