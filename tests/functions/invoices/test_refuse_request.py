"""invoices.refuse_request (spec E12)."""

from __future__ import annotations

import pytest

from tests.functions.invoices import papers
from tests.functions.ops.seeds import stranger
from tests.functions.refunds.test_refund_by_amount import give
from tests.support.shop import Shop, refused
from mall.tables.trade import order_lines

pytestmark = pytest.mark.spec("E12")


def test_the_buyer_reads_why_and_asks_anew(shop: Shop):
    member, staff, other = shop.member(), shop.staff("invoices.*"), stranger(shop)
    order_no = papers.shipped(shop, member)
    asked = papers.request(member, order_no)["invoice_id"]
    before = shop.snapshot("sessions")
    with refused("INVOICE_NOT_FOUND", status=404):
        other.call("invoices.refuse_request", invoice_id=asked, reason="抬头不对")
    with refused("BAD_INPUT", status=400, field="reason"):
        staff.call("invoices.refuse_request", invoice_id=asked, reason=" ")
    assert shop.snapshot("sessions") == before
    answer = staff.call("invoices.refuse_request", invoice_id=asked, reason="抬头与税号不符")
    assert answer == {"invoice_id": asked, "state": "REFUSED"}
    [mine] = member.call("invoices.list_my_invoices")["items"]
    assert (mine["state"], mine["refusal"]) == ("REFUSED", "抬头与税号不符")
    [listed] = staff.call("invoices.list_invoices", state="REFUSED")["items"]
    assert (listed["invoice_id"], listed["refusal"]) == (asked, "抬头与税号不符")
    with refused("ILLEGAL_MOVE", status=409):
        staff.call("invoices.refuse_request", invoice_id=asked, reason="再一次")
    papers.request(member, order_no)


def test_staff_refuse_only_the_words_that_they_read(shop: Shop):
    member, staff = shop.member(), shop.staff("invoices.*")
    asked = papers.request(member, papers.shipped(shop, member))["invoice_id"]
    member.call("invoices.correct_request", invoice_id=asked, version=1, title_kind="PERSONAL", title="个人")
    before = shop.snapshot("sessions")
    for seen in ({}, {"version": 1}, {"version": 3}):
        with refused("INVOICE_CORRECTED", status=409, field="version") as caught:
            staff.call("invoices.refuse_request", invoice_id=asked, reason="抬头不对", **seen)
        assert caught[0].data["version"] == 2
    assert shop.snapshot("sessions") == before
    [listed] = staff.call("invoices.list_invoices", state="REQUESTED")["items"]
    staff.call("invoices.refuse_request", invoice_id=asked, reason="抬头不对", version=listed["version"])
    assert papers.row(shop, asked).state == "REFUSED"


def test_of_a_correction_and_a_refusal_at_the_same_moment_one_wins(shop: Shop):
    member, staff = shop.member(), shop.staff("invoices.*")
    asked = papers.request(member, papers.shipped(shop, member))["invoice_id"]
    shop.in_parallel(
        lambda: member.call("invoices.correct_request", invoice_id=asked, version=1, title_kind="PERSONAL",
                            title="个人"),
        lambda: staff.call("invoices.refuse_request", invoice_id=asked, reason="抬头不对", version=1))
    row = papers.row(shop, asked)
    assert (row.state, row.title, row.version) in {("REFUSED", "示例科技有限公司", 1), ("REQUESTED", "个人", 2)}


def test_an_amount_that_goes_back_after_issuing_is_due_for_a_red_letter(shop: Shop):
    member = shop.member()
    order_no = papers.shipped(shop, member)
    invoice_id = papers.issued(shop, member, order_no)
    [line] = shop.rows(order_lines, order_no=order_no)
    refund_no = give(shop.staff(), line, 800, "PRICE_DIFFERENCE")["refund_no"]
    shop.relay()
    assert papers.row(shop, invoice_id).state == "ISSUED"  # the money is not back yet
    papers.arrives(shop, refund_no)
    row = papers.row(shop, invoice_id)
    assert (row.state, row.red_due_fen) == ("RED_DUE", 800)
