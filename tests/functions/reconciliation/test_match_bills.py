"""reconciliation.match_bills (spec E10): every seeded difference is found, and nothing else."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from mall.app.context import Ctx
from mall.app.triggers import Incoming
from mall.domains.reconciliation import store
from mall.domains.reconciliation.rules import BillKind
from mall.flows.money import match_bills
from mall.kit import clock
from mall.kit.ledger import AlreadyPosted, ledger_entries
from mall.tables.accounts import bill_rows, bills, differences
from mall.tables.trade import cases, payments, refunds

from tests.functions.reconciliation import seeds
from tests.functions.reconciliation.days import Day, clerk, found, payment
from tests.functions.reconciliation.planted import change, plant, planted, traded
from tests.support import trade
from tests.support.shop import Shop, refused


def test_a_day_that_agrees_has_no_difference(shop: Shop, day: Day):
    for _ in range(2):
        day.paid()
    day.refunded()
    day.end()
    assert day.pull()["pulled"] == 2
    before = shop.snapshot("bills", "ledger_entries")
    assert day.match() == {"days": 7, "opened": 0, "mended": 0, "standing": 0, "waiting": 0,
                           "unfinished": 0, "failed": 0}
    assert shop.snapshot("bills", "ledger_entries") == before
    (bill,) = shop.rows(bills, day=day.date.isoformat(), kind="TRADE")
    assert (bill.state, bill.rows_count) == ("MATCHED", 4)
    assert bill.totals == {
        "theirs": {"payments": 3, "payments_fen": 30_000, "refunds": 1, "refunds_fen": 10_000, "fee_fen": 120},
        "ours": {"payments": 3, "payments_fen": 30_000, "refunds": 1, "refunds_fen": 10_000}}


def test_a_refund_that_was_closed_and_sent_under_its_next_number_is_no_difference(shop: Shop, day: Day):
    order_no, payment_no = day.paid()
    day.paying.faults({"at": "refund_outcome", "do": "closed", "order": payment_no})
    refund_no = day.staff.call("refunds.start_refund", order_no=order_no, reason="不想要了")["refund_no"]
    shop.tick("refunds.send_due_refunds")
    day.paying.until(lambda: shop.rows(refunds)[0].state == "FAILED")
    day.paying.move(minutes=3)
    day.staff.call("refunds.retry_refund", refund_no=refund_no)
    shop.tick("refunds.send_due_refunds")
    day.paying.until(lambda: shop.rows(refunds)[0].state == "DONE")
    day.end()
    day.pull()
    entries = [(row.entry, row.number, row.state) for row in shop.rows(bill_rows) if row.number.startswith(refund_no)]
    assert {("REFUND", refund_no, "FAIL"), ("REFUND", f"{refund_no}-2", "SUCCESS")} < set(entries)
    assert {entry for entry, number, _ in entries if number == refund_no} >= {"REFUND", "REFUND_BACK"}
    day.match()
    assert found(shop) == []


def failed(shop: Shop, day: Day) -> tuple[str, str]:
    """A refund of a whole payment that WeChat closed: the payment's number and its own."""
    order_no, payment_no = day.paid()
    day.paying.faults({"at": "refund_outcome", "do": "closed", "order": payment_no})
    refund_no = day.staff.call("refunds.start_refund", order_no=order_no, reason="不想要了")["refund_no"]
    shop.tick("refunds.send_due_refunds")
    day.paying.until(lambda: shop.rows(refunds, refund_no=refund_no)[0].state == "FAILED")
    day.paying.move(minutes=3)
    return payment_no, refund_no


def record(day: Day, refund_no: str, how: str, number: str) -> None:
    day.staff.call("refunds.record_settled_by_hand", refund_no=refund_no, how=how, number=number, note="已退")


def in_the_platform(day: Day, payment_no: str, number: str) -> None:
    """Staff refund a whole payment in WeChat's merchant platform, of which nobody is told."""
    day.paying.faults({"at": "notice.refund", "do": "lose", "times": None})
    day.paying.adapter.refund(refund_no=number, payment_no=payment_no, refund_fen=10_000, total_fen=10_000,
                              reason="商户平台退款", notify_url=f"{day.paying.simulator['url']}/nobody")
    day.paying.until(lambda: (number, "SUCCESS") in [
        (each["out_refund_no"], each["state"]) for each in day.paying.order(payment_no)["refunds"]])


def test_refunds_that_staff_settled_by_hand_are_no_difference(shop: Shop, day: Day):
    (there, by_platform), (_, by_bank) = failed(shop, day), failed(shop, day)
    number = f"P-{by_platform}"
    in_the_platform(day, there, number)
    record(day, by_platform, "WECHAT_PLATFORM", number)
    record(day, by_bank, "BANK_TRANSFER", f"B-{by_bank}")
    day.end()
    day.pull()
    assert {(row.number, row.state) for row in shop.rows(bill_rows, entry="REFUND") if row.state} == {
        (by_platform, "FAIL"), (number, "SUCCESS"), (by_bank, "FAIL")}
    day.match()
    assert found(shop) == []
    (bill,) = shop.rows(bills, day=day.date.isoformat(), kind="TRADE")
    assert bill.totals["ours"]["refunds"] == 1
    fees = {row.about: row.amount for row in shop.rows(ledger_entries) if row.account.startswith("wechat_fee/")}
    assert fees[number] == -60
    assert shop.staff().call("ops.run_audit")["findings"] == []


def test_a_refund_in_the_platform_is_a_difference_until_it_is_recorded(shop: Shop, day: Day):
    payment_no, refund_no = failed(shop, day)
    number = f"P-{refund_no}"
    in_the_platform(day, payment_no, number)
    day.end()
    day.pull()
    day.match()
    assert found(shop) == [("MISSING_HERE", "REFUND", number)]
    record(day, refund_no, "WECHAT_PLATFORM", number)
    assert day.match()["mended"] == 1
    assert (found(shop), found(shop, "MENDED")) == ([], [("MISSING_HERE", "REFUND", number)])
    assert shop.staff().call("ops.run_audit")["findings"] == []


@pytest.mark.parametrize("told", ["ours", "nothing"])
def test_what_no_bill_has_of_a_refund_in_the_platform_and_what_ours_paid_beside_it_are_differences(
        shop: Shop, day: Day, told: str):
    payment_no, refund_no = failed(shop, day)
    number = f"P-{refund_no}"
    if told == "ours":
        in_the_platform(day, payment_no, number)
        day.paying.faults({"at": "bill.trade_row", "do": "changed_state", "order": refund_no, "state": "SUCCESS",
                           "times": None})
    record(day, refund_no, "WECHAT_PLATFORM", number)
    day.end()
    day.pull()
    day.match()
    assert found(shop) == {"ours": [("FEE", "REFUND", refund_no), ("STATE", "REFUND", refund_no)],
                           "nothing": [("MISSING_THERE", "REFUND", number)]}[told]


def test_every_seeded_difference_of_a_day_is_found_and_nothing_else(shop: Shop, day: Day):
    paid, refund, (lost_order, lost) = traded(day)
    plant(shop, day, paid, refund)
    day.end()
    assert day.pull()["pulled"] == 2
    strangers = [row.number for row in shop.rows(bill_rows) if row.number.startswith("STRANGER")]
    expected = planted(paid, refund, lost, strangers)
    assert (len(expected), len(strangers)) == (22, 2), len(expected)

    counts = day.match()

    assert found(shop) == expected
    assert (counts["opened"], counts["standing"], counts["mended"]) == (22, 0, 0)
    assert {row.reference for row in shop.rows(cases)} == {row.difference_id for row in shop.rows(differences)}
    assert {row.kind for row in shop.rows(cases)} == {"BILL_DIFFERENCE"}
    assert payment(shop, lost).ask_at <= shop.now

    before = shop.snapshot()
    assert day.match()["opened"] == 0
    assert shop.snapshot() == before  # matching again changes nothing

    # the money that WeChat took is asked for by the timer, and the difference mends by itself
    shop.tick("payments.query_stuck_payments")
    assert payment(shop, lost).state == "PAID"
    assert trade.order(shop, lost_order).state == "CLOSED" or trade.order(shop, lost_order).paid_at is not None
    assert day.match()["mended"] == 1
    assert found(shop, "MENDED") == [("MISSING_HERE", "PAYMENT", lost)]

    # WeChat writes the bills anew, without its faults: what is left is what was altered here
    day.paying.faults()
    again = clerk(shop).call("reconciliation.pull_day", day=day.date.isoformat())
    assert (again["trade"], again["fund"], again["opened"]) == ("pulled", "pulled", 0)
    assert found(shop) == sorted([
        ("AMOUNT", "PAYMENT", paid[8]), ("STATE", "PAYMENT", paid[9]), ("MISSING_HERE", "PAYMENT", paid[10]),
        ("AMOUNT", "REFUND", refund[5]), ("STATE", "REFUND", refund[6]), ("MISSING_HERE", "REFUND", refund[7])])
    assert again["mended"] == 15
    assert [row.state for row in shop.rows(bills, day=day.date.isoformat())].count("REPLACED") == 2


def test_a_payment_near_midnight_that_stands_in_the_other_days_bill_is_no_difference(shop: Shop, day: Day):
    day.at(24 - 2 / 60)
    _, late = day.paid()
    _, both = day.paid()
    day.at(24 + 1 / 60)
    _, early = day.paid()
    day.paid()
    # ours say the other day than WeChat's bill does
    change(shop, payments, payments.c.payment_no, late, paid_at=payment(shop, late).paid_at + timedelta(minutes=4))
    change(shop, payments, payments.c.payment_no, early, paid_at=payment(shop, early).paid_at - timedelta(minutes=4))
    day.at(36)
    day.pull()
    assert day.match()["opened"] == 0
    day.at(60)
    day.paying.faults({"at": "bill", "do": "missing_row", "order": both, "times": None})
    day.pull()
    assert day.match()["opened"] == 0
    assert found(shop) == []


def test_a_payment_of_the_last_minutes_that_neither_days_bill_has_is_found_the_day_after(shop: Shop, day: Day):
    day.at(24 - 2 / 60)
    _, late = day.paid()
    day.paying.faults({"at": "bill", "do": "missing_row", "order": late, "times": None})
    day.at(36)
    day.pull()
    assert day.match()["opened"] == 0
    day.at(60)
    day.pull()
    assert day.match()["opened"] == 1
    assert found(shop) == [("MISSING_THERE", "PAYMENT", late)]


def test_a_day_is_not_judged_before_both_bills_are_there(shop: Shop, day: Day):
    day.paid()
    day.end()
    day.paying.faults({"at": "bill.fund", "do": "creating", "times": None})
    day.pull()
    assert day.match() == {"days": 7, "opened": 0, "mended": 0, "standing": 0, "waiting": 7,
                           "unfinished": 0, "failed": 0}
    assert shop.rows(differences) == []
    assert {row.state for row in shop.rows(bills)} == {"PULLED"}


def test_two_matchings_at_the_same_moment_open_each_difference_once(shop: Shop, day: Day):
    for _ in range(3):
        day.paid()
    day.end()
    day.paying.faults({"at": "bill.trade_row", "do": "missing_row", "times": None})
    day.pull()
    answers = shop.in_parallel(day.match, day.match, day.match)
    assert not any(isinstance(answer, Exception) for answer in answers)
    assert [kind for kind, _, _ in found(shop)] == ["MISSING_THERE"] * 3
    assert len(shop.rows(cases)) == 3


@pytest.mark.parametrize("fault", ["changed_fee", "missing_row"])
def test_more_differences_than_one_run_opens_are_opened_by_the_next(shop: Shop, day: Day, monkeypatch, fault: str):
    for _ in range(5):
        day.paid()
    day.end()
    day.paying.faults({"at": "bill.trade_row", "do": fault, "times": None})
    day.pull()
    monkeypatch.setattr(match_bills, "MOST_DIFFERENCES", 2)
    monkeypatch.setattr(store, "ROWS_AT_ONCE", 2)
    counts = []
    for number, state in ((2, "PULLED"), (4, "PULLED"), (5, "MATCHED"), (5, "MATCHED")):
        counts.append(day.match())
        assert len(found(shop)) == number
        assert {row.state for row in shop.rows(bills, day=day.date.isoformat())} == {state}
    assert [(each["opened"], each["standing"], each["mended"]) for each in counts] == [
        (2, 0, 0), (2, 2, 0), (1, 4, 0), (0, 5, 0)]


def test_a_run_that_dies_on_its_way_leaves_the_difference_open_for_the_next(shop: Shop, monkeypatch):
    """Found by `make crash`: mended first and killed then, the day was never counted anew."""
    yesterday = (shop.now.astimezone(clock.SHANGHAI) - timedelta(days=1)).date().isoformat()
    bill_id = [seeds.bill(shop, yesterday, kind) for kind in BillKind][0]
    difference_id = seeds.difference(shop, "pay_gone", day=yesterday)

    def die(*_: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as dying:
        dying.setattr(store, "finish_match", die)
        with refused("INTERNAL"):
            shop.tick("reconciliation.match_bills")
    assert shop.rows(differences, difference_id=difference_id)[0].state == "OPEN"
    assert shop.tick("reconciliation.match_bills")["mended"] == 1
    assert shop.rows(differences, difference_id=difference_id)[0].state == "MENDED"
    assert shop.rows(bills, bill_id=bill_id)[0].totals["ours"]["payments"] == 0


def test_a_day_that_cannot_be_matched_keeps_no_other_waiting(shop: Shop, monkeypatch):
    _empty_days(shop, "2026-11-24", "2026-11-25")
    finish = store.finish_match

    def refuse(tx: Any, bill: Any, *rest: Any) -> None:
        if bill.day == "2026-11-25":
            raise AlreadyPosted()
        finish(tx, bill, *rest)

    monkeypatch.setattr(store, "finish_match", refuse)
    assert shop.tick("reconciliation.match_bills") == {
        "days": 1, "opened": 0, "mended": 0, "standing": 0, "waiting": 0, "unfinished": 0, "failed": 1}
    assert {row.day: row.state for row in shop.rows(bills)} == {"2026-11-24": "MATCHED", "2026-11-25": "PULLED"}


def test_fresh_days_are_matched_the_newest_first_and_before_old_ones_with_an_open_difference(shop: Shop):
    seeds.difference(shop, "pay_OLD", day="2026-09-30")
    _empty_days(shop, "2026-11-24", "2026-11-25")
    ctx = Ctx(Incoming("timer", "req_1"), shop.database, shop.house.world, shop.now)
    assert match_bills.days_to_match(ctx) == ["2026-11-25", "2026-11-24", "2026-09-30"]


def _empty_days(shop: Shop, *days: str) -> None:
    """Bills of these days, without a row, at noon of the 26th of November 2026."""
    shop.move(seconds=(datetime(2026, 11, 26, 12, tzinfo=clock.SHANGHAI) - shop.now).total_seconds())
    for day in days:
        for kind in BillKind:
            seeds.bill(shop, day, kind)


def test_a_matching_that_dies_goes_on_with_the_row_it_came_to(shop: Shop, day: Day, monkeypatch):
    monkeypatch.setattr(store, "ROWS_AT_ONCE", 1)
    paid = [day.paid()[1] for _ in range(4)]
    day.paying.faults({"at": "bill.trade_row", "do": "changed_fee", "order": paid[0], "by_fen": 5, "times": None},
                      {"at": "bill.trade_row", "do": "changed_fee", "order": paid[3], "by_fen": 5, "times": None})
    day.end()
    day.pull()
    judged, judge = [], match_bills._judge_rows

    def die(ctx, kind, rows):
        judged.append((kind, rows[0].row_no))
        if len(judged) == 3:
            raise RuntimeError("killed")
        return judge(ctx, kind, rows)

    monkeypatch.setattr(match_bills, "_judge_rows", die)
    with refused("INTERNAL"):
        day.match()
    [trade_bill] = shop.rows(bills, day=day.date.isoformat(), kind="TRADE")
    assert (trade_bill.state, trade_bill.matched_rows) == ("PULLED", 2)
    fees = len([row for row in shop.rows(ledger_entries) if row.reason == "FEE_CHARGED"])
    assert fees == 4  # two legs each of the first two
    day.match()
    assert judged[2:7] == [("TRADE", 3), ("TRADE", 3), ("TRADE", 4), ("FUND", 1), ("FUND", 2)]
    assert found(shop) == sorted([("FEE", "PAYMENT", paid[0]), ("FEE", "PAYMENT", paid[3])])
    assert [(row.state, row.matched_rows) for row in shop.rows(bills, day=day.date.isoformat())] == [
        ("MATCHED", None)] * 2
    assert len([row for row in shop.rows(ledger_entries) if row.reason == "FEE_CHARGED"]) == 8
    assert shop.staff().call("ops.run_audit")["findings"] == []


def test_a_day_too_large_for_one_run_is_gone_on_with_by_the_next(shop: Shop, day: Day, monkeypatch):
    monkeypatch.setattr(store, "ROWS_AT_ONCE", 1)
    for _ in range(3):
        day.paid()
    day.end()
    day.pull()
    monkeypatch.setattr(match_bills.Run, "has_time", lambda run: next(turns, False))
    runs = 0
    while {row.state for row in shop.rows(bills, day=day.date.isoformat())} != {"MATCHED"}:
        turns = iter([True] * 2)
        counts = day.match()
        runs += 1
        assert counts["unfinished"] <= 1
    assert runs == 5  # nine rows, two in a run
    assert found(shop) == []
