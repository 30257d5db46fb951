"""The faults that this simulator can commit, by point, with their arguments and defaults.

Their meaning is in docs/simulators-wechat-pay.md. ``seconds`` are real ones, never scaled.
"""

from __future__ import annotations

from typing import Any

CALL: dict[str, dict[str, Any]] = {
    "202": {"act": False},
    "429": {"act": False},
    "500": {"act": False},
    "502": {"act": False},
    "refuse": {"status": 403, "code": "NO_AUTH", "message": "商户暂无权限使用此功能"},
    "timeout_before": {"seconds": 20},
    "timeout_after_accept": {"seconds": 20},
    "bad_signature": {},
    "signtest": {},
    "unknown_serial": {},
}
NOTICE: dict[str, dict[str, Any]] = {
    "lose": {},
    "delay": {"seconds": 5},
    "duplicate": {"n": 2},
    "reorder": {"seconds": 60},
    "wrong_amount": {"by_fen": 1},
    "wrong_mchid": {"mchid": "1900009999"},
    "unknown_serial": {},
    "tampered_body": {},
    "signtest": {},
}
BILL: dict[str, dict[str, Any]] = {**CALL, "creating": {}, "bad_hash": {}}
BILL_ROW: dict[str, dict[str, Any]] = {"missing_row": {}, "changed_amount": {"by_fen": 1}}
CATALOGUE: dict[str, dict[str, dict[str, Any]]] = {
    "create": {**CALL, "before_answer": {}},
    "query": {**CALL, "stale": {}},
    "close": CALL,
    "refund": {**CALL, "before_answer": {}},
    "query_refund": {**CALL, "stale": {}},
    "certificates": CALL,
    "add_receiver": CALL,
    "delete_receiver": CALL,
    "share": CALL,
    "query_share": CALL,
    "unfreeze": CALL,
    "unsplit": CALL,
    "return_share": CALL,
    "query_return": CALL,
    "pay": {"pay_after_close": {}},
    "refund_outcome": {"abnormal": {}, "closed": {}, "stuck": {}},
    "share_outcome": {"receiver_closed": {"account": "*"}, "stuck": {}},
    "return_outcome": {"failed": {"reason": "BALANCE_NOT_ENOUGH"}, "processing": {}, "stuck": {}},
    "bill.trade": BILL,
    "bill.fund": BILL,
    "bill.trade_row": {**BILL_ROW, "changed_fee": {"by_fen": 1}, "changed_state": {"state": "FAIL"}},
    "bill.fund_row": BILL_ROW,
    "bill.trade_extra": {"extra_row": {"n": 1, "total_fen": 100}},
    "notice.payment": {**NOTICE, "wrong_appid": {"appid": "wx0000000000000000"}},
    "notice.refund": {**NOTICE, "v2_xml": {}},
    "notice.sharing": {do: given for do, given in NOTICE.items() if do != "wrong_amount"},
}
