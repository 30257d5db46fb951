"""refunds.list_requests: what buyers ask back, as staff see it (E6)."""

from __future__ import annotations

import pytest

from tests.functions.ops.seeds import stranger
from tests.functions.refunds.asking import AMOUNT, ask, paid, refuse
from tests.support.shop import Shop

pytestmark = pytest.mark.spec("E6")


def test_each_request_with_its_order_by_state_and_page(shop: Shop):
    member, first = paid(shop, 1)
    ask(member, first, note="昨天刚买", by_amount={**AMOUNT, "line_ids": [first.line_id]})
    refuse(shop)
    ask(member, first, by_amount=AMOUNT)
    [unnamed] = shop.staff().call("refunds.list_requests", state="OPEN")["items"]
    assert unnamed["request"]["line_ids"] is None
    refuse(shop)
    other, second = paid(shop, 2)
    ask(other, second, reason="DAMAGED", lines=[{"line_id": second.line_id, "quantity": 1}])
    staff = shop.staff()
    page = staff.call("refunds.list_requests", limit=1)
    newest, = page["items"]
    assert (newest["order_no"], newest["order_state"], newest["pay_fen"], newest["refunded_fen"], newest["lines"]) == (
        second.order_no, "TO_SHIP", 20_000, 0, [{"line_id": second.line_id, "quantity": 1}])
    _, oldest = staff.call("refunds.list_requests", limit=2, cursor=page["next_cursor"])["items"]
    assert (oldest["request"]["state"], oldest["request"]["note"], oldest["request"]["kind_words"],
            oldest["request"]["asked_fen"], oldest["lines"], oldest["request"]["line_ids"]) == (
        "REFUSED", "昨天刚买", "退差价", 1_000, None, [first.line_id])
    waiting = staff.call("refunds.list_requests", state="OPEN")["items"]
    assert [each["order_no"] for each in waiting] == [second.order_no]
    assert stranger(shop).call("refunds.list_requests") == {"items": [], "next_cursor": None}
