"""invoices.redden_refunded_invoices (spec E12)."""

from mall.domains.refunds.rules import RefundFinished
from mall.kit.outbox import emit
from mall.tables.trade import cases

from tests.functions.invoices import papers
from tests.support.shop import Shop


def test_a_refund_before_issuing_lowers_the_invoice_and_one_in_full_cancels_it(shop: Shop):
    member = shop.member()
    order_no = papers.shipped(shop, member)
    asked = papers.request(member, order_no)["invoice_id"]
    papers.give_back(shop, order_no, 5_000)
    assert (papers.row(shop, asked).state, papers.row(shop, asked).amount_fen) == ("REQUESTED", 14_800)
    papers.give_back(shop, order_no, 14_800)
    row = papers.row(shop, asked)
    assert (row.state, row.amount_fen, row.active_key) == ("CANCELLED", 0, None)
    assert shop.rows(cases) == []


def test_a_refund_after_issuing_calls_back_its_amount_with_a_case(shop: Shop):
    member = shop.member()
    order_no = papers.shipped(shop, member)
    invoice_id = papers.issued(shop, member, order_no)
    papers.give_back(shop, order_no, 5_000)
    row = papers.row(shop, invoice_id)
    assert (row.state, row.amount_fen, row.red_due_fen) == ("RED_DUE", 19_800, 5_000)
    (case,) = shop.rows(cases)
    assert (case.kind, case.state, case.data) == ("INVOICE_RED_DUE", "OPEN", {
        "invoice_id": invoice_id, "order_no": order_no, "amount_fen": 5_000})
    assert case.sentence == f"订单 {order_no} 开票后退款，发票 26440000000000000001 需红冲 50.00 元"
    papers.give_back(shop, order_no, 2_000)
    assert papers.row(shop, invoice_id).red_due_fen == 7_000
    assert [(each.state, each.data["amount_fen"]) for each in shop.rows(cases)] == [("RESOLVED", 5_000),
                                                                                   ("OPEN", 7_000)]


def test_what_was_refunded_before_asking_is_not_called_back_again(shop: Shop):
    member = shop.member()
    order_no = papers.shipped(shop, member)
    told = papers.give_back(shop, order_no, 5_000)
    invoice_id = papers.issued(shop, member, order_no)
    shop.database.run(lambda tx: emit(tx, told, shop.now))  # told once more, under another event
    shop.relay()
    assert (papers.row(shop, invoice_id).state, papers.row(shop, invoice_id).amount_fen) == ("ISSUED", 14_800)
    assert shop.rows(cases) == []


def test_a_refund_of_an_order_without_invoice_or_of_no_order_changes_nothing(shop: Shop):
    member = shop.member()
    invoice_id = papers.issued(shop, member, papers.shipped(shop, member))
    papers.give_back(shop, papers.shipped(shop, member), 5_000)
    shop.database.run(lambda tx: emit(tx, RefundFinished("rfd_X", None, member.subject_id, 5_000), shop.now))
    shop.relay()
    assert papers.row(shop, invoice_id).state == "ISSUED"
    assert shop.rows(cases) == []
