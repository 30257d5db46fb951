"""invoices.request_invoice (spec E12)."""

import pytest
from mall.tables.accounts import invoices

from tests.functions.invoices import papers
from tests.support import seed, trade
from tests.support.shop import Refused, Shop, refused


def test_a_company_asks_for_what_it_paid(shop: Shop):
    member = shop.member()
    order_no = papers.shipped(shop, member)
    answer = papers.request(member, order_no)
    (row,) = shop.rows(invoices)
    assert answer == {"invoice_id": row.invoice_id, "amount_fen": 19_800, "state": "REQUESTED"}
    assert (row.order_no, row.member_id, row.title_kind, row.title, row.tax_no, row.amount_fen, row.state) == (
        order_no, member.subject_id, "COMPANY", "示例科技有限公司", papers.TAX_NO, 19_800, "REQUESTED")


def test_a_person_asks_without_a_tax_number_and_for_what_was_not_refunded(shop: Shop):
    member = shop.member()
    order_no = papers.shipped(shop, member)
    papers.give_back(shop, order_no, 5_000)
    assert papers.request(member, order_no, title_kind="PERSONAL", title="张三", tax_no=None)["amount_fen"] == 14_800


@pytest.mark.parametrize(
    "tax_no", ["91350100M000100Y44", "91350100MO00100Y43", "123456789012345670", "1234567890123456"])
def test_a_wrong_tax_number_is_refused(shop: Shop, tax_no: str):
    member = shop.member()
    order_no = papers.shipped(shop, member)
    before = shop.snapshot()
    with refused("BAD_TAX_NO", status=400, field="tax_no"):
        papers.request(member, order_no, tax_no=tax_no)
    with refused("BAD_TAX_NO", status=400, field="tax_no"):
        papers.request(member, order_no, tax_no=None)
    with refused("TAX_NO_UNCALLED_FOR", status=400, field="tax_no"):
        papers.request(member, order_no, title_kind="PERSONAL")
    assert shop.snapshot() == before


def test_what_is_not_sent_not_paid_or_somebody_elses_is_refused(shop: Shop):
    member, other = shop.member(), shop.member("小明")
    goods = seed.product(shop)
    unpaid = trade.place(shop, member, goods.sku_id)["order_no"]
    waiting = trade.paid_order(shop, member, goods.sku_id)
    sent = papers.shipped(shop, member)
    returned = papers.shipped(shop, member)
    papers.give_back(shop, returned, 19_800)
    before = shop.snapshot()
    for order_no in (unpaid, waiting):
        with refused("NOT_INVOICEABLE", status=422):
            papers.request(member, order_no)
    with refused("NOTHING_TO_INVOICE", status=422):
        papers.request(member, returned)
    for order_no in (sent, "ord_NONE"):
        with refused("ORDER_NOT_FOUND", status=404, field="order_no"):
            papers.request(other, order_no)
    with refused("NOT_SIGNED_IN", status=401):
        papers.request(shop.nobody, sent)
    assert shop.snapshot() == before


def test_an_order_has_one_invoice_however_often_it_is_asked_for_at_once(shop: Shop):
    member = shop.member()
    order_no = papers.shipped(shop, member)
    answers = shop.in_parallel(*[lambda: papers.request(member, order_no)] * 4)
    refusals = [answer.code for answer in answers if isinstance(answer, Refused)]
    assert refusals == ["INVOICE_EXISTS"] * 3
    assert len(shop.rows(invoices)) == 1
