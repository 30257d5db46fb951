"""refunds.send_due_refunds against the payment simulator: one a minute of each payment, in doubt ask first (E6)."""

from __future__ import annotations

from typing import Any

from mall.flows.ops import audit
from mall.tables.trade import cases, order_lines, orders, refunds

from tests.functions.refunds.parts import balances, findings, place, start
from tests.support import seed
from tests.support.pay import Paying
from tests.support.shop import Shop


def paid_line(shop: Shop, paying: Paying, quantity: int = 3, price_fen: int = 1_000) -> tuple[Any, str]:
    """A line of an order that was paid at WeChat, and its payment's number."""
    goods, member = seed.product(shop, price_fen=price_fen, stock=10), shop.member()
    placed = place(shop, member, {goods.sku_id: quantity})
    payment_no = member.call("payments.start_payment", order_no=placed["order_no"])["payment_no"]
    paying.pay(payment_no)
    paying.until(lambda: shop.rows(orders, order_no=placed["order_no"])[0].state == "TO_SHIP")
    return shop.rows(order_lines, order_no=placed["order_no"])[0], payment_no


def states(shop: Shop) -> list[str]:
    return [row.state for row in shop.rows(refunds)]


def test_refunds_of_one_payment_go_out_a_minute_apart_and_all_arrive(shop: Shop, paying: Paying):
    line, payment_no = paid_line(shop, paying)
    staff = shop.staff()
    for _ in range(3):
        start(staff, line, 1)
    nothing = {"SENT": 0, "DONE": 0, "FAILED": 0, "waiting": 0, "failed": 0}
    assert shop.tick("refunds.send_due_refunds") == {**nothing, "SENT": 1, "waiting": 2}
    assert shop.tick("refunds.send_due_refunds") == nothing
    for gone in (2, 3):
        paying.move(seconds=66)
        shop.tick("refunds.send_due_refunds")
        paying.until(lambda gone=gone: states(shop).count("DONE") == gone)
    assert paying.order(payment_no)["refunded_fen"] == 3_000
    assert sorted(row.attempts for row in shop.rows(refunds)) == [1, 1, 1]
    assert (balances(shop), findings(shop)) == ({}, [])
    kept = {"orders": [paying.order(payment_no)]}
    assert shop.database.read(lambda tx: audit.against_books(tx, kept)) == []


def test_two_timers_at_once_send_one_refund_of_a_payment(shop: Shop, paying: Paying):
    line, payment_no = paid_line(shop, paying)
    staff = shop.staff()
    for _ in range(2):
        start(staff, line, 1)
    shop.in_parallel(*[lambda: shop.tick("refunds.send_due_refunds") for _ in range(4)])
    assert len(paying.order(payment_no)["refunds"]) == 1
    assert sorted(states(shop))[0] in ("DONE", "DUE") and "FAILED" not in states(shop)


def test_five_runs_at_the_same_moment_send_each_refund_once(shop: Shop, paying: Paying):
    staff = shop.staff()
    for _ in range(3):
        line, _ = paid_line(shop, paying)
        staff.call("refunds.start_refund", order_no=line.order_no, reason="不要了")
    paying.faults({"at": "refund_outcome", "do": "stuck", "times": None})
    answers = shop.in_parallel(*[lambda: shop.tick("refunds.send_due_refunds") for _ in range(5)])
    assert sum(answer["SENT"] for answer in answers) == 3
    assert [(row.state, row.attempts) for row in shop.rows(refunds)] == [("SENT", 1)] * 3
    assert set(shop.tick("refunds.send_due_refunds").values()) == {0}


def test_refunds_of_two_payments_do_not_wait_for_each_other(shop: Shop, paying: Paying):
    staff = shop.staff()
    for _ in range(2):
        start(staff, paid_line(shop, paying)[0], 1)
    assert shop.tick("refunds.send_due_refunds")["SENT"] == 2


def test_a_refund_whose_answer_was_lost_is_asked_for_under_its_number_and_not_made_twice(shop: Shop, paying: Paying):
    line, payment_no = paid_line(shop, paying)
    start(shop.staff(), line, 1)
    paying.faults({"at": "refund", "do": "429", "act": True, "order": payment_no, "times": None})  # taken all the same
    assert shop.tick("refunds.send_due_refunds")["failed"] == 1
    assert (states(shop), len(paying.order(payment_no)["refunds"])) == (["DUE"], 1)
    paying.faults({"at": "refund", "do": "refuse", "order": payment_no, "times": None})
    paying.move(minutes=3)
    shop.tick("refunds.send_due_refunds")
    paying.until(lambda: states(shop) == ["DONE"])
    assert paying.order(payment_no)["refunded_fen"] == 1_000
    assert shop.rows(cases) == []


def test_a_refund_that_wechat_found_too_frequent_is_sent_again_under_its_number(shop: Shop, paying: Paying):
    line, payment_no = paid_line(shop, paying)
    start(shop.staff(), line, 1)
    paying.faults({"at": "refund", "do": "429", "order": payment_no, "times": None})
    assert shop.tick("refunds.send_due_refunds")["failed"] == 1
    assert (states(shop), paying.order(payment_no)["refunds"]) == (["DUE"], [])
    paying.faults()
    paying.move(minutes=3)
    shop.tick("refunds.send_due_refunds")
    paying.until(lambda: states(shop) == ["DONE"])
    assert (paying.order(payment_no)["refunded_fen"], shop.rows(cases)) == (1_000, [])


def test_a_refund_about_which_wechat_does_not_answer_keeps_no_other_waiting(shop: Shop, paying: Paying, monkeypatch):
    monkeypatch.setattr("functions.refunds.send_due_refunds.MOST", 1)
    (doubtful, payment_no), (other, _) = paid_line(shop, paying), paid_line(shop, paying)
    staff = shop.staff()
    first = start(staff, doubtful, 1)["refund_no"]
    paying.faults({"at": "refund", "do": "429", "order": payment_no, "times": None},
                  {"at": "query_refund", "do": "500", "order": "*", "times": None})
    shop.tick("refunds.send_due_refunds")
    paying.move(minutes=3)
    second = start(staff, other, 1)["refund_no"]
    assert shop.tick("refunds.send_due_refunds")["failed"] == 1
    shop.tick("refunds.send_due_refunds")
    paying.until(lambda: shop.rows(refunds, refund_no=second)[0].state == "DONE")
    assert shop.rows(refunds, refund_no=first)[0].state == "DUE"
