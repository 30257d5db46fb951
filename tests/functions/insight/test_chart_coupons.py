"""insight.chart_coupons: what coupons cost and what came for orders with them, by day, equal to the ledger (D4, E9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from mall.kit.schema import DEFAULT_SELLER
from mall.kit.zone import day_of

from tests.functions.insight.books import chart, some_days, sums
from tests.support import seed, trade, twins
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E9", "D4")


def test_an_order_with_a_coupon_shows_what_it_cost_and_what_came(shop: Shop):
    member, goods = shop.member(), seed.product(shop, price_fen=6_000)
    template_id = twins.coupon_template(shop)
    coupon_id = member.call("coupons.claim_coupon", template_id=template_id)["coupon_id"]
    order_no = trade.paid_order(shop, member, goods.sku_id, coupon_ids=[coupon_id])
    trade.paid_order(shop, member, goods.sku_id)
    today = day_of(shop.now)
    assert chart(shop.staff("insight.*"), "chart_coupons", today, today) == [
        {"day": today.isoformat(), "cost_fen": 1_000, "orders": 1, "takings_fen": 5_000}]
    shop.move(days=1)
    shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")
    assert [(each["cost_fen"], each["orders"], each["takings_fen"]) for each in chart(
        shop.staff("insight.*"), "chart_coupons", today, today + timedelta(days=1))] == [
            (1_000, 1, 5_000), (-1_000, 0, 0)]


def test_each_day_is_the_sum_of_its_entries_summed_up_or_not(shop: Shop):
    some_days(shop, 6, 8)
    today, staff, expected = day_of(shop.now), shop.staff("insight.*"), sums(shop, DEFAULT_SELLER)
    first = today - timedelta(days=6)
    live = chart(staff, "chart_coupons", first, today)
    assert [(each["cost_fen"], each["orders"], each["takings_fen"]) for each in live] == [
        tuple(expected[name, first + timedelta(days=day)] for name in ("cost_fen", "coupon_orders",
                                                                       "coupon_takings_fen")) for day in range(7)]
    assert sum(each["orders"] for each in live) > 0
    shop.tick("insight.sum_days")
    assert chart(staff, "chart_coupons", first, today) == live


def test_a_window_that_ends_before_it_begins_is_refused(shop: Shop):
    today = day_of(shop.now)
    with refused("BAD_CHART_WINDOW", status=400, field="until_day"):
        chart(shop.staff("insight.*"), "chart_coupons", today, today - timedelta(days=1))
