"""Checkouts of several orders (结算单): what is about one of them beside what is about all."""

from __future__ import annotations

from tests.crash.pairs.kept import Pair, pair
from tests.crash.pairs.words import notice, refund
from tests.crash.scenarios.checkouts import both_at_wechat, both_begun, both_paid, two_orders
from tests.crash.scenarios.words import call, start, timer
from tests.crash.town import Town


@pair
def cancel_of_one_x_notice_of_both(town: Town) -> Pair:
    member, first, _, payment_no = both_at_wechat(town)
    return Pair((call(town, member, "orders.cancel_order", order_no=first), notice(town, payment_no)))


@pair
def cancel_of_one_x_start_payment_of_both(town: Town) -> Pair:
    member, first, second = two_orders(town)
    return Pair((call(town, member, "orders.cancel_order", order_no=first),
                 call(town, member, "payments.start_payment", order_no=second)))


@pair
def cancel_of_one_x_cancel_of_the_other(town: Town) -> Pair:
    member, first, second, _ = both_begun(town)
    return Pair(tuple(call(town, member, "orders.cancel_order", order_no=each) for each in (first, second)))


@pair
def notice_x_query_of_both(town: Town) -> Pair:
    _, _, _, payment_no = both_at_wechat(town)
    return Pair((notice(town, payment_no), timer(town, "payments.query_stuck_payments")), late=5)


@pair
def notice_x_notice_of_two_payments_for_both(town: Town) -> Pair:
    member, first, second = two_orders(town)
    before, after = start(town, member, first, "native"), start(town, member, second)
    closed = town.books.find("payment", before)
    town.books.keep("payment", before, {**closed, "state": "NOTPAY"})  # seen: money after a close
    assert town.books.pay(before) and town.books.pay(after)
    return Pair((notice(town, before), notice(town, after)))


@pair
def notice_of_both_x_price_of_one(town: Town) -> Pair:
    _, _, second, payment_no = both_at_wechat(town)
    return Pair((notice(town, payment_no), call(
        town, town.shop.staff(), "pricing.adjust_order_price", order_no=second, goods_fen=9_000, seen_pay_fen=9_800,
        reason="老客户")))


@pair
def refund_of_one_x_refund_of_the_other(town: Town) -> Pair:
    _, first, second = both_paid(town)
    return Pair((refund(town, first), refund(town, second)))
