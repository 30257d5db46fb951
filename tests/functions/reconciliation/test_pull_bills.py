"""reconciliation.pull_bills (spec E10)."""

import gzip
import hashlib
from datetime import timedelta
from types import SimpleNamespace

import pytest
from mall.app.context import Ctx
from mall.app.triggers import Incoming
from mall.domains.reconciliation import store
from mall.flows.money import pull_bills
from mall.tables.accounts import bill_rows, bill_tries, bills
from mall.tables.trade import cases

from tests.functions.reconciliation.days import Day
from tests.support.shop import Shop


def test_a_days_bills_are_archived_as_they_came_and_stored_row_by_row(shop: Shop, day: Day):
    _, payment_no, refund_no = day.refunded()
    day.end()
    assert day.pull() == {"pulled": 2, "empty": 12, "same": 0, "storing": 0, "failed": 0}
    trade, fund = (shop.rows(bills, day=day.date.isoformat(), kind=kind)[0] for kind in ("TRADE", "FUND"))
    assert (trade.state, trade.rows_count, fund.rows_count) == ("PULLED", 2, 4)
    assert set(day.storage.objects) == {trade.file_key, fund.file_key}
    for bill in (trade, fund):
        content = gzip.decompress(day.storage.objects[bill.file_key])
        assert bill.sha1 == hashlib.sha1(content).hexdigest()
        assert bill.file_key == f"bills/{day.date}/{bill.kind.lower()}-{bill.sha1}.csv.gz"
        asked = day.paying.adapter.trade_bill if bill is trade else day.paying.adapter.fund_flow_bill
        assert content.decode().splitlines() == list(asked(day.date).lines())
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
    assert day.pull() == {"pulled": 0, "empty": 0, "same": 0, "storing": 0, "failed": 0}
    assert shop.snapshot() == before


def test_what_is_not_ready_or_damaged_is_left_for_the_next_run_and_keeps_nobody_waiting(shop: Shop, day: Day):
    day.paid()
    day.end()
    today = day.date.isoformat()
    for fault in ("creating", "bad_hash", "500"):
        day.paying.faults({"at": "bill.trade", "do": fault, "order": today})
        assert day.pull()["failed"] == 1, fault
        assert shop.rows(bills, day=today, kind="TRADE") == []
        shop.move(hours=4)
    assert len(shop.rows(bills, day=today, kind="FUND")) == 1
    assert day.pull() == {"pulled": 1, "empty": 0, "same": 0, "storing": 0, "failed": 0}


def test_an_earlier_day_that_was_missed_is_pulled_within_a_week(shop: Shop, day: Day):
    day.paid()
    day.at(12 + 24 * 7)
    assert day.pull()["pulled"] == 2
    assert {row.day for row in shop.rows(bills)} == {
        (day.date + timedelta(days=ahead)).isoformat() for ahead in range(7)}


def test_two_pulls_at_the_same_moment_store_each_row_once(shop: Shop, day: Day, monkeypatch):
    monkeypatch.setattr(store, "STORED_AT_ONCE", 1)
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
    monkeypatch.setattr(store, "STORED_AT_ONCE", 1)
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
    assert day.pull()["pulled"] == 1  # the other bill is not kept waiting by it
    assert (cut.kind, len(shop.rows(bill_rows, bill_id=cut.bill_id))) == ("TRADE", 1)
    day.at(36.5)
    assert day.pull() == {"pulled": 1, "empty": 0, "same": 0, "storing": 0, "failed": 0}
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


def test_the_newest_day_comes_first_and_yesterdays_not_before_it_is_ready(shop: Shop, day: Day):
    day.at(24 + 10)  # ten in the morning of the day after
    due = [(each.isoformat(), kind.value) for each, kind in _due(shop)]
    assert due[0] == ((day.date - timedelta(days=1)).isoformat(), "TRADE")
    day.at(24 + 10.6)
    due = [(each.isoformat(), kind.value) for each, kind in _due(shop)]
    assert due[:3] == [(day.date.isoformat(), "TRADE"), (day.date.isoformat(), "FUND"),
                       ((day.date - timedelta(days=1)).isoformat(), "TRADE")]
    assert len(due) == 14


def _due(shop: Shop) -> list:
    return pull_bills.due(Ctx(Incoming("timer", "req_1"), shop.database, shop.house.world, shop.now))


def test_a_bill_that_kills_its_function_waits_longer_and_longer_and_keeps_no_other_waiting(
        shop: Shop, day: Day, monkeypatch):
    day.paid()
    day.end()
    today, fetch = day.date.isoformat(), pull_bills._fetch

    def die(wechat_pay, of_day, kind):
        if (of_day, kind.value) == (day.date, "TRADE"):
            raise PowerGone
        return fetch(wechat_pay, of_day, kind)

    monkeypatch.setattr(pull_bills, "_fetch", die)
    with pytest.raises(PowerGone):
        day.pull()
    counts = day.pull()  # in its next run the function gets to all the others
    assert (counts["pulled"], counts["empty"], counts["failed"]) == (1, 12, 0)
    hours = 36.0
    for attempts in (2, 3, 4):
        hours += 0.5 * 2 ** (attempts - 2)
        day.at(hours)
        with pytest.raises(PowerGone):
            day.pull()
        [tried] = shop.rows(bill_tries)
        assert (tried.day, tried.kind, tried.attempts) == (today, "TRADE", attempts)
        assert timedelta(0) < tried.try_at - shop.now - timedelta(minutes=25 * 2 ** (attempts - 1) - 1) < timedelta(
            minutes=2)
        assert day.pull()["failed"] == 0  # not before its time
    assert shop.rows(cases) == []
    day.at(hours + 4)
    with pytest.raises(PowerGone):
        day.pull()
    case, = shop.rows(cases)
    assert (case.kind, case.reference, case.data["code"]) == ("BILL_MISSING", f"{today} TRADE", "INTERRUPTED")
    monkeypatch.setattr(pull_bills, "_fetch", fetch)
    day.at(hours + 16)
    assert day.pull()["pulled"] == 1
    assert [row.state for row in shop.rows(cases)] == ["RESOLVED"]
    assert shop.rows(bill_tries) == []


def test_a_bill_larger_than_one_run_is_stored_by_several(shop: Shop, day: Day, monkeypatch):
    monkeypatch.setattr(store, "STORED_AT_ONCE", 1)
    for _ in range(3):
        day.paid()
    day.end()
    moments = iter([0] * 2)
    clock = SimpleNamespace(monotonic=lambda: next(moments, float("inf")))  # time for two batches
    with monkeypatch.context() as short:
        short.setattr(pull_bills, "time", clock)
        first = day.pull()
    assert (first["storing"], first["pulled"]) == (2, 0)
    assert [(row.row_no, "TRADE" in row.bill_id) for row in shop.rows(bill_rows)] == [(1, True), (2, True)]
    assert day.pull()["pulled"] == 2
    trade, fund = (shop.rows(bills, day=day.date.isoformat(), kind=kind)[0] for kind in ("TRADE", "FUND"))
    assert [row.row_no for row in shop.rows(bill_rows, bill_id=trade.bill_id)] == [1, 2, 3]
    assert [row.row_no for row in shop.rows(bill_rows, bill_id=fund.bill_id)] == [1, 2, 3, 4, 5, 6]
