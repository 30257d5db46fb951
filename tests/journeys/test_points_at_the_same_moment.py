"""Points of one member wanted by several calls at the same moment: each point moves once."""

from __future__ import annotations

import pytest
from mall.tables.trade import order_lines, orders

from tests.support import points, seed, trade
from tests.support.shop import Shop

pytestmark = pytest.mark.spec("A4")


def test_of_two_orders_at_the_same_moment_that_want_the_same_points_exactly_one_is_placed(shop: Shop):
    member, goods = points.owner(shop, 1_000), seed.product(shop, price_fen=9_900, stock=50)
    answers = shop.in_parallel(*[
        lambda: trade.place(shop, member, goods.sku_id, 1, "PICKUP", points=1_000) for _ in range(6)])
    assert sorted(getattr(each, "code", "placed") for each in answers if not isinstance(each, dict)) == [
        "POINTS_SHORT"] * 5
    assert (len(shop.rows(orders)), points.standing(shop, member)) == (1, (0, 1_000, 0))
    assert points.findings(shop) == []


def test_orders_at_the_same_moment_for_whom_there_is_enough_are_all_placed(shop: Shop):
    member, goods = points.owner(shop, 300), seed.product(shop, price_fen=9_900, stock=50)
    for days in (1, 2, 3):
        points.lot(shop, member, 300, days=days)
    answers = shop.in_parallel(*[
        lambda: trade.place(shop, member, goods.sku_id, 1, "PICKUP", points=400) for _ in range(3)])
    assert [type(each) for each in answers] == [dict] * 3, answers
    assert (points.lots(shop, member), points.standing(shop, member)) == ([0, 0, 0, 0], (0, 1_200, 0))
    assert points.findings(shop) == []


def test_pieces_that_are_refunded_at_the_same_moment_move_each_point_once(shop: Shop):
    member, goods = points.owner(shop, 900), seed.product(shop, price_fen=3_333, stock=30)
    order_no = points.received(shop, member, goods.sku_id, 6, points=600)
    line = shop.rows(order_lines, order_no=order_no)[0].line_id
    staff = [shop.staff() for _ in range(6)]
    answers = shop.in_parallel(*[
        lambda who=who: who.call("refunds.start_refund", order_no=order_no, reason="不要了",
                                 lines=[{"line_id": line, "quantity": 1}]) for who in staff])
    assert [each for each in answers if not isinstance(each, dict)] == []
    assert points.standing(shop, member) == (900, 0, 0)
    assert points.findings(shop) == []


def test_refunds_of_two_orders_of_one_member_at_the_same_moment(shop: Shop):
    member, goods = points.owner(shop, 900), seed.product(shop, price_fen=10_000, stock=30)
    order_nos = [points.received(shop, member, goods.sku_id, 1, points=450) for _ in range(2)]
    answers = shop.in_parallel(*[lambda number=number: points.refund(shop, number) for number in order_nos])
    assert [each for each in answers if not isinstance(each, dict)] == []
    assert points.standing(shop, member) == (900, 0, 0)
    assert points.findings(shop) == []


def test_a_payment_against_a_cancel_spends_or_gives_back_and_never_both(shop: Shop):
    class Closes:
        def close(self, _: str) -> str:
            return "closed"

    shop.house.world.put("wechat_pay", Closes())
    member, goods = points.owner(shop, 1_000), seed.product(shop, price_fen=9_900)
    order_no = trade.place(shop, member, goods.sku_id, 1, "PICKUP", points=1_000)["order_no"]
    payment_no = trade.prepay(shop, order_no)
    shop.in_parallel(lambda: member.call("orders.cancel_order", order_no=order_no),
                     lambda: trade.settle(shop, payment_no))
    state = trade.order(shop, order_no).state
    assert points.standing(shop, member) == ((0, 0, 0) if state == "TO_SHIP" else (1_000, 0, 0))
    assert points.findings(shop) == []


@pytest.mark.parametrize("turn", range(3))
def test_a_receipt_beside_a_refund_that_makes_a_debt_pays_it_whoever_is_first(shop: Shop, turn: int):
    member, goods = shop.member(), seed.product(shop, price_fen=10_000, stock=20)
    first = points.received(shop, member, goods.sku_id, 1)
    trade.paid_order(shop, member, goods.sku_id, 1, "PICKUP", points=100)
    second = trade.paid_order(shop, member, goods.sku_id, 1)
    trade.ship(shop, second)
    answers = shop.in_parallel(lambda: member.call("orders.confirm_receipt", order_no=second),
                               lambda: points.refund(shop, first))
    assert [each for each in answers if not isinstance(each, dict)] == []
    assert points.standing(shop, member) == (0, 0, 0)
    assert points.findings(shop) == []


def test_two_orders_received_at_the_same_moment_earn_both_and_pay_a_debt_once(shop: Shop):
    member, goods = shop.member(), seed.product(shop, price_fen=10_000, stock=20)
    first = points.received(shop, member, goods.sku_id, 1)
    trade.paid_order(shop, member, goods.sku_id, 1, "PICKUP", points=100)
    points.refund(shop, first)
    shipped = [trade.paid_order(shop, member, goods.sku_id, 1) for _ in range(3)]
    for order_no in shipped:
        trade.ship(shop, order_no)
    answers = shop.in_parallel(*[lambda number=number: member.call("orders.confirm_receipt", order_no=number)
                                 for number in shipped])
    assert [each for each in answers if not isinstance(each, dict)] == []
    assert points.standing(shop, member) == (200, 0, 0)
    assert points.findings(shop) == []
