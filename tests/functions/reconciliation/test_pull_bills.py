"""reconciliation.pull_bills (spec E10)."""

import hashlib
from datetime import timedelta

import pytest
from mall.domains.reconciliation import store
from mall.tables.accounts import bill_rows, bills
from mall.tables.trade import cases

from tests.functions.reconciliation.days import Day
from tests.support.shop import Shop


def test_a_days_bills_are_archived_as_they_came_and_stored_row_by_row(shop: Shop, day: Day):
    _, payment_no, refund_no = day.refunded()
    day.end()
    assert day.pull() == {"pulled": 2, "empty": 12, "same": 0, "failed": 0}
    trade, fund = (shop.rows(bills, day=day.date.isoformat(), kind=kind)[0] for kind in ("TRADE", "FUND"))
    assert (trade.state, trade.rows_count, fund.rows_count) == ("PULLED", 2, 4)
    assert set(day.storage.objects) == {trade.file_key, fund.file_key}
    for bill in (trade, fund):
        content = day.storage.objects[bill.file_key]
        assert bill.sha1 == hashlib.sha1(content).hexdigest()
        assert bill.file_key == f"bills/{day.date}/{bill.kind.lower()}-{bill.sha1}.csv"
        assert content.decode() == (day.paying.adapter.trade_bill if bill is trade
                                    else day.paying.adapter.fund_flow_bill)(day.date)
    assert [(row.entry, row.number, row.state, row.amount_fen, row.fee_fen) for row in
            shop.rows(bill_rows, bill_id=trade.bill_id)] == [
        ("PAYMENT", payment_no, "SUCCESS", 10_000, 60), ("REFUND", refund_no, "SUCCESS", 10_000, -60)]
    assert [(row.entry, row.number, row.amount_fen) for row in shop.rows(bill_rows, bill_id=fund.bill_id)] == [
        ("INCOME", payment_no, 10_000), ("FEE", payment_no, -60), ("REFUND", refund_no, -10_000),
        ("FEE_BACK", refund_no, 60)]


def test_bills_that_are_here_are_not_asked_for_again(shop: Shop, day: Day):
    day.paid()
    day.end()
    day.pull()
    before = shop.snapshot()
    day.paying.faults({"at": "bill", "do": "500", "times": None})
    assert day.pull() == {"pulled": 0, "empty": 0, "same": 0, "failed": 0}
    assert shop.snapshot() == before


def test_what_is_not_ready_or_damaged_is_left_for_the_next_run_and_keeps_nobody_waiting(shop: Shop, day: Day):
    day.paid()
    day.end()
    today = day.date.isoformat()
    for fault in ("creating", "bad_hash", "500", "bad_signature"):
        day.paying.faults({"at": "bill.trade", "do": fault, "order": today})
        assert day.pull()["failed"] == 1, fault
        assert shop.rows(bills, day=today, kind="TRADE") == []
    assert len(shop.rows(bills, day=today, kind="FUND")) == 1
    assert day.pull() == {"pulled": 1, "empty": 0, "same": 0, "failed": 0}


def test_an_earlier_day_that_was_missed_is_pulled_within_a_week(shop: Shop, day: Day):
    day.paid()
    day.at(12 + 24 * 7)
    assert day.pull()["pulled"] == 2
    assert {row.day for row in shop.rows(bills)} == {
        (day.date + timedelta(days=ahead)).isoformat() for ahead in range(7)}


def test_two_pulls_at_the_same_moment_store_each_row_once(shop: Shop, day: Day, monkeypatch):
    monkeypatch.setattr(store, "ROWS_AT_ONCE", 1)
    for _ in range(3):
        day.paid()
    day.end()
    answers = shop.in_parallel(day.pull, day.pull, day.pull)
    assert not any(isinstance(answer, Exception) for answer in answers)
    trade, fund = (shop.rows(bills, day=day.date.isoformat(), kind=kind) for kind in ("TRADE", "FUND"))
    assert [(bill.state, bill.rows_count) for bill in (*trade, *fund)] == [("PULLED", 3), ("PULLED", 6)]
    assert len(shop.rows(bill_rows)) == 9


class PowerGone(BaseException):
    """Nothing of ours goes on after it."""


def test_a_pull_that_died_on_the_way_is_finished_by_the_next(shop: Shop, day: Day, monkeypatch):
    monkeypatch.setattr(store, "ROWS_AT_ONCE", 1)
    for _ in range(3):
        day.paid()
    day.end()
    add = store.add_rows
    calls = []

    def die(tx, bill_id, first_no, rows):
        calls.append(first_no)
        if len(calls) == 2:
            raise PowerGone
        add(tx, bill_id, first_no, rows)

    monkeypatch.setattr(store, "add_rows", die)
    with pytest.raises(PowerGone):
        day.pull()
    (cut,) = [bill for bill in shop.rows(bills) if bill.file_key]
    assert (cut.state, len(shop.rows(bill_rows))) == ("STORING", 1)
    monkeypatch.setattr(store, "add_rows", add)
    assert day.pull()["pulled"] == 2
    assert len(shop.rows(bill_rows)) == 9
    assert {bill.state for bill in shop.rows(bills)} == {"PULLED"}


def test_a_bill_that_cannot_be_had_a_day_after_it_was_due_is_a_case_until_it_is_here(shop: Shop, day: Day):
    day.paid()
    day.end()
    day.paying.faults({"at": "bill.trade", "do": "bad_hash", "order": day.date.isoformat(), "times": None})
    assert day.pull()["failed"] == 1
    assert shop.rows(cases) == []
    day.at(60)
    assert day.pull()["failed"] == 1
    case, = shop.rows(cases)
    assert (case.kind, case.reference, case.state) == ("BILL_MISSING", f"{day.date.isoformat()} TRADE", "OPEN")
    assert case.sentence == f"{day.date.isoformat()} 的交易账单仍未取得（BILL_DAMAGED），当天无法对账"
    assert case.data == {"day": day.date.isoformat(), "kind": "TRADE", "code": "BILL_DAMAGED"}
    day.pull()
    assert len(shop.rows(cases)) == 1
    day.paying.faults()
    day.staff.call("reconciliation.pull_day", day=day.date.isoformat())
    assert [(row.state, row.note) for row in shop.rows(cases)] == [("RESOLVED", "账单已取得")]
