"""insight.chart_takings: what came for orders by day, equal to the ledger whether it was summed up or not (E9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from mall.domains.insight import rules
from mall.kit.schema import DEFAULT_SELLER
from mall.kit.zone import day_of
from mall.tables.insight import insight_days

from tests.functions.insight.books import chart, some_days, sums
from tests.functions.ops.seeds import stranger
from tests.support import sellers, seed, trade, wallet
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E9")


def test_a_day_shows_what_came_by_wechat_and_from_stored_value_and_the_orders_that_were_paid(shop: Shop):
    wallet.open(shop)
    member, goods = wallet.owner(shop, 10_000), seed.product(shop, price_fen=2_000)
    wallet.paid_order(shop, member, goods.sku_id, balance_fen=500)  # the rest by WeChat
    trade.place(shop, member, goods.sku_id)  # nobody pays
    free = seed.product(shop, price_fen=0)
    trade.paid_order(shop, member, free.sku_id, delivery="PICKUP")
    shop.move(days=1)
    trade.paid_order(shop, member, goods.sku_id, 2)
    today = day_of(shop.now)
    yesterday = today - timedelta(days=1)
    assert chart(shop.staff("insight.*"), "chart_takings", yesterday, today + timedelta(days=5)) == [
        {"day": yesterday.isoformat(), "takings_fen": 2_000, "orders": 2},
        {"day": today.isoformat(), "takings_fen": 4_000, "orders": 1}]


@pytest.mark.parametrize("number", range(3))
def test_each_day_is_the_sum_of_its_entries_summed_up_or_not(shop: Shop, number: int):
    some_days(shop, 6, number)
    today = day_of(shop.now)
    first, staff = today - timedelta(days=8), shop.staff("insight.*")
    expected = sums(shop, DEFAULT_SELLER)
    live = chart(staff, "chart_takings", first, today)
    assert [each["takings_fen"] for each in live] == [
        expected["takings_fen", first + timedelta(days=day)] for day in range(9)]
    assert shop.tick("insight.sum_days")["days"] >= 4 and shop.rows(insight_days)
    assert chart(staff, "chart_takings", first, today) == live


def test_a_seller_sees_what_came_for_his_own_orders(shop: Shop):
    tea = sellers.open_shop(shop)
    member = shop.member()
    trade.paid_order(shop, member, seed.product(shop, price_fen=900).sku_id)
    trade.paid_order(shop, member, seed.product(shop, price_fen=700, seller_id=tea.seller_id).sku_id)
    today = day_of(shop.now)
    for _ in range(2):
        own = sellers.enter(shop, shop.staff(), tea.seller_id)
        assert [(each["takings_fen"], each["orders"]) for each in chart(own, "chart_takings", today, today)
                ] == [(700, 1)]
        assert [(each["takings_fen"], each["orders"]) for each in chart(stranger(shop), "chart_takings", today, today)
                ] == [(0, 0)]
        shop.move(days=1)
        shop.tick("insight.sum_days")


def test_a_window_has_its_bounds(shop: Shop):
    today, staff = day_of(shop.now), shop.staff("insight.*")
    assert len(chart(staff, "chart_takings", today - timedelta(days=rules.MOST_DAYS - 1), today)) == rules.MOST_DAYS
    for first, last in ((today - timedelta(days=rules.MOST_DAYS), today), (today, today - timedelta(days=1))):
        with refused("BAD_CHART_WINDOW", status=400, field="until_day"):
            chart(staff, "chart_takings", first, last)
    assert chart(staff, "chart_takings", today + timedelta(days=1), today + timedelta(days=2)) == []


def test_many_days_that_are_not_summed_up_are_told_and_not_asked(shop: Shop):
    some_days(shop, 1, 1)
    trade.paid_order(shop, shop.member(), seed.product(shop).sku_id)
    first = day_of(shop.now)
    shop.move(days=rules.MOST_OPEN)
    staff = shop.staff("insight.*")
    before = shop.snapshot()
    with refused("FIGURES_NOT_READY", status=503):
        chart(staff, "chart_takings", first, day_of(shop.now))
    assert shop.snapshot() == before
    assert chart(staff, "chart_takings", first, first)[0]["takings_fen"] > 0
    shop.tick("insight.sum_days")
    assert len(chart(staff, "chart_takings", first, day_of(shop.now))) == rules.MOST_OPEN + 1


def test_who_may_not_does_not_see_it(shop: Shop):
    today = day_of(shop.now)
    with refused("NOT_ALLOWED", status=403):
        chart(shop.staff("orders.*"), "chart_takings", today, today)
    with refused("NOT_SIGNED_IN", status=401):
        chart(shop.member(), "chart_takings", today, today)
