"""Money (资金): payments, stored value, and what WeChat tells of them."""

from __future__ import annotations

from tests.crash.pairs.kept import Pair, pair
from tests.crash.pairs.words import notice
from tests.crash.scenarios.towns import pointed, topped_up
from tests.crash.scenarios.words import basics, call, place, start, thumb, timer
from tests.crash.town import Town


@pair
def cancel_x_notice(town: Town) -> Pair:
    member, goods = basics(town)
    order_no, payment_no = thumb(town, member, goods.sku_id)
    return Pair((call(town, member, "orders.cancel_order", order_no=order_no), notice(town, payment_no)))


@pair
def cancel_x_notice_with_stored_value(town: Town) -> Pair:
    member, goods = topped_up(town)
    order_no, payment_no = thumb(town, member, goods.sku_id, balance_fen=1_000)
    return Pair((call(town, member, "orders.cancel_order", order_no=order_no), notice(town, payment_no)))


@pair
def cancel_x_notice_with_points(town: Town) -> Pair:
    member, goods = pointed(town)
    order_no, payment_no = thumb(town, member, goods.sku_id, points=700)
    return Pair((call(town, member, "orders.cancel_order", order_no=order_no), notice(town, payment_no)))


@pair
def expiry_x_notice(town: Town) -> Pair:
    member, goods = basics(town)
    _, payment_no = thumb(town, member, goods.sku_id)
    return Pair((notice(town, payment_no), timer(town, "orders.close_unpaid_orders")), late=31)


@pair
def expiry_x_start_payment(town: Town) -> Pair:
    member, goods = basics(town)
    order_no = place(town, member, goods.sku_id)
    asked = call(town, member, "payments.start_payment", order_no=order_no)
    return Pair((asked, timer(town, "orders.close_unpaid_orders")), late=31)


@pair
def cancel_x_start_payment(town: Town) -> Pair:
    member, goods = basics(town)
    order_no = place(town, member, goods.sku_id)
    return Pair((call(town, member, "orders.cancel_order", order_no=order_no),
                 call(town, member, "payments.start_payment", order_no=order_no)))


@pair
def start_payment_x_start_payment(town: Town) -> Pair:
    member, goods = basics(town)
    order_no = place(town, member, goods.sku_id)
    return Pair((call(town, member, "payments.start_payment", order_no=order_no),
                 call(town, member, "payments.start_payment", order_no=order_no, channel="native")))


@pair
def notice_x_query(town: Town) -> Pair:
    member, goods = basics(town)
    _, payment_no = thumb(town, member, goods.sku_id)
    return Pair((notice(town, payment_no), timer(town, "payments.query_stuck_payments")), late=5)


@pair
def notice_x_notice_of_two_payments(town: Town) -> Pair:
    member, goods = basics(town)
    order_no = place(town, member, goods.sku_id)
    first, second = start(town, member, order_no, "native"), start(town, member, order_no)
    closed = town.books.find("payment", first)
    town.books.keep("payment", first, {**closed, "state": "NOTPAY"})  # seen: money after a close
    assert town.books.pay(first) and town.books.pay(second)
    return Pair((notice(town, first), notice(town, second)))
