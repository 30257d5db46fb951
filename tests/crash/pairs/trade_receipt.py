"""Trade (交易): receipt, and what it brings a member."""

from __future__ import annotations

from mall.tables.trade import order_lines

from tests.crash.pairs.kept import Pair, pair
from tests.crash.pairs.words import refund
from tests.crash.scenarios.towns import at_the_anniversary, earned, on_its_way, shipped, two_dear_orders, vip
from tests.crash.scenarios.words import basics, call, express, paid, timer
from tests.crash.town import Town
from tests.support import trade


@pair
def receipt_x_refund_that_makes_a_debt(town: Town) -> Pair:
    member, goods = basics(town)
    first = earned(town, member, goods.sku_id)
    paid(town, member, goods.sku_id, points=49)
    second = paid(town, member, goods.sku_id, **express(town, member))
    trade.ship(town.shop, second)
    return Pair((call(town, member, "orders.confirm_receipt", order_no=second), refund(town, first)))


@pair
def confirm_x_finish(town: Town) -> Pair:
    member, order_no = shipped(town)
    return Pair((call(town, member, "orders.confirm_receipt", order_no=order_no),
                 timer(town, "orders.finish_delivered_orders")), late=11 * 24 * 60)


@pair
def confirm_x_refund(town: Town) -> Pair:
    member, order_no = shipped(town)
    return Pair((call(town, member, "orders.confirm_receipt", order_no=order_no), refund(town, order_no)))


@pair
def confirm_x_confirm_of_the_orders_that_make_a_vip(town: Town) -> Pair:
    member, order_nos = two_dear_orders(town)
    return Pair(tuple(call(town, member, "orders.confirm_receipt", order_no=order_no) for order_no in order_nos))


@pair
def confirm_x_refund_of_a_piece_received_before(town: Town) -> Pair:
    member, (first, second) = two_dear_orders(town)
    member.call("orders.confirm_receipt", order_no=first)
    line_id = town.shop.rows(order_lines, order_no=first)[0].line_id
    return Pair((call(town, member, "orders.confirm_receipt", order_no=second), refund(town, first, (line_id, 1))))


@pair
def confirm_x_yearly_review(town: Town) -> Pair:
    member, order_nos = vip(town)
    third = on_its_way(town, member, basics(town, price_fen=600_000)[1].sku_id)
    at_the_anniversary(town, *order_nos)
    return Pair((call(town, member, "orders.confirm_receipt", order_no=third),
                 timer(town, "members.review_levels_yearly")))


@pair
def yearly_review_x_yearly_review(town: Town) -> Pair:
    _, order_nos = vip(town)
    at_the_anniversary(town, *order_nos)
    return Pair((timer(town, "members.review_levels_yearly"), timer(town, "members.review_levels_yearly")))
