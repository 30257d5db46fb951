"""invoices.cancel_request (spec E12)."""

from __future__ import annotations

import pytest
from mall.tables.accounts import invoices

from tests.functions.invoices import papers
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E12")


def test_what_was_cancelled_is_not_issued_and_the_order_may_be_invoiced_anew(shop: Shop):
    member, other, staff = shop.member(), shop.member("别人"), shop.staff("invoices.*")
    order_no = papers.shipped(shop, member)
    asked = papers.request(member, order_no)["invoice_id"]
    before = shop.snapshot("sessions")
    with refused("INVOICE_NOT_FOUND", status=404):
        other.call("invoices.cancel_request", invoice_id=asked)
    assert shop.snapshot("sessions") == before
    assert member.call("invoices.cancel_request", invoice_id=asked) == {"invoice_id": asked, "state": "CANCELLED"}
    for action, more in (("invoices.record_invoice", {"number": "1", "issued_on": "2025-11-21", "amount_fen": 19_800}),
                         ("invoices.refuse_request", {"reason": "x"})):
        with refused("ILLEGAL_MOVE", status=409):
            staff.call(action, invoice_id=asked, **more)
    with refused("ILLEGAL_MOVE", status=409):
        member.call("invoices.cancel_request", invoice_id=asked)
    papers.request(member, order_no)
    assert [row.state for row in shop.rows(invoices)] == ["CANCELLED", "REQUESTED"]


def test_what_was_issued_is_not_cancelled_and_an_order_is_asked_for_so_often(shop: Shop):
    member = shop.member()
    done = papers.issued(shop, member, papers.shipped(shop, member))
    order_no = papers.shipped(shop, member)
    for _ in range(20):
        asked = papers.request(member, order_no)["invoice_id"]
        member.call("invoices.cancel_request", invoice_id=asked)
    before = shop.snapshot("sessions")
    with refused("ILLEGAL_MOVE", status=409):
        member.call("invoices.cancel_request", invoice_id=done)
    with refused("TOO_MANY_INVOICE_REQUESTS", status=422):
        papers.request(member, order_no)
    assert shop.snapshot("sessions") == before
