"""invoices.correct_request (spec E12)."""

from __future__ import annotations

import pytest

from tests.functions.invoices import papers
from tests.support.shop import Shop, refused

PAPER = {"number": "26440000000000000001", "issued_on": "2025-11-21", "amount_fen": 19_800}
MINE = {"title_kind": "PERSONAL", "title": "个人"}

pytestmark = pytest.mark.spec("E12")


def test_who_asked_corrects_it_and_who_issues_it_sees_that(shop: Shop):
    member, staff = shop.member(), shop.staff("invoices.*")
    asked = papers.request(member, papers.shipped(shop, member))["invoice_id"]
    answer = member.call("invoices.correct_request", invoice_id=asked, version=1, **MINE)
    assert answer == {"invoice_id": asked, "version": 2, "state": "REQUESTED"}
    [mine] = member.call("invoices.list_my_invoices")["items"]
    assert (mine["title_kind"], mine["title"], mine["tax_no"], mine["version"]) == ("PERSONAL", "个人", None, 2)
    before = shop.snapshot("sessions")
    with refused("INVOICE_CORRECTED", status=409, field="version"):
        staff.call("invoices.record_invoice", invoice_id=asked, **PAPER)
    assert shop.snapshot("sessions") == before
    staff.call("invoices.record_invoice", invoice_id=asked, version=2, **PAPER)
    with refused("ILLEGAL_MOVE", status=409):
        member.call("invoices.correct_request", invoice_id=asked, version=2, **MINE)


def test_a_wrong_number_an_old_version_and_a_strangers_are_refused(shop: Shop):
    member, other = shop.member(), shop.member("别人")
    asked = papers.request(member, papers.shipped(shop, member))["invoice_id"]
    member.call("invoices.correct_request", invoice_id=asked, version=1, **MINE)
    before = shop.snapshot("sessions")
    with refused("INVOICE_CORRECTED", status=409, field="version"):
        member.call("invoices.correct_request", invoice_id=asked, version=1, **MINE)
    with refused("BAD_TAX_NO", status=400, field="tax_no"):
        member.call("invoices.correct_request", invoice_id=asked, version=2, title_kind="COMPANY", title="示例")
    with refused("TAX_NO_UNCALLED_FOR", status=400, field="tax_no"):
        member.call("invoices.correct_request", invoice_id=asked, version=2, tax_no=papers.TAX_NO, **MINE)
    with refused("INVOICE_NOT_FOUND", status=404, field="invoice_id"):
        other.call("invoices.correct_request", invoice_id=asked, version=2, **MINE)
    assert shop.snapshot("sessions") == before


def test_of_a_correction_and_the_issue_at_the_same_moment_one_wins(shop: Shop):
    member, staff = shop.member(), shop.staff("invoices.*")
    asked = papers.request(member, papers.shipped(shop, member))["invoice_id"]
    shop.in_parallel(lambda: member.call("invoices.correct_request", invoice_id=asked, version=1, **MINE),
                     lambda: staff.call("invoices.record_invoice", invoice_id=asked, **PAPER))
    row = papers.row(shop, asked)
    assert (row.state, row.title, row.version) in {("ISSUED", "示例科技有限公司", 1), ("REQUESTED", "个人", 2)}
