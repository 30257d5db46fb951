"""Two things at the same moment, in real threads, several times over: the books hold whoever is first.

`jitter` makes each thread wait a little, by the seed's dice, at every step to the database or to WeChat; the test's own
thread, which prepares and settles while nobody else runs, does not.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from mall.kit import outside
from mall.tables.marketing import coupons, group_seats, groups
from mall.tables.trade import order_events, orders, payments, refunds

from tests.journeys.quiet import books_hold, kept_fen, order_of, place, settle_down, stock_of
from tests.support import seed
from tests.support.pay import Paying
from tests.support.shop import Caller, Refused, Shop

pytestmark = pytest.mark.spec("E1", "E4", "E5", "E6", "B3")

PRICE_FEN, STOCK = 4_200, 5
LONGEST_WAIT_S = 0.012
CHANNELS = ("jsapi", "native", "h5")


@pytest.fixture(params=range(4), ids=lambda number: f"seed{number}")
def jitter(request: pytest.FixtureRequest) -> Iterator[random.Random]:
    dice, one_at_a_time = random.Random(request.param), threading.Lock()

    def wait(_: str) -> None:
        if threading.current_thread() is threading.main_thread():
            return
        with one_at_a_time:
            seconds = dice.uniform(0, LONGEST_WAIT_S)
        time.sleep(seconds)

    outside.watch = wait
    yield dice
    outside.watch = None


@pytest.fixture
def goods(shop: Shop) -> seed.Seeded:
    return seed.product(shop, price_fen=PRICE_FEN, stock=STOCK)


@pytest.fixture
def member(shop: Shop) -> Caller:
    return shop.member()


@pytest.fixture
def order_no(shop: Shop, goods: seed.Seeded, member: Caller) -> str:
    return place(shop, member, goods)["order_no"]


def start(member: Caller, order_no: str, channel: str = "jsapi") -> dict[str, Any]:
    return member.call("payments.start_payment", order_no=order_no, channel=channel)


def codes_of(answers: list[Any]) -> Counter:
    """How often each refusal came, and "ok" for an answer."""
    return Counter(answer.code if isinstance(answer, Refused) else "ok" if not isinstance(answer, Exception)
                   else repr(answer) for answer in answers)


def lose_notices(paying: Paying) -> None:
    paying.faults({"at": "notice", "do": "lose", "order": "*", "times": None})


def thumb(paying: Paying, payment_no: str) -> int:
    """The buyer pays, if WeChat still lets him: 200 or 409."""
    return paying.client.post(f"/_sim/pay/{payment_no}", json={}).status_code


def ends(paying: Paying, goods: seed.Seeded, order_no: str, *, paid: bool) -> None:
    """Either a paid order with its unit sold and its money here, or a closed one with all given back."""
    settle_down(paying)
    assert order_of(paying.shop, order_no).state == ("TO_SHIP" if paid else "CLOSED")
    assert stock_of(paying.shop, goods) == ((STOCK - 1, 0) if paid else (STOCK, 0))
    assert kept_fen(paying) == (PRICE_FEN if paid else 0)
    books_hold(paying)


def test_cancel_and_payment(shop: Shop, paying: Paying, goods, member, order_no, jitter):
    payment_no = start(member, order_no)["payment_no"]
    cancelled, paid = shop.in_parallel(lambda: member.call("orders.cancel_order", order_no=order_no),
                                       lambda: thumb(paying, payment_no))
    assert paid in (200, 409)
    assert cancelled["state"] == ("CLOSED" if paid == 409 else "TO_SHIP")
    ends(paying, goods, order_no, paid=paid == 200)
    assert shop.rows(refunds) == []


def test_cancel_and_a_payment_that_wechat_takes_after_the_close(shop: Shop, paying: Paying, goods, member, order_no,
                                                               jitter):
    payment_no = start(member, order_no)["payment_no"]
    paying.faults({"at": "pay", "do": "pay_after_close", "order": payment_no})
    cancelled, paid = shop.in_parallel(lambda: member.call("orders.cancel_order", order_no=order_no),
                                       lambda: thumb(paying, payment_no))
    assert paid == 200
    paying.until(lambda: shop.rows(payments)[0].state == "PAID")
    ends(paying, goods, order_no, paid=cancelled["state"] == "TO_SHIP")
    assert [row.state for row in shop.rows(refunds)] == (["DONE"] if cancelled["state"] == "CLOSED" else [])


def test_expiry_and_a_late_notice(shop: Shop, paying: Paying, goods, member, order_no, jitter):
    payment_no = start(member, order_no)["payment_no"]
    paying.faults({"at": "notice.payment", "do": "duplicate", "n": 3, "order": payment_no})
    paying.move(minutes=29, seconds=59)
    shop.move(seconds=2)  # our clock is ahead of WeChat's
    answers = shop.in_parallel(lambda: thumb(paying, payment_no), lambda: shop.tick("orders.close_unpaid_orders"),
                               lambda: shop.tick("payments.query_stuck_payments"),
                               lambda: shop.tick("orders.close_unpaid_orders"))
    assert codes_of(answers) == {"ok": 4}
    ends(paying, goods, order_no, paid=answers[0] == 200)
    assert shop.rows(refunds) == []


def test_start_payment_and_cancel(shop: Shop, paying: Paying, goods, member, order_no, jitter):
    started, cancelled = shop.in_parallel(lambda: start(member, order_no),
                                          lambda: member.call("orders.cancel_order", order_no=order_no))
    assert set(codes_of([started])) <= {"ok", "NOTHING_TO_PAY", "PAYMENT_UNDER_WAY"}
    assert set(codes_of([cancelled])) <= {"ok", "PAYMENT_UNDER_WAY"}
    if isinstance(started, dict):  # the buyer holds a prepay: it can be paid, or WeChat has closed it
        thumb(paying, started["payment_no"])
    settle_down(paying)
    paid = order_of(shop, order_no).state == "TO_SHIP"
    assert not (paid and isinstance(cancelled, dict))
    ends(paying, goods, order_no, paid=paid)


def test_start_payment_and_expiry(shop: Shop, paying: Paying, goods, member, order_no, jitter):
    paying.move(minutes=29, seconds=59, milliseconds=990)

    def expire() -> dict[str, int]:
        shop.move(milliseconds=20)
        return shop.tick("orders.close_unpaid_orders")

    started, closed = shop.in_parallel(lambda: start(member, order_no), expire)
    assert set(codes_of([started])) <= {"ok", "NOTHING_TO_PAY", "PAYMENT_UNDER_WAY", "ORDER_LAPSED", "PAY_REFUSED"}
    assert closed["paid"] == closed["failed"] == 0
    ends(paying, goods, order_no, paid=False)


def test_payments_of_three_channels_started_at_once(shop: Shop, paying: Paying, goods, member, order_no, jitter):
    answers = shop.in_parallel(*[lambda channel=channel: start(member, order_no, channel)
                                 for channel in CHANNELS])
    assert set(codes_of(answers)) <= {"ok", "PAYMENT_UNDER_WAY", "CONFLICT"}
    started = [answer["payment_no"] for answer in answers if isinstance(answer, dict)]
    assert sum(row.active_key is not None for row in shop.rows(payments)) <= 1
    payable = [payment_no for payment_no in started if thumb(paying, payment_no) == 200]
    assert len(payable) <= 1
    if not payable:
        payable = [start(member, order_no)["payment_no"]]
        paying.pay(payable[0])
    ends(paying, goods, order_no, paid=True)
    assert order_of(shop, order_no).payment_no == payable[0]


def test_the_same_payment_started_at_once_is_one_payment(shop: Shop, paying: Paying, goods, member, order_no, jitter):
    answers = shop.in_parallel(*[lambda: start(member, order_no) for _ in range(5)])
    assert codes_of(answers) == {"ok": 5}
    payment_no, = {answer["payment_no"] for answer in answers}
    assert [row.payment_no for row in shop.rows(payments)] == [payment_no]
    paying.pay(payment_no)
    ends(paying, goods, order_no, paid=True)


def paid_order(shop: Shop, paying: Paying, member: Caller, order_no: str) -> None:
    paying.pay(start(member, order_no)["payment_no"])
    paying.until(lambda: order_of(shop, order_no).state == "TO_SHIP")


def test_refund_and_refund(shop: Shop, paying: Paying, goods, member, order_no, jitter):
    paid_order(shop, paying, member, order_no)
    clerks = [shop.staff("refunds.*") for _ in range(4)]
    answers = shop.in_parallel(
        *[lambda clerk=clerk: clerk.call("refunds.start_refund", order_no=order_no, reason="不要了")
          for clerk in clerks],
        *[lambda: shop.tick("refunds.send_due_refunds") for _ in range(2)])
    assert codes_of(answers[:4]) == {"ok": 1, "ALREADY_REFUNDED": 3}
    assert codes_of(answers[4:]) == {"ok": 2}
    ends(paying, goods, order_no, paid=False)
    assert [row.amount_fen for row in shop.rows(refunds)] == [PRICE_FEN]


def test_refund_notice_and_query(shop: Shop, paying: Paying, goods, member, order_no, jitter):
    paid_order(shop, paying, member, order_no)
    paying.faults({"at": "notice.refund", "do": "duplicate", "n": 4, "order": "*"})
    shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")
    assert shop.tick("refunds.send_due_refunds")["SENT"] == 1
    shop.move(minutes=5)  # WeChat ends it now, and we ask
    answers = shop.in_parallel(lambda: paying.move(minutes=1),
                               *[lambda: shop.tick("refunds.query_stuck_refunds") for _ in range(3)])
    assert codes_of(answers) == {"ok": 4}
    ends(paying, goods, order_no, paid=False)
    assert [row.state for row in shop.rows(refunds)] == ["DONE"]
    assert [row.move for row in shop.rows(order_events)] == ["place", "pay", "close_refunded"]


def test_one_coupon_in_two_orders(shop: Shop, goods, member, jitter):
    template_id = shop.staff("coupons.*").call(
        "coupons.save_coupon", kind="full_reduction", title="券", terms={"threshold_fen": 4_000, "off_fen": 1_000},
        channel="CENTRE", quota=1, per_member=1, claim_from=shop.now - timedelta(days=1),
        claim_until=shop.now + timedelta(days=1), valid_days=10)["template_id"]
    coupon_id = member.call("coupons.claim_coupon", template_id=template_id)["coupon_id"]
    answers = shop.in_parallel(*[
        lambda n=n: place(shop, member, goods, key=f"k{n}", coupon_ids=[coupon_id]) for n in range(4)])
    assert codes_of(answers) == {"ok": 1, "COUPON_NOT_USABLE": 3}
    kept = next(answer for answer in answers if isinstance(answer, dict))
    assert kept["pay_fen"] == PRICE_FEN - 1_000
    assert [(row.state, row.order_no) for row in shop.rows(coupons)] == [("HELD", kept["order_no"])]
    assert len(shop.rows(orders)) == 1
    assert stock_of(shop, goods) == (STOCK - 1, 1)


def group_buy(shop: Shop, goods: seed.Seeded, size: int = 2) -> str:
    return shop.staff("group_buys.*").call(
        "group_buys.save_group_buy", spu_id=goods.spu_id, title="二人团", size=size, open_hours=1,
        starts_at=shop.now - timedelta(hours=1), ends_at=shop.now + timedelta(days=1),
        prices=[{"sku_id": goods.sku_id, "price_fen": 3_000}])["group_buy_id"]


def test_joining_and_the_groups_end(shop: Shop, paying: Paying, goods, member, jitter):
    group_buy_id = group_buy(shop, goods)
    opened = place(shop, member, goods, group_buy_id=group_buy_id)
    paying.pay(start(member, opened["order_no"])["payment_no"])
    paying.until(lambda: order_of(shop, opened["order_no"]).state == "GROUPING")
    joiner = shop.member("乙")
    paying.move(minutes=59, seconds=59, milliseconds=980)

    def join() -> dict[str, Any]:
        return place(shop, joiner, goods, key="join", group_buy_id=group_buy_id, group_id=opened["group_id"])

    def end() -> dict[str, int]:
        shop.move(milliseconds=40)
        return shop.tick("group_buys.fail_expired_groups")

    joined, ended = shop.in_parallel(join, end)
    assert set(codes_of([joined])) <= {"ok", "GROUP_OVER", "GROUP_FULL"}
    settle_down(paying)
    assert {row.state for row in shop.rows(orders)} == {"CLOSED"}
    assert [row.state for row in shop.rows(groups)] == ["FAILED"]
    assert (stock_of(shop, goods), kept_fen(paying)) == ((STOCK, 0), 0)
    books_hold(paying)


def test_the_last_payment_and_the_groups_end(shop: Shop, paying: Paying, goods, member, jitter):
    group_buy_id = group_buy(shop, goods)
    opened = place(shop, member, goods, group_buy_id=group_buy_id)
    paying.pay(start(member, opened["order_no"])["payment_no"])
    paying.until(lambda: order_of(shop, opened["order_no"]).state == "GROUPING")
    paying.move(minutes=50)
    joiner = shop.member("乙")
    joined = place(shop, joiner, goods, key="join", group_buy_id=group_buy_id, group_id=opened["group_id"])
    payment_no = start(joiner, joined["order_no"])["payment_no"]
    paying.move(minutes=9, seconds=59, milliseconds=950)

    def end() -> dict[str, int]:
        shop.move(milliseconds=50)
        return shop.tick("group_buys.fail_expired_groups")

    paid, _, _ = shop.in_parallel(lambda: thumb(paying, payment_no), end, end)
    settle_down(paying)
    state, = {row.state for row in shop.rows(orders)}
    succeeded = state == "TO_SHIP"
    assert succeeded or state == "CLOSED"
    assert [row.state for row in shop.rows(groups)] == ["SUCCEEDED" if succeeded else "FAILED"]
    assert stock_of(shop, goods) == ((STOCK - 2, 0) if succeeded else (STOCK, 0))
    assert kept_fen(paying) == (6_000 if succeeded else 0)
    assert paid in (200, 409) and not (succeeded and paid == 409)
    books_hold(paying)


def test_two_last_payments_of_a_group_release_everybody(shop: Shop, paying: Paying, goods, member, jitter):
    group_buy_id = group_buy(shop, goods, size=3)
    people = [member, shop.member("乙"), shop.member("丙")]
    placed = [place(shop, member, goods, group_buy_id=group_buy_id)]
    for person in people[1:]:
        placed.append(place(shop, person, goods, group_buy_id=group_buy_id, group_id=placed[0]["group_id"]))
    numbers = [start(person, order["order_no"])["payment_no"] for person, order in zip(people, placed, strict=True)]
    assert shop.in_parallel(*[lambda number=number: thumb(paying, number) for number in numbers]) == [200] * 3
    paying.until(lambda: {row.state for row in shop.rows(orders)} == {"TO_SHIP"})
    assert {row.state for row in shop.rows(group_seats)} == {"PAID"}
    settle_down(paying)
    assert (stock_of(shop, goods), kept_fen(paying)) == ((STOCK - 3, 0), 9_000)
    books_hold(paying)


def test_the_last_payment_and_a_refund_of_another_seat(shop: Shop, paying: Paying, goods, member, jitter):
    group_buy_id = group_buy(shop, goods)
    opened = place(shop, member, goods, group_buy_id=group_buy_id)
    paying.pay(start(member, opened["order_no"])["payment_no"])
    paying.until(lambda: order_of(shop, opened["order_no"]).state == "GROUPING")
    joiner, clerk = shop.member("乙"), shop.staff("refunds.*")
    joined = place(shop, joiner, goods, key="join", group_buy_id=group_buy_id, group_id=opened["group_id"])
    payment_no = start(joiner, joined["order_no"])["payment_no"]
    paid, refunded = shop.in_parallel(
        lambda: thumb(paying, payment_no),
        lambda: clerk.call("refunds.start_refund", order_no=opened["order_no"], reason="不要了"))
    assert (paid, codes_of([refunded])) == (200, {"ok": 1})
    paying.until(lambda: order_of(shop, joined["order_no"]).state != "UNPAID")
    group, = shop.rows(groups)
    paying.move(hours=1)  # the end of a group that nobody completes
    settle_down(paying)
    assert order_of(shop, opened["order_no"]).state == "CLOSED"
    succeeded = group.state == "SUCCEEDED"  # else the seat was freed first, and nobody took it
    assert order_of(shop, joined["order_no"]).state == ("TO_SHIP" if succeeded else "CLOSED")
    assert kept_fen(paying) == (3_000 if succeeded else 0)
    books_hold(paying)


def test_twenty_clicks_under_one_key_make_one_order(shop: Shop, goods, member, jitter):
    answers = shop.in_parallel(*[lambda: place(shop, member, goods, key="the same") for _ in range(20)])
    assert codes_of(answers) == {"ok": 20}
    assert len({answer["order_no"] for answer in answers}) == 1
    assert [row.order_no for row in shop.rows(orders)] == [answers[0]["order_no"]]
    assert stock_of(shop, goods) == (STOCK - 1, 1)
