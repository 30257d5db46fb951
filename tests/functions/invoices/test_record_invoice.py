"""invoices.record_invoice (spec E12)."""

from datetime import timedelta

from mall.kit.clock import SHANGHAI
from mall.tables.accounts import invoices
from sqlalchemy import update

from tests.functions.invoices import papers
from tests.support.shop import Shop, refused

PAPER = {"number": "26440000000000000001", "issued_on": "2025-11-21", "amount_fen": 19_800}


def test_an_issued_invoice_has_its_number_its_day_and_its_file(shop: Shop):
    member, staff = shop.member(), shop.staff("invoices.*")
    asked = papers.request(member, papers.shipped(shop, member))["invoice_id"]
    answer = staff.call("invoices.record_invoice", invoice_id=asked, file_url="https://files.example/1.pdf", **PAPER)
    assert answer == {"invoice_id": asked, "state": "ISSUED"}
    row = papers.row(shop, asked)
    assert (row.state, row.number, row.issued_on, row.file_url, row.issued_at is not None) == (
        "ISSUED", PAPER["number"], "2025-11-21", "https://files.example/1.pdf", True)


def test_a_wrong_amount_a_taken_number_a_second_time_and_a_strangers_are_refused(shop: Shop):
    member, staff = shop.member(), shop.staff("invoices.*")
    done = papers.issued(shop, member, papers.shipped(shop, member))
    asked = papers.request(member, papers.shipped(shop, member))["invoice_id"]
    foreign = papers.request(member, papers.shipped(shop, member))["invoice_id"]
    shop.database.run(lambda tx: tx.write(
        update(invoices).where(invoices.c.invoice_id == foreign).values(seller_id="sel_OTHER"), rows=1))
    before = shop.snapshot()
    with refused("INVOICE_AMOUNT_CHANGED", status=409, field="amount_fen") as caught:
        staff.call("invoices.record_invoice", invoice_id=asked, **{**PAPER, "amount_fen": 19_801})
    assert caught[0].data == {"amount_fen": 19_800}
    with refused("INVOICE_NUMBER_TAKEN", status=409, field="number"):
        staff.call("invoices.record_invoice", invoice_id=asked, **PAPER)
    with refused("ILLEGAL_MOVE", status=409):
        staff.call("invoices.record_invoice", invoice_id=done, **PAPER)
    with refused("INVOICE_NOT_FOUND", status=404, field="invoice_id"):
        staff.call("invoices.record_invoice", invoice_id=foreign, **PAPER)
    with refused("BAD_INPUT", status=400, field="file_url"):
        staff.call("invoices.record_invoice", invoice_id=asked, file_url="javascript:alert(1)", **PAPER)
    with refused("NOT_SIGNED_IN", status=401):
        member.call("invoices.record_invoice", invoice_id=asked, **PAPER)
    assert shop.snapshot() == before


def test_what_was_refunded_before_issuing_is_not_invoiced(shop: Shop):
    member, staff = shop.member(), shop.staff("invoices.*")
    order_no = papers.shipped(shop, member)
    asked = papers.request(member, order_no)["invoice_id"]
    papers.give_back(shop, order_no, 9_900)
    with refused("INVOICE_AMOUNT_CHANGED", status=409):
        staff.call("invoices.record_invoice", invoice_id=asked, **PAPER)
    staff.call("invoices.record_invoice", invoice_id=asked, **{**PAPER, "amount_fen": 9_900})
    assert (papers.row(shop, asked).state, papers.row(shop, asked).amount_fen) == ("ISSUED", 9_900)


def test_no_invoice_and_no_red_letter_is_of_a_day_after_tomorrow(shop: Shop):
    member, staff = shop.member(), shop.staff("invoices.*")
    asked = papers.request(member, papers.shipped(shop, member))["invoice_id"]
    today = shop.now.astimezone(SHANGHAI).date()
    tomorrow, later = (today + timedelta(days=days) for days in (1, 2))
    before = shop.snapshot()
    for action in ("invoices.record_invoice", "invoices.record_red_letter"):
        with refused("ISSUED_LATER", status=400, field="issued_on"):
            staff.call(action, invoice_id=asked, **{**PAPER, "issued_on": later.isoformat()})
    assert shop.snapshot() == before
    staff.call("invoices.record_invoice", invoice_id=asked, **{**PAPER, "issued_on": tomorrow.isoformat()})
    assert papers.row(shop, asked).issued_on == tomorrow.isoformat()
