"""invoices.record_red_letter (spec E12)."""

from mall.tables.trade import cases

from tests.functions.invoices import papers
from tests.support.shop import Refused, Shop, refused

LETTER = {"number": "26440000000000000002", "issued_on": "2025-11-22"}


def test_a_red_letter_over_a_part_leaves_the_rest_issued_and_one_over_all_ends_it(shop: Shop):
    member, staff = shop.member(), shop.staff("invoices.*")
    order_no = papers.shipped(shop, member)
    invoice_id = papers.issued(shop, member, order_no)
    papers.give_back(shop, order_no, 5_000)
    assert staff.call("invoices.record_red_letter", invoice_id=invoice_id, amount_fen=5_000, **LETTER) == {
        "invoice_id": invoice_id, "state": "ISSUED"}
    row = papers.row(shop, invoice_id)
    assert (row.amount_fen, row.red_due_fen, row.reddened_fen) == (19_800, 0, 5_000)
    assert row.red_letters == [{**LETTER, "amount_fen": 5_000}]
    papers.give_back(shop, order_no, 14_800)
    last = {**LETTER, "number": "26440000000000000003"}
    assert staff.call("invoices.record_red_letter", invoice_id=invoice_id, amount_fen=14_800, **last)["state"] == "RED"
    row = papers.row(shop, invoice_id)
    assert (row.red_due_fen, row.reddened_fen, len(row.red_letters), row.active_key) == (0, 19_800, 2, None)
    assert [(each.kind, each.state, each.note) for each in shop.rows(cases)] == [
        ("INVOICE_RED_DUE", "RESOLVED", "已登记红字发票 26440000000000000002"),
        ("INVOICE_RED_DUE", "RESOLVED", "已登记红字发票 26440000000000000003")]


def test_nothing_due_another_amount_and_a_stranger_are_refused(shop: Shop):
    member, staff = shop.member(), shop.staff("invoices.*")
    order_no = papers.shipped(shop, member)
    invoice_id = papers.issued(shop, member, order_no)
    with refused("ILLEGAL_MOVE", status=409):
        staff.call("invoices.record_red_letter", invoice_id=invoice_id, amount_fen=5_000, **LETTER)
    papers.give_back(shop, order_no, 5_000)
    before = shop.snapshot()
    with refused("INVOICE_AMOUNT_CHANGED", status=409, field="amount_fen") as caught:
        staff.call("invoices.record_red_letter", invoice_id=invoice_id, amount_fen=5_001, **LETTER)
    assert caught[0].data == {"amount_fen": 5_000}
    with refused("INVOICE_NOT_FOUND", status=404):
        staff.call("invoices.record_red_letter", invoice_id="inv_NONE", amount_fen=5_000, **LETTER)
    with refused("NOT_SIGNED_IN", status=401):
        member.call("invoices.record_red_letter", invoice_id=invoice_id, amount_fen=5_000, **LETTER)
    assert shop.snapshot() == before


def test_two_clerks_at_once_redden_once(shop: Shop):
    member = shop.member()
    order_no = papers.shipped(shop, member)
    invoice_id = papers.issued(shop, member, order_no)
    papers.give_back(shop, order_no, 5_000)
    clerks = [shop.staff("invoices.*") for _ in range(3)]
    answers = shop.in_parallel(*[lambda each=each: each.call(
        "invoices.record_red_letter", invoice_id=invoice_id, amount_fen=5_000, **LETTER) for each in clerks])
    assert sum(isinstance(answer, Refused) for answer in answers) == 2
    row = papers.row(shop, invoice_id)
    assert (row.state, row.reddened_fen, len(row.red_letters)) == ("ISSUED", 5_000, 1)
