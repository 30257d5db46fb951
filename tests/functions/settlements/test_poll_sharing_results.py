"""settlements.poll_sharing_results: how shares and returns ended, which nobody tells us; and what a refund calls back
before it goes out (E7)."""

from __future__ import annotations

from typing import Any

from mall.tables.settlements import share_lines, share_returns, shares
from mall.tables.trade import cases, order_lines, refunds

from tests.functions.refunds.parts import balances, start
from tests.functions.settlements.parts import differences, finish, frozen_order, receiver, shared_order, turn_on
from tests.support.pay import Paying
from tests.support.shop import Shop


def refund_all(shop: Shop, order_no: str) -> str:
    return shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")["refund_no"]


def send_until_done(shop: Shop, paying: Paying) -> None:
    """Send, and wait for every refund to arrive."""
    for _ in range(4):
        shop.tick("refunds.send_due_refunds")
        if all(row.state == "SENT" or row.state == "DONE" for row in shop.rows(refunds)):
            break
        paying.move(minutes=2)
    paying.until(lambda: all(row.state == "DONE" for row in shop.rows(refunds)))


def returned(shop: Shop) -> list[tuple[Any, ...]]:
    return [(row.state, row.amount_fen) for row in shop.rows(share_returns)]


def test_a_receiver_that_is_closed_gets_nothing_and_staff_a_case(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop, "1900000201", 1_500), receiver(shop, "1900000202", 500)
    _, payment_no = frozen_order(shop, paying)
    paying.faults({"at": "share_outcome", "do": "receiver_closed", "account": "1900000202", "order": payment_no})
    shop.tick("settlements.share_finished_orders")
    finish(shop, paying, payment_no)
    assert shop.rows(shares)[0].state == "DONE"
    assert sorted((row.account, row.state, row.problem) for row in shop.rows(share_lines)) == [
        ("1900000201", "SUCCESS", None), ("1900000202", "CLOSED", "ACCOUNT_ABNORMAL")]
    assert [(case.kind, case.data["amount_fen"]) for case in shop.rows(cases)] == [("SHARE_FAILED", 500)]
    assert balances(shop)["wechat"] == 8_500
    assert differences(shop, paying, payment_no) == []


def test_polling_waits_for_a_share_that_is_stuck(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    _, payment_no = frozen_order(shop, paying)
    paying.faults({"at": "share_outcome", "do": "stuck", "order": payment_no})
    shop.tick("settlements.share_finished_orders")
    paying.move(minutes=2)
    assert shop.tick("settlements.poll_sharing_results")["SENT"] == 1
    assert shop.tick("settlements.poll_sharing_results") == {"SENT": 0, "DONE": 0, "FAILED": 0, "failed": 0}
    paying.client.post(f"/_sim/sharings/{shop.rows(shares)[0].share_no}", json={}).raise_for_status()
    paying.move(minutes=5)
    answers = shop.in_parallel(*[lambda: shop.tick("settlements.poll_sharing_results") for _ in range(3)])
    assert sum(answer["DONE"] for answer in answers) == 1
    assert differences(shop, paying, payment_no) == []


def test_before_a_refund_what_was_shared_is_called_back_and_so_the_balance_suffices(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    order_no, payment_no = shared_order(shop, paying)
    paying.client.post("/_sim/withdraw").raise_for_status()
    refund_no = refund_all(shop, order_no)
    send_until_done(shop, paying)
    assert returned(shop) == [("DONE", 1_500)]
    assert (shop.rows(share_returns)[0].refund_no, shop.rows(share_lines)[0].returned_fen) == (refund_no, 1_500)
    assert [(each["amount_fen"], each["result"]) for each in paying.order(payment_no)["returns"]] == [
        (1_500, "SUCCESS")]
    assert (balances(shop), shop.rows(cases)) == ({}, [])
    assert differences(shop, paying, payment_no) == []


def test_parts_of_an_order_call_back_their_part_of_the_share(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop, "1900000201", 1_000), receiver(shop, "1900000202", 999)
    order_no, payment_no = shared_order(shop, paying, quantity=3, price_fen=3_333)
    line, staff = shop.rows(order_lines, order_no=order_no)[0], shop.staff()
    assert sorted(row.amount_fen for row in shop.rows(share_lines)) == [999, 999]
    start(staff, line, 1)
    send_until_done(shop, paying)
    assert sorted(row.amount_fen for row in shop.rows(share_returns)) == [333, 333]
    paying.move(minutes=2)
    start(staff, line, 2)
    send_until_done(shop, paying)
    assert [row.returned_fen - row.amount_fen for row in shop.rows(share_lines)] == [0, 0]
    assert differences(shop, paying, payment_no) == []


def test_a_refund_waits_for_the_share_and_for_its_return(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    order_no, payment_no = frozen_order(shop, paying)
    paying.faults({"at": "share_outcome", "do": "stuck", "order": payment_no},
                  {"at": "return_outcome", "do": "stuck", "order": payment_no})
    shop.tick("settlements.share_finished_orders")
    refund_all(shop, order_no)
    assert shop.tick("refunds.send_due_refunds")["waiting"] == 1
    assert (returned(shop), paying.order(payment_no)["refunds"]) == ([], [])
    paying.client.post(f"/_sim/sharings/{shop.rows(shares)[0].share_no}", json={}).raise_for_status()
    paying.move(minutes=2)
    shop.tick("settlements.poll_sharing_results")
    assert shop.tick("refunds.send_due_refunds")["waiting"] == 1
    assert returned(shop) == [("SENT", 1_500)]
    paying.client.post(f"/_sim/returns/{shop.rows(share_returns)[0].return_no}", json={}).raise_for_status()
    paying.move(minutes=2)
    assert shop.tick("settlements.poll_sharing_results")["DONE"] == 1
    assert (shop.rows(share_returns)[0].state, paying.order(payment_no)["refunds"]) == ("DONE", [])
    send_until_done(shop, paying)
    assert paying.order(payment_no)["refunded_fen"] == 10_000
    assert differences(shop, paying, payment_no) == []


def test_a_return_that_fails_opens_a_case_and_the_refund_goes_on_from_our_own_balance(shop: Shop, paying: Paying):
    _, other = frozen_order(shop, paying)  # while the mode is off: its money is free
    turn_on(shop)
    receiver(shop)
    order_no, payment_no = shared_order(shop, paying)
    paying.faults({"at": "return_outcome", "do": "failed", "order": payment_no})
    refund_no = refund_all(shop, order_no)
    send_until_done(shop, paying)
    assert (returned(shop), shop.rows(share_lines, share_no=shop.rows(share_returns)[0].share_no)[0].returned_fen) == (
        [("FAILED", 1_500)], 0)
    case = shop.rows(cases)[0]
    assert (case.kind, case.data["refund_no"], "BALANCE_NOT_ENOUGH" in case.sentence) == (
        "SHARE_RETURN_FAILED", refund_no, True)
    assert differences(shop, paying, payment_no, other) == []


def test_without_the_receivers_part_and_without_balance_the_refund_fails_with_its_own_case(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    order_no, payment_no = shared_order(shop, paying)
    paying.client.post("/_sim/withdraw").raise_for_status()
    paying.faults({"at": "return_outcome", "do": "failed", "order": payment_no})
    refund_all(shop, order_no)
    assert shop.tick("refunds.send_due_refunds")["FAILED"] == 1
    assert sorted(case.kind for case in shop.rows(cases)) == ["REFUND_FAILED", "SHARE_RETURN_FAILED"]
    assert "NOT_ENOUGH" in shop.rows(refunds)[0].problem
    assert differences(shop, paying, payment_no) == []


def test_a_return_whose_answer_was_lost_is_found_under_its_number(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    order_no, payment_no = shared_order(shop, paying)
    paying.faults({"at": "return_share", "do": "429", "act": True, "order": payment_no})
    refund_all(shop, order_no)
    assert shop.tick("refunds.send_due_refunds")["failed"] == 1
    assert (returned(shop), len(paying.order(payment_no)["returns"])) == ([("DUE", 1_500)], 1)
    paying.faults({"at": "return_share", "do": "refuse", "order": payment_no, "times": None})
    paying.move(minutes=2)
    send_until_done(shop, paying)
    assert (returned(shop), shop.rows(cases)) == ([("DONE", 1_500)], [])
    assert differences(shop, paying, payment_no) == []


def test_what_a_person_got_is_not_called_back(shop: Shop, paying: Paying):
    _, other = frozen_order(shop, paying)  # while the mode is off: its money is free
    turn_on(shop)
    receiver(shop, "openid-of-staff", 1_000, kind="PERSONAL_OPENID", relation="STAFF", name=None)
    receiver(shop, "1900000201", 500)
    order_no, payment_no = shared_order(shop, paying)
    refund_all(shop, order_no)
    send_until_done(shop, paying)
    assert returned(shop) == [("DONE", 500)]
    assert balances(shop)[f"shared/{shop.rows(shares)[0].seller_id}"] == 1_000
    assert differences(shop, paying, payment_no, other) == []


def test_sharing_and_refunding_at_the_same_moment_end_with_the_buyer_paid_once_and_nothing_lost(
        shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    orders = [frozen_order(shop, paying) for _ in range(3)]
    works = [lambda: shop.tick("settlements.share_finished_orders"), lambda: shop.tick("refunds.send_due_refunds")]
    shop.in_parallel(*[lambda order_no=order_no: refund_all(shop, order_no) for order_no, _ in orders], *works, *works)
    for _ in range(6):
        paying.until(lambda: all(share["state"] == "FINISHED" for _, payment_no in orders
                                 for share in paying.order(payment_no)["shares"]))
        paying.move(minutes=5)
        shop.in_parallel(lambda: shop.tick("settlements.poll_sharing_results"), *works)
        if all(row.state in ("SENT", "DONE") for row in shop.rows(refunds)):
            break
    paying.until(lambda: [row.state for row in shop.rows(refunds)] == ["DONE"] * 3)
    assert [paying.order(payment_no)["refunded_fen"] for _, payment_no in orders] == [10_000] * 3
    assert {row.state for row in shop.rows(shares)} <= {"DONE"}
    assert [row.amount_fen for row in shop.rows(share_lines)] == [row.returned_fen for row in shop.rows(share_lines)]
    assert (balances(shop), shop.rows(cases)) == ({}, [])
    assert differences(shop, paying, *[payment_no for _, payment_no in orders]) == []


def test_a_share_that_wechat_does_not_know_although_it_took_it_is_sent_again_under_its_number(
        shop: Shop, paying: Paying):
    """It was given up for refused, the seller's money released, while WeChat might show it a moment later."""
    turn_on(shop)
    receiver(shop)
    _, payment_no = frozen_order(shop, paying)
    paying.faults({"at": "share_outcome", "do": "stuck", "order": payment_no})
    shop.tick("settlements.share_finished_orders")
    paying.move(minutes=1)  # it is stuck before the next plan
    paying.until(lambda: paying.client.get("/_sim/faults").json()["rules"][0]["given"])
    paying.faults({"at": "query_share", "do": "refuse", "status": 404, "code": "RESOURCE_NOT_EXISTS",
                   "message": "分账单不存在", "order": payment_no})
    paying.move(minutes=2)
    assert shop.tick("settlements.poll_sharing_results")["SENT"] == 1
    assert (shop.rows(shares)[0].state, shop.rows(cases)) == ("SENT", [])
    paying.client.post(f"/_sim/sharings/{shop.rows(shares)[0].share_no}", json={}).raise_for_status()
    paying.move(minutes=5)
    finish(shop, paying, payment_no)
    assert (shop.rows(shares)[0].state, len(paying.order(payment_no)["shares"])) == ("DONE", 1)
    assert differences(shop, paying, payment_no) == []


def test_a_return_that_wechat_wants_later_comes_again_under_its_number(shop: Shop, paying: Paying):
    """It was taken for a refusal: the receiver kept its part, and the merchant's balance paid the buyer."""
    turn_on(shop)
    receiver(shop)
    order_no, payment_no = shared_order(shop, paying)
    paying.client.post("/_sim/withdraw").raise_for_status()
    paying.faults({"at": "return_share", "do": "refuse", "status": 400, "code": "INVALID_REQUEST",
                   "message": "订单处理中，暂时无法分账，请稍后再试", "order": payment_no})
    refund_all(shop, order_no)
    assert shop.tick("refunds.send_due_refunds")["waiting"] == 1
    assert (returned(shop), shop.rows(cases)) == ([("DUE", 1_500)], [])
    paying.move(minutes=2)
    send_until_done(shop, paying)
    assert (returned(shop), shop.rows(cases), balances(shop)) == ([("DONE", 1_500)], [], {})
    assert differences(shop, paying, payment_no) == []


def test_a_result_that_nobody_knows_keeps_no_other_share_waiting(shop: Shop, paying: Paying):
    """It was an error of our own, at which the whole timer stopped, each time at the same row."""
    turn_on(shop)
    receiver(shop)
    (_, odd), (_, good) = frozen_order(shop, paying), frozen_order(shop, paying)
    shop.tick("settlements.share_finished_orders")
    paying.until(lambda: all(share["state"] == "FINISHED" for number in (odd, good)
                             for share in paying.order(number)["shares"]))
    odd_no = shop.rows(shares, payment_no=odd)[0].share_no
    ask = paying.adapter._wire.send

    def told(method: str, path: str, *body: Any) -> tuple[int, bytes]:
        status, content = ask(method, path, *body)
        return status, content.replace(b"SUCCESS", b"FROZEN_BY_LAW") if f"/orders/{odd_no}?" in path else content

    paying.adapter._wire.send = told
    paying.move(minutes=2)
    assert shop.tick("settlements.poll_sharing_results") == {"SENT": 0, "DONE": 1, "FAILED": 0, "failed": 1}
    assert sorted(row.state for row in shop.rows(shares)) == ["DONE", "SENT"]
