"""orders.close_unpaid_orders (spec E4)."""

from collections import Counter
from datetime import timedelta

import pytest
from mall.domains.orders.rules import close_next
from mall.kit import clock
from mall.tables.trade import order_events, orders, payments

from tests.journeys.quiet import stock_of
from tests.support import seed, trade
from tests.support.pay import Paying
from tests.support.shop import Shop


def test_only_orders_whose_time_is_over_are_closed(shop: Shop):
    goods, member = seed.product(shop, stock=5), shop.member()
    old = trade.place(shop, member, goods.sku_id)["order_no"]
    shop.move(minutes=29)
    new = trade.place(shop, member, goods.sku_id)["order_no"]
    assert shop.tick("orders.close_unpaid_orders") == {"closed": 0, "paid": 0, "busy": 0, "failed": 0}
    shop.move(minutes=1)
    assert shop.tick("orders.close_unpaid_orders") == {"closed": 1, "paid": 0, "busy": 0, "failed": 0}
    assert trade.order_states(shop) == {old: "CLOSED", new: "UNPAID"}
    assert stock_of(shop, goods) == (4, 1)


def test_five_runs_at_the_same_moment_give_everything_back_once(shop: Shop):
    goods, member = seed.product(shop, stock=5), shop.member()
    for _ in range(3):
        trade.place(shop, member, goods.sku_id)
    shop.move(minutes=31)
    shop.in_parallel(*[lambda: shop.tick("orders.close_unpaid_orders") for _ in range(5)])
    assert {(row.state, row.close_reason) for row in shop.rows(orders)} == {("CLOSED", "EXPIRED")}
    assert Counter(row.move for row in shop.rows(order_events)) == {"place": 3, "close_unpaid": 3}
    assert stock_of(shop, goods) == (5, 0)


def test_orders_that_wechat_will_not_close_keep_no_other_waiting(shop: Shop, paying: Paying, monkeypatch):
    monkeypatch.setattr("functions.orders.close_unpaid_orders.MOST", 2)
    goods, member = seed.product(shop, stock=5), shop.member()
    for _ in range(3):
        order_no = trade.place(shop, member, goods.sku_id)["order_no"]
        member.call("payments.start_payment", order_no=order_no)
    free = trade.place(shop, member, goods.sku_id)["order_no"]
    paying.faults({"at": "close", "do": "refuse", "status": 403, "code": "RULE_LIMIT", "times": None})
    paying.move(minutes=31)
    assert shop.tick("orders.close_unpaid_orders") == {"closed": 1, "paid": 0, "busy": 0, "failed": 3}
    assert trade.order(shop, free).state == "CLOSED"
    assert stock_of(shop, goods) == (2, 3)


class OutOfTime(BaseException):
    """The platform ends the run."""


def test_the_oldest_on_which_wechat_hangs_use_up_one_run_and_not_the_next(shop: Shop, paying: Paying, monkeypatch):
    goods, member = seed.product(shop, stock=5), shop.member()
    placed = []
    for _ in range(3):
        placed.append(trade.place(shop, member, goods.sku_id)["order_no"])
        member.call("payments.start_payment", order_no=placed[-1])
        paying.move(seconds=1)
    oldest, *others = placed
    hangs, close, asked = payment_of(shop, oldest), paying.adapter.close, []

    def slow_close(payment_no: str) -> str:
        asked.append(payment_no)
        if payment_no == hangs:
            raise OutOfTime()
        return close(payment_no)

    monkeypatch.setattr(paying.adapter, "close", slow_close)
    paying.move(minutes=30)
    with pytest.raises(OutOfTime):
        shop.tick("orders.close_unpaid_orders")
    assert asked == [hangs]
    paying.move(minutes=1)
    assert shop.tick("orders.close_unpaid_orders") == {"closed": 2, "paid": 0, "busy": 0, "failed": 0}
    assert trade.order_states(shop) == {oldest: "UNPAID", **dict.fromkeys(others, "CLOSED")}
    monkeypatch.setattr(paying.adapter, "close", close)
    paying.move(minutes=1)
    assert shop.tick("orders.close_unpaid_orders") == {"closed": 1, "paid": 0, "busy": 0, "failed": 0}
    assert trade.order(shop, oldest).state == "CLOSED"
    assert stock_of(shop, goods) == (5, 0)


def payment_of(shop: Shop, order_no: str) -> str:
    [row] = shop.rows(payments, checkout_id=trade.order(shop, order_no).checkout_id)
    return row.payment_no


@pytest.mark.parametrize(("over", "waits"), [(0, 2), (1, 2), (2, 2), (5, 5), (59, 59), (61, 60), (9_999, 60)])
def test_one_that_does_not_close_is_tried_ever_more_rarely(over: int, waits: int):
    now = clock.now()
    assert close_next(now - timedelta(minutes=over), now) == now + timedelta(minutes=waits)
