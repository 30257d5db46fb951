"""The guards that stand in the WHERE, each reached directly: what the flows above have checked before, the statement
refuses once more, and writes nothing. Of two at the same moment the second finds the first here."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from mall.domains.coupons import store as coupons
from mall.domains.coupons.rules import CouponsGone
from mall.domains.group_buys import store as group_buys
from mall.domains.orders import store as orders
from mall.domains.payments import store as payments
from mall.domains.points import store as points
from mall.domains.stock import store as stock
from mall.kit.errors import Conflict, RuleBroken
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.marketing import coupon_templates, group_seats, groups
from mall.tables.points import point_lots
from mall.tables.trade import order_lines
from mall.tables.trade import orders as order_rows
from mall.tables.trade import payments as payment_rows
from sqlalchemy import update

from tests.support import points as some_points
from tests.support import seed, trade, wallet
from tests.support.shop import Shop

pytestmark = pytest.mark.spec("E9", "L3")


class TooMuch(RuleBroken):
    code, message = "TOO_MUCH", "超出"


def refuses(shop: Shop, kind: type[Exception], work: Any, *given: Any, **named: Any) -> None:
    """The work ends in this error, and every table is as before."""
    before = shop.snapshot()
    with pytest.raises(kind):
        shop.database.run(work, *given, **named)
    assert shop.snapshot() == before


# stock


@pytest.mark.parametrize(("available_by", "held_by"), [(-6, 6), (1, -1), (0, -1)],
                         ids=["more than there is", "a release of what is not held", "a sale of what is not held"])
def test_neither_what_may_be_sold_nor_what_is_held_goes_below_zero(shop: Shop, available_by: int, held_by: int):
    goods = seed.product(shop, stock=5)
    refuses(shop, Conflict, stock.move, goods.sku_id, stock.MAIN_WAREHOUSE, "ADJUST", available_by, held_by,
            reference="r", actor="test", now=shop.now)


def test_one_order_never_sets_free_what_another_holds(shop: Shop):
    goods = seed.product(shop, stock=5)
    trade.place(shop, shop.member(), goods.sku_id, 2)
    refuses(shop, Conflict, stock.release, goods.sku_id, stock.MAIN_WAREHOUSE, 3, order_no="ord_other", actor="test",
            now=shop.now)


# orders


def test_an_order_gives_back_no_more_than_was_paid_for_it(shop: Shop):
    goods = seed.product(shop, price_fen=10_000)
    order_no = trade.paid_order(shop, shop.member(), goods.sku_id)
    refuses(shop, TooMuch, orders.add_refunded, order_no, 10_001, TooMuch())


def test_an_order_gives_back_no_more_stored_value_than_was_paid_with(shop: Shop):
    wallet.open(shop)
    goods = seed.product(shop, price_fen=10_000)
    order_no = wallet.paid_order(shop, wallet.owner(shop, 4_000), goods.sku_id, balance_fen=4_000)
    refuses(shop, TooMuch, orders.add_refunded, order_no, 4_001, TooMuch(), into_balance_fen=4_001)
    shop.database.run(orders.add_refunded, order_no, 10_000, TooMuch(), into_balance_fen=4_000)
    row = trade.order(shop, order_no)
    assert (row.refunded_fen, row.balance_refunded_fen) == (10_000, 4_000)


def test_no_piece_of_a_line_is_refunded_beyond_what_was_bought(shop: Shop):
    goods = seed.product(shop)
    trade.paid_order(shop, shop.member(), goods.sku_id, 3)
    line = shop.rows(order_lines)[0]
    refuses(shop, TooMuch, orders.add_refunded_pieces, line, 4, 0, TooMuch())


def test_pieces_are_counted_only_upon_the_count_that_was_seen(shop: Shop):
    goods = seed.product(shop)
    trade.paid_order(shop, shop.member(), goods.sku_id, 3)
    seen = shop.rows(order_lines)[0]
    shop.database.run(orders.add_refunded_pieces, seen, 1, 0, TooMuch())
    refuses(shop, TooMuch, orders.add_refunded_pieces, seen, 1, 0, TooMuch())
    assert shop.rows(order_lines)[0].refunded_quantity == 1


# payments


def test_a_payment_gives_back_no_more_than_came_in(shop: Shop):
    goods, member = seed.product(shop, price_fen=10_000), shop.member()
    trade.paid_order(shop, member, goods.sku_id)
    payment_no = shop.rows(payment_rows)[0].payment_no
    refuses(shop, TooMuch, payments.add_refunded, payment_no, 10_001, TooMuch())
    shop.database.run(payments.add_refunded, payment_no, 10_000, TooMuch())
    refuses(shop, TooMuch, payments.add_refunded, payment_no, 1, TooMuch())


def test_a_payment_that_nobody_has_paid_gives_nothing_back(shop: Shop):
    goods, member = seed.product(shop, price_fen=10_000), shop.member()
    payment_no = trade.prepay(shop, trade.place(shop, member, goods.sku_id)["order_no"], openid=member.openid)
    refuses(shop, TooMuch, payments.add_refunded, payment_no, 1, TooMuch())


# coupons


@pytest.fixture
def template(shop: Shop) -> Any:
    """A coupon that is claimed within a week from tomorrow."""
    shop.database.run(lambda tx: tx.insert(
        coupon_templates, template_id="tpl_1", seller_id=DEFAULT_SELLER, kind="no_threshold", title="券",
        document={"off_fen": 500}, channel="CENTRE", quota=10, per_member=2, claimed=0,
        claim_from=shop.now + timedelta(days=1), claim_until=shop.now + timedelta(days=8), valid_from=None,
        valid_until=None, valid_days=10, state="ACTIVE", created_at=shop.now))
    return shop.rows(coupon_templates)[0]


def test_a_coupon_is_counted_only_within_its_claim_window(shop: Shop, template: Any):
    instant, member = timedelta(microseconds=1), shop.member().subject_id
    for moment in (template.claim_from - instant, template.claim_until):
        refuses(shop, CouponsGone, coupons.give, template, [member], {}, moment)
    for moment in (template.claim_from, template.claim_until - instant):
        shop.database.run(lambda tx, at=moment: coupons.give(tx, template, [member], {}, at))
    assert shop.rows(coupon_templates)[0].claimed == 2


def test_a_coupon_that_ended_or_is_all_gone_is_counted_no_more(shop: Shop, template: Any):
    members = [shop.member().subject_id for _ in range(2)]
    for change in ({"claimed": 9}, {"claimed": 0, "state": "ENDED"}):
        shop.database.run(lambda tx, to=change: tx.write(update(coupon_templates).values(**to)))
        refuses(shop, CouponsGone, coupons.give, template, members, {}, template.claim_from)


# groups


def test_a_seat_paid_in_the_moment_in_which_its_group_ends_comes_too_late(shop: Shop):
    now = shop.now
    ends = now + timedelta(hours=2)
    activity = SimpleNamespace(group_buy_id="gbu_1", seller_id=DEFAULT_SELLER, size=2, open_hours=2, state="ACTIVE",
                               starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1))
    shop.database.run(group_buys.open_group, group_id="grp_1", activity=activity, order_no="ord_1",
                      member_id="mem_1", now=now)
    before = shop.snapshot()
    assert shop.database.run(group_buys.pay_seat, "ord_1", ends) == "over"
    assert shop.snapshot() == before
    assert shop.database.run(group_buys.pay_seat, "ord_1", ends - timedelta(microseconds=1)) == "waiting"
    assert [(row.state, row.seats_paid) for row in shop.rows(groups)] == [("FORMING", 1)]
    assert [row.state for row in shop.rows(group_seats)] == ["PAID"]


# points


def test_a_lot_expires_only_with_what_was_seen_in_it(shop: Shop):
    some_points.owner(shop, 500)
    seen = shop.rows(point_lots)[0]
    shop.database.run(lambda tx: tx.write(update(point_lots).values(free=point_lots.c.free - 200)))  # spent meanwhile
    refuses(shop, Conflict, points.expire, seen)
    assert [(row.free, row.expired, row.state) for row in shop.rows(point_lots)] == [(300, 0, "LIVE")]


def test_the_orders_of_a_refused_refund_stay_what_they_were(shop: Shop):
    goods = seed.product(shop, price_fen=10_000)
    order_no = trade.paid_order(shop, shop.member(), goods.sku_id, 3)
    line = shop.rows(order_lines)[0]

    def too_much_at_last(tx: Any) -> None:
        orders.add_refunded_pieces(tx, line, 2, 0, TooMuch())
        orders.add_refunded(tx, order_no, 30_001, TooMuch())

    refuses(shop, TooMuch, too_much_at_last)
    assert [row.refunded_fen for row in shop.rows(order_rows)] == [0]
