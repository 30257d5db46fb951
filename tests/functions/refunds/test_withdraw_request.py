"""refunds.withdraw_request: the buyer's own, as long as the shop has not answered (E6)."""

from __future__ import annotations

import pytest
from mall.tables.trade import refund_requests

from tests.functions.refunds.asking import AMOUNT, accept, ask, open_request, paid
from tests.functions.refunds.parts import amounts, findings
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E6")


def test_what_is_withdrawn_is_not_accepted_any_more_and_may_be_asked_anew(shop: Shop):
    member, line = paid(shop, 1)
    ask(member, line, by_amount=AMOUNT)
    request_id, other = open_request(shop), shop.member("别人")
    before = shop.snapshot("sessions")
    with refused("REFUND_REQUEST_NOT_FOUND", status=404):
        other.call("refunds.withdraw_request", request_id=request_id)
    assert shop.snapshot("sessions") == before
    assert member.call("refunds.withdraw_request", request_id=request_id)["state"] == "WITHDRAWN"
    with refused("REFUND_REQUEST_ENDED", status=409):
        member.call("refunds.withdraw_request", request_id=request_id)
    with refused("REFUND_REQUEST_ENDED", status=409):
        accept(shop.staff(), request_id)
    assert amounts(shop) == []
    ask(member, line, by_amount=AMOUNT)
    assert [row.state for row in shop.rows(refund_requests)] == ["WITHDRAWN", "OPEN"]
    assert findings(shop) == []
