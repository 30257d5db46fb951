"""insight.chart_refunds: what was decided to go back, by day, equal to the ledger (E9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from mall.kit.schema import DEFAULT_SELLER
from mall.kit.zone import day_of

from tests.functions.insight.books import chart, some_days, sums
from tests.support import seed, trade
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E9")


def test_a_refund_stands_on_the_day_on_which_it_was_decided(shop: Shop):
    member, goods = shop.member(), seed.product(shop, price_fen=2_000)
    order_no = trade.paid_order(shop, member, goods.sku_id, 2)
    shop.move(days=1)
    staff, today = shop.staff(), day_of(shop.now)
    line_id = staff.call("orders.view_order", order_no=order_no)["order"]["lines"][0]["line_id"]
    staff.call("refunds.start_refund", order_no=order_no, reason="少件", lines=[{"line_id": line_id, "quantity": 1}])
    assert chart(staff, "chart_refunds", today - timedelta(days=1), today) == [
        {"day": (today - timedelta(days=1)).isoformat(), "refunds_fen": 0, "refunds": 0},
        {"day": today.isoformat(), "refunds_fen": 2_000, "refunds": 1}]


def test_each_day_is_the_sum_of_its_entries_summed_up_or_not(shop: Shop):
    some_days(shop, 6, 7)
    today, staff, expected = day_of(shop.now), shop.staff("insight.*"), sums(shop, DEFAULT_SELLER)
    first = today - timedelta(days=6)
    live = chart(staff, "chart_refunds", first, today)
    assert [(each["refunds_fen"], each["refunds"]) for each in live] == [
        tuple(expected[name, first + timedelta(days=day)] for name in ("refunds_fen", "refunds")) for day in range(7)]
    assert sum(each["refunds"] for each in live) > 0
    shop.tick("insight.sum_days")
    assert chart(staff, "chart_refunds", first, today) == live


def test_a_window_that_ends_before_it_begins_is_refused(shop: Shop):
    today = day_of(shop.now)
    with refused("BAD_CHART_WINDOW", status=400, field="until_day"):
        chart(shop.staff("insight.*"), "chart_refunds", today, today - timedelta(days=1))
