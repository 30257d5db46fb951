import { equal } from "node:assert/strict";
import { test } from "node:test";
import { csv } from "./csv";

test("what is exported opens in Excel as it was seen, and no cell is taken for a formula", () => {
  equal(csv(["订单号", "备注"], [["ord_1", 'say "hi", you'], ["=1+1", -5], [null, "a\nb"]]),
    '\ufeff订单号,备注\r\nord_1,"say ""hi"", you"\r\n\'=1+1,-5\r\n,"a\nb"\r\n');
});
