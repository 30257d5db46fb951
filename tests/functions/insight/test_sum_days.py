"""insight.sum_days: each day that is over is summed up once, of all sellers (E9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from mall.domains.insight.rules import Figure
from mall.kit.schema import DEFAULT_SELLER
from mall.kit.zone import day_of
from mall.tables.insight import insight_days

from tests.functions.insight.books import OTHER, some_days, sums
from tests.support import seed, trade
from tests.support.shop import Shop

pytestmark = pytest.mark.spec("E9")


def test_every_day_until_yesterday_is_summed_up_of_all_sellers(shop: Shop):
    some_days(shop, 5, 3)
    first, today = min(day for _, day in sums(shop, DEFAULT_SELLER)), day_of(shop.now)
    days = (today - first).days
    assert shop.tick("insight.sum_days") == {"days": days}
    for seller_id in (DEFAULT_SELLER, OTHER):
        kept = {row.day: row.amount for row in shop.rows(insight_days, seller_id=seller_id, figure="TAKINGS")}
        expected = {day.isoformat(): amount for (name, day), amount in sums(shop, seller_id).items()
                    if name == "takings_fen" and amount and day < today}
        assert kept == expected and kept
    assert [row.day for row in shop.rows(insight_days, seller_id=DEFAULT_SELLER, figure="POINTS_OWED")] == [
        (first + timedelta(days=number)).isoformat() for number in range(days)]
    before = shop.snapshot()
    assert shop.tick("insight.sum_days") == {"days": 0}
    assert shop.snapshot() == before


def test_a_day_without_anything_is_summed_up_too_and_a_shop_without_a_past_has_none(shop: Shop):
    assert shop.tick("insight.sum_days") == {"days": 0}
    trade.paid_order(shop, shop.member(), seed.product(shop, price_fen=500).sku_id)
    assert shop.tick("insight.sum_days") == {"days": 0}  # the day is not over
    shop.move(days=3)
    assert shop.tick("insight.sum_days") == {"days": 3}
    assert [(row.figure, row.amount) for row in shop.rows(insight_days)] == [
        *[(Figure.ORDERS.value, 1)], *[(Figure.POINTS_OWED.value, 0)] * 3, (Figure.TAKINGS.value, 500)]


def test_two_timers_at_the_same_moment_sum_a_day_up_once(shop: Shop):
    some_days(shop, 3, 2)
    shop.move(days=1)
    shop.in_parallel(*[lambda: shop.tick("insight.sum_days")] * 4)
    together = shop.rows(insight_days)
    shop.database.run(lambda tx: tx.write(insight_days.delete()))
    shop.tick("insight.sum_days")
    assert shop.rows(insight_days) == together
