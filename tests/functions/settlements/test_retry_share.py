"""settlements.retry_share: what receivers did not get goes to them again, once (E7), against the payment simulator."""

from __future__ import annotations

from typing import Any

import pytest
from mall.domains.settlements.rules import MOST_TRIES
from mall.flows.money import share_orders
from mall.tables.settlements import frozen_payments, share_lines, share_returns, shares
from mall.tables.trade import cases, order_lines, refunds
from sqlalchemy import update

from tests.functions.refunds.parts import balances, start
from tests.functions.settlements.parts import differences, finish, frozen_order, receiver, turn_on
from tests.functions.settlements.test_poll_sharing_results import refund_all, send_until_done
from tests.support.pay import Paying
from tests.support.shop import Shop, refused

A, B = "1900000201", "1900000202"
REFUSAL = {"at": "share", "do": "refuse", "status": 403, "code": "RULE_LIMIT", "message": "超过最大分账比例"}


def retry(shop: Shop, share_no: str = "") -> str:
    share_no = share_no or shop.rows(shares)[0].share_no
    answer = shop.staff("settlements.*").call("settlements.retry_share", share_no=share_no)
    assert answer["share_no"] == share_no
    return answer["state"]


def refused_share(shop: Shop, paying: Paying, **wanted: Any) -> tuple[str, str]:
    """An order whose share WeChat refused altogether: A was to get 15 %, B 5 %."""
    turn_on(shop)
    receiver(shop, A, 1_500), receiver(shop, B, 500)
    order_no, payment_no = frozen_order(shop, paying, **wanted)
    paying.faults({**REFUSAL, "order": payment_no})
    assert shop.tick("settlements.share_finished_orders")["FAILED"] == 1
    return order_no, payment_no


def half_share(shop: Shop, paying: Paying, **wanted: Any) -> tuple[str, str]:
    """An order of which A has its part, while WeChat closed B's."""
    turn_on(shop)
    receiver(shop, A, 1_500), receiver(shop, B, 500)
    order_no, payment_no = frozen_order(shop, paying, **wanted)
    paying.faults({"at": "share_outcome", "do": "receiver_closed", "account": B, "order": payment_no})
    shop.tick("settlements.share_finished_orders")
    finish(shop, paying, payment_no)
    return order_no, payment_no


def sent(shop: Shop, paying: Paying, payment_no: str) -> None:
    assert shop.tick("settlements.share_finished_orders")["SENT"] == 1
    finish(shop, paying, payment_no)


def lines(shop: Shop) -> list[tuple[Any, ...]]:
    return sorted((row.account, row.state, row.amount_fen) for row in shop.rows(share_lines))


def at_wechat(paying: Paying, payment_no: str) -> list[tuple[Any, ...]]:
    return [(share["out_order_no"], part["account"], part["amount_fen"], part["result"])
            for share in paying.order(payment_no)["shares"] for part in share["receivers"]]


def only_case(shop: Shop) -> tuple[str, str]:
    case, = shop.rows(cases)
    return case.kind, case.state


def test_a_refused_share_goes_again_under_the_next_number_and_closes_its_case(shop: Shop, paying: Paying):
    _, payment_no = refused_share(shop, paying)
    share_no = shop.rows(shares)[0].share_no
    assert retry(shop) == "DUE"
    assert (lines(shop), balances(shop)["shares_payable"]) == (
        [(A, "PENDING", 1_500), (B, "PENDING", 500)], -2_000)
    assert only_case(shop) == ("SHARE_FAILED", "OPEN")  # until the money is there
    sent(shop, paying, payment_no)
    share, = shop.rows(shares)
    assert (share.state, share.wechat_share_no, share.tries, share.problem) == ("DONE", f"{share_no}-2", 2, None)
    assert at_wechat(paying, payment_no) == [
        (f"{share_no}-2", A, 1_500, "SUCCESS"), (f"{share_no}-2", B, 500, "SUCCESS")]
    assert (only_case(shop), shop.rows(cases)[0].note) == (("SHARE_FAILED", "RESOLVED"), "分账已到账")
    found = balances(shop)
    assert (found["wechat"], found[f"shared/{share.seller_id}"], "shares_payable" in found) == (8_000, 2_000, False)
    assert differences(shop, paying, payment_no) == []
    assert retry(shop) == "DONE"
    assert len(paying.order(payment_no)["shares"]) == 1


def test_only_the_receiver_that_wechat_closed_is_sent_to_again_and_its_part_is_called_back_under_that_number(
        shop: Shop, paying: Paying):
    order_no, payment_no = half_share(shop, paying)
    share_no = shop.rows(shares)[0].share_no
    assert (lines(shop), only_case(shop)) == (
        [(A, "SUCCESS", 1_500), (B, "CLOSED", 500)], ("SHARE_FAILED", "OPEN"))
    assert retry(shop) == "DUE"
    sent(shop, paying, payment_no)
    assert at_wechat(paying, payment_no) == [
        (share_no, A, 1_500, "SUCCESS"), (share_no, B, 500, "CLOSED"), (f"{share_no}-2", B, 500, "SUCCESS")]
    assert (only_case(shop), balances(shop)["wechat"]) == (("SHARE_FAILED", "RESOLVED"), 8_000)
    assert differences(shop, paying, payment_no) == []
    refund_all(shop, order_no)
    send_until_done(shop, paying)
    back = sorted((row.account, row.state, row.amount_fen, row.wechat_share_no) for row in shop.rows(share_returns))
    assert back == [(A, "DONE", 1_500, share_no), (B, "DONE", 500, f"{share_no}-2")]
    assert balances(shop) == {}
    assert differences(shop, paying, payment_no) == []


def test_a_second_try_that_is_refused_leaves_what_arrived_where_it_is_and_the_case_opens_again(
        shop: Shop, paying: Paying):
    order_no, payment_no = half_share(shop, paying)
    retry(shop)
    boss = shop.staff()
    boss.call("ops.resolve_case", case_id=shop.rows(cases)[0].case_id, note="已重试")
    paying.faults({**REFUSAL, "order": payment_no})
    assert shop.tick("settlements.share_finished_orders")["DONE"] == 1
    assert lines(shop) == [(A, "SUCCESS", 1_500), (B, "CLOSED", 500)]
    case, = shop.rows(cases)
    assert (case.state, case.data["amount_fen"], "RULE_LIMIT" in case.sentence) == ("OPEN", 500, True)
    assert differences(shop, paying, payment_no) == []
    refund_all(shop, order_no)  # what A has is called back all the same
    send_until_done(shop, paying)
    assert [(row.account, row.amount_fen) for row in shop.rows(share_returns)] == [(A, 1_500)]
    assert balances(shop) == {}
    assert differences(shop, paying, payment_no) == []


def test_after_a_part_was_refunded_no_more_than_the_part_of_the_rest_goes_and_the_last_refund_leaves_nothing(
        shop: Shop, paying: Paying):
    order_no, payment_no = half_share(shop, paying, quantity=3, price_fen=3_333)
    line, staff = shop.rows(order_lines, order_no=order_no)[0], shop.staff()
    start(staff, line, 1)
    send_until_done(shop, paying)
    paying.move(minutes=2)
    assert retry(shop) == "DUE"
    sent(shop, paying, payment_no)
    assert lines(shop) == [(A, "SUCCESS", 1_499), (B, "SUCCESS", 333)]  # of 500, two thirds
    assert (shop.rows(shares)[0].amount_fen, shop.rows(shares)[0].net_fen) == (1_832, 9_999)
    assert differences(shop, paying, payment_no) == []
    start(staff, line, 2)
    send_until_done(shop, paying)
    assert [row.amount_fen - row.returned_fen for row in shop.rows(share_lines)] == [0, 0]
    assert balances(shop) == {}
    assert differences(shop, paying, payment_no) == []


def test_a_refund_that_comes_while_it_is_sent_again_waits_for_it_and_calls_it_back(shop: Shop, paying: Paying):
    order_no, payment_no = refused_share(shop, paying)
    retry(shop)
    refund_all(shop, order_no)
    assert shop.tick("refunds.send_due_refunds")["waiting"] == 1
    sent(shop, paying, payment_no)
    send_until_done(shop, paying)
    assert sorted(row.amount_fen for row in shop.rows(share_returns)) == [500, 1_500]
    assert balances(shop) == {}
    assert differences(shop, paying, payment_no) == []


def test_the_money_stays_frozen_while_the_case_is_open_and_goes_when_it_is_closed_by_hand(shop: Shop, paying: Paying):
    _, payment_no = refused_share(shop, paying)
    for _ in range(2):
        assert set(shop.tick("settlements.unfreeze_remainders").values()) == {0}
        paying.move(days=2)
    shop.staff().call("ops.resolve_case", case_id=shop.rows(cases)[0].case_id, note="已线下结清")
    assert shop.tick("settlements.unfreeze_remainders")["UNFREEZING"] == 1
    paying.until(lambda: paying.order(payment_no)["frozen"] is False)
    staff = shop.staff("settlements.*")
    before = shop.snapshot("audit_entries")
    with refused("SHARE_UNFROZEN", status=422):
        staff.call("settlements.retry_share", share_no=shop.rows(shares)[0].share_no)
    assert shop.snapshot("audit_entries") == before
    assert differences(shop, paying, payment_no) == []


def test_after_four_weeks_the_money_is_unfrozen_whoever_has_not_looked_at_the_case(shop: Shop, paying: Paying):
    refused_share(shop, paying)
    shop.move(days=28)
    assert shop.tick("settlements.unfreeze_remainders")["UNFROZEN"] + len(
        shop.rows(frozen_payments, state="UNFREEZING")) == 1


def test_nothing_changes_when_wechat_does_not_answer(shop: Shop, paying: Paying):
    _, payment_no = half_share(shop, paying)
    paying.faults({"at": "query_share", "do": "500", "order": payment_no})
    staff = shop.staff()
    before = shop.snapshot("audit_entries")
    with refused("PAY_OUTCOME_UNKNOWN", status=503) as caught:
        staff.call("settlements.retry_share", share_no=shop.rows(shares)[0].share_no)
    assert caught[0].retryable
    assert shop.snapshot("audit_entries") == before


def test_a_refusal_that_wechat_took_back_is_found_under_its_number_and_nobody_is_paid_twice(
        shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop, A, 1_500), receiver(shop, B, 500)
    _, payment_no = frozen_order(shop, paying)
    paying.faults({"at": "share", "do": "500", "act": True, "order": payment_no})
    assert shop.tick("settlements.share_finished_orders")["failed"] == 1  # it was taken, and we do not know
    share_no = shop.rows(shares)[0].share_no
    shop.database.run(share_orders.keep_failure, share_no, "微信拒绝分账（RULE_LIMIT）", shop.now)
    assert retry(shop) == "DUE"
    paying.faults({"at": "share", "do": "refuse", "order": payment_no, "times": None})  # it is not sent
    finish(shop, paying, payment_no)
    assert shop.tick("settlements.share_finished_orders")["DONE"] == 1
    share, = shop.rows(shares)
    assert (share.state, share.wechat_share_no, share.tries) == ("DONE", share_no, 2)
    assert at_wechat(paying, payment_no) == [(share_no, A, 1_500, "SUCCESS"), (share_no, B, 500, "SUCCESS")]
    assert (only_case(shop), balances(shop)["wechat"]) == (("SHARE_FAILED", "RESOLVED"), 8_000)
    assert differences(shop, paying, payment_no) == []


def test_what_is_told_of_an_earlier_number_changes_nothing(shop: Shop, paying: Paying):
    _, payment_no = half_share(shop, paying)
    share = shop.rows(shares)[0]
    seen = paying.adapter.query_share(share.share_no, share.transaction_id)
    retry(shop)
    before = shop.snapshot()
    assert shop.database.run(share_orders.keep_answer, share.share_no, seen, shop.now, shop.now) == "DUE"
    assert shop.database.run(share_orders.keep_failure, share.share_no, "微信拒绝分账", shop.now) == "DUE"
    assert shop.snapshot() == before


def test_a_try_whose_answer_was_lost_is_asked_about_under_its_own_number(shop: Shop, paying: Paying):
    _, payment_no = half_share(shop, paying)
    share_no = shop.rows(shares)[0].share_no
    retry(shop)
    paying.faults({"at": "share", "do": "timeout_after_accept", "seconds": 0, "order": payment_no})
    assert shop.tick("settlements.share_finished_orders")["failed"] == 1
    finish(shop, paying, payment_no)
    assert shop.tick("settlements.share_finished_orders")["DONE"] == 1
    assert [number for number, *_ in at_wechat(paying, payment_no)] == [share_no, share_no, f"{share_no}-2"]
    assert only_case(shop) == ("SHARE_FAILED", "RESOLVED")
    assert differences(shop, paying, payment_no) == []


def test_an_instance_that_slept_over_a_retry_does_not_send_the_new_try_under_the_old_number(
        shop: Shop, paying: Paying, monkeypatch: pytest.MonkeyPatch):
    turn_on(shop)
    receiver(shop, A, 1_500)
    _, payment_no = frozen_order(shop, paying)
    paying.faults({"at": "share", "do": "500", "order": payment_no}, {**REFUSAL, "order": payment_no})
    assert shop.tick("settlements.share_finished_orders")["failed"] == 1
    paying.move(minutes=2)
    share_no, ask = shop.rows(shares)[0].share_no, paying.adapter.query_share

    def sleep_over(number: str, transaction_id: str) -> Any:
        """Asked, and then away while another instance is refused and staff retry."""
        seen = ask(number, transaction_id)
        monkeypatch.setattr(paying.adapter, "query_share", ask)
        paying.move(minutes=10)
        assert shop.tick("settlements.share_finished_orders")["FAILED"] == 1
        assert retry(shop) == "DUE"
        return seen

    monkeypatch.setattr(paying.adapter, "query_share", sleep_over)
    shop.tick("settlements.share_finished_orders")
    assert at_wechat(paying, payment_no) == []
    sent(shop, paying, payment_no)
    assert at_wechat(paying, payment_no) == [(f"{share_no}-2", A, 1_500, "SUCCESS")]
    assert differences(shop, paying, payment_no) == []


def test_three_retries_and_timers_at_once_send_it_once(shop: Shop, paying: Paying):
    _, payment_no = half_share(shop, paying)
    share_no, staff = shop.rows(shares)[0].share_no, shop.staff()
    works = [lambda: staff.call("settlements.retry_share", share_no=share_no)] * 3
    shop.in_parallel(*works, *[lambda: shop.tick("settlements.share_finished_orders")] * 2)
    shop.tick("settlements.share_finished_orders")
    finish(shop, paying, payment_no)
    assert [number for number, *_ in at_wechat(paying, payment_no)] == [share_no, share_no, f"{share_no}-2"]
    assert (shop.rows(shares)[0].state, shop.rows(shares)[0].tries) == ("DONE", 2)
    assert differences(shop, paying, payment_no) == []


def test_retrying_refunding_and_unfreezing_at_the_same_moment_leave_the_books_right(shop: Shop, paying: Paying):
    order_no, payment_no = half_share(shop, paying)
    share_no, staff = shop.rows(shares)[0].share_no, shop.staff()

    def again() -> Any:
        try:
            return staff.call("settlements.retry_share", share_no=share_no)
        except Exception as refusal:  # the refund was first
            assert refusal.code in ("REFUND_UNDER_WAY", "NOTHING_TO_SHARE")

    shop.in_parallel(again, lambda: refund_all(shop, order_no),
                     lambda: shop.tick("settlements.unfreeze_remainders"),
                     lambda: shop.tick("settlements.share_finished_orders"))
    for _ in range(4):
        shop.tick("settlements.share_finished_orders")
        finish(shop, paying, payment_no)
        shop.tick("refunds.send_due_refunds")
    paying.until(lambda: [row.state for row in shop.rows(refunds)] == ["DONE"])
    assert (paying.order(payment_no)["refunded_fen"], balances(shop)) == (10_000, {})
    assert differences(shop, paying, payment_no) == []


def test_beside_a_refund_or_with_nothing_left_or_too_often_it_is_refused(shop: Shop, paying: Paying):
    order_no, payment_no = refused_share(shop, paying)
    share_no, staff = shop.rows(shares)[0].share_no, shop.staff("settlements.*")
    shop.database.run(lambda tx: tx.write(update(shares).values(tries=MOST_TRIES), rows=1))
    before = shop.snapshot("audit_entries")
    with refused("TOO_MANY_SHARES", status=422):
        staff.call("settlements.retry_share", share_no=share_no)
    assert shop.snapshot("audit_entries") == before
    shop.database.run(lambda tx: tx.write(update(shares).values(tries=1), rows=1))
    refund_all(shop, order_no)
    before = shop.snapshot("audit_entries")
    with refused("REFUND_UNDER_WAY", status=409):
        staff.call("settlements.retry_share", share_no=share_no)
    assert shop.snapshot("audit_entries") == before
    send_until_done(shop, paying)
    before = shop.snapshot("audit_entries")
    with refused("NOTHING_TO_SHARE", status=422):
        staff.call("settlements.retry_share", share_no=share_no)
    assert shop.snapshot("audit_entries") == before
    assert differences(shop, paying, payment_no) == []


@pytest.mark.parametrize("permission", ["orders.*", "refunds.*"])
def test_a_share_that_is_not_ours_or_staff_without_the_right_are_refused(shop: Shop, paying: Paying, permission: str):
    refused_share(shop, paying)
    share_no, staff, clerk = shop.rows(shares)[0].share_no, shop.staff("settlements.*"), shop.staff(permission)
    shop.database.run(lambda tx: tx.write(update(shares).values(seller_id="sel_OTHER"), rows=1))
    before = shop.snapshot("audit_entries")
    for number in (share_no, "shr_NONE"):
        with refused("SHARE_NOT_FOUND", status=404):
            staff.call("settlements.retry_share", share_no=number)
    with refused("NOT_ALLOWED", status=403):
        clerk.call("settlements.retry_share", share_no=share_no)
    assert shop.snapshot("audit_entries") == before
