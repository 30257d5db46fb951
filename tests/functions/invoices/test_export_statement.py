"""invoices.export_statement (spec E12)."""

from datetime import timedelta

import pytest
from mall.adapters.spreadsheets import Spreadsheets
from mall.domains.reconciliation import store as reconciliation
from mall.domains.reconciliation.bill_text import BillRow
from mall.domains.reconciliation.rules import BillKind
from mall.flows.money import export_statement
from mall.kit.clock import SHANGHAI
from mall.tables.accounts import invoices
from mall.tables.trade import orders
from sqlalchemy import update

from tests.functions.invoices import papers
from tests.functions.reconciliation import seeds
from tests.support import trade
from tests.support.shop import Shop, refused


def today(shop: Shop) -> str:
    return shop.now.astimezone(SHANGHAI).date().isoformat()


def exported(shop: Shop, **days) -> list[dict[str, str]]:
    storage = trade.storage(shop)
    days = {"from_day": today(shop), "until_day": today(shop)} | days
    answer = shop.staff("invoices.*").call("invoices.export_statement", **days)
    (key,) = storage.objects
    assert answer["url"] == f"https://storage.example/{key}?seconds=600"
    header, *rows = Spreadsheets().read(storage.objects[key])
    assert answer["rows"] == len(rows)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_payments_refunds_fees_and_invoices_stand_line_by_line(shop: Shop):
    member = shop.member()
    order_no = papers.shipped(shop, member)
    payment_no = trade.order(shop, order_no).payment_no
    invoice_id = papers.issued(shop, member, order_no)
    refund = papers.give_back(shop, order_no, 5_000)
    shop.staff("invoices.*").call("invoices.record_red_letter", invoice_id=invoice_id, number="R1",
                                  issued_on=today(shop), amount_fen=5_000)
    shop.database.run(lambda tx: tx.write(update(invoices).values(issued_on=today(shop)), rows=1))
    bill_id = seeds.bill(shop, today(shop), BillKind.TRADE)
    shop.database.run(reconciliation.add_rows, bill_id, 1, [
        BillRow("PAYMENT", payment_no, "42", "SUCCESS", 19_800, 119, shop.now),
        BillRow("REFUND", refund.refund_no, "50", "SUCCESS", 5_000, -30, shop.now)])
    rows = exported(shop)
    names = ("类别", "订单号", "商户单号", "收入(元)", "支出(元)", "手续费(元)", "发票号码", "发票金额(元)", "状态")
    assert sorted(tuple(row[name] for name in names) for row in rows) == sorted([
        ("收款", order_no, payment_no, "198.00", "0.00", "1.19", "", "0.00", ""),
        ("退款", order_no, refund.refund_no, "0.00", "50.00", "-0.30", "", "0.00", ""),
        ("发票", order_no, "", "0.00", "0.00", "0.00", "26440000000000000001", "198.00", "ISSUED"),
        ("红字发票", order_no, "", "0.00", "0.00", "0.00", "R1", "-50.00", "ISSUED")])


def test_a_payment_without_a_bill_says_that_its_fee_is_to_come(shop: Shop):
    papers.shipped(shop, shop.member())
    (row,) = exported(shop)
    assert (row["类别"], row["收入(元)"], row["手续费(元)"], row["状态"]) == ("收款", "198.00", "0.00", "手续费待账单")


def test_only_the_days_and_the_sellers_own_are_in_it(shop: Shop):
    papers.shipped(shop, shop.member())
    before = (shop.now.astimezone(SHANGHAI) - timedelta(days=1)).date().isoformat()
    assert exported(shop, from_day=before, until_day=before) == []
    shop.database.run(lambda tx: tx.write(update(orders).values(seller_id="sel_OTHER"), rows=1))
    assert exported(shop) == []


def test_a_period_that_is_none_and_too_many_rows_are_refused(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    storage, staff = trade.storage(shop), shop.staff("invoices.*")
    for until in ("2026-10-31", "2027-02-01"):
        with refused("BAD_PERIOD", status=400, field="until_day"):
            staff.call("invoices.export_statement", from_day="2026-11-01", until_day=until)
    member = shop.member()
    for _ in range(2):
        papers.shipped(shop, member)
    monkeypatch.setattr(export_statement, "MOST_ROWS", 1)
    with refused("STATEMENT_TOO_LARGE", status=422):
        staff.call("invoices.export_statement", from_day=today(shop), until_day=today(shop))
    with refused("NOT_SIGNED_IN", status=401):
        member.call("invoices.export_statement", from_day=today(shop), until_day=today(shop))
    assert storage.objects == {}


def test_invoices_that_were_reddened_long_ago_crowd_out_none_of_the_period(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    member = shop.member()
    papers.issued(shop, member, papers.shipped(shop, member))
    shop.database.run(lambda tx: tx.write(update(invoices).values(issued_on=today(shop)), rows=1))
    [now] = shop.rows(invoices)
    for number in range(4):
        old = now._asdict() | {
            "invoice_id": f"inv_OLD{number}", "active_key": None, "number": f"2500{number}", "issued_on": "2020-01-01",
            "state": "RED", "reddened_fen": 100, "changed_at": shop.now - timedelta(days=300),
            "red_letters": [{"number": f"2501{number}", "issued_on": "2020-01-02", "amount_fen": 100}]}
        shop.database.run(lambda tx, old=old: tx.insert(invoices, **old))
    monkeypatch.setattr(export_statement, "MOST_ROWS", 3)
    rows = exported(shop)
    assert [row["发票号码"] for row in rows if row["类别"] == "发票"] == [now.number]
