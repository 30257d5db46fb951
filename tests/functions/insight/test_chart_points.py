"""insight.chart_points: how points came and went by day, and what is owed of them, equal to the ledger (A4, E9)."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from mall.kit.ledger import ledger_entries
from mall.kit.schema import DEFAULT_SELLER
from mall.kit.zone import day_of

from tests.functions.insight.books import chart, some_days, sums
from tests.functions.ops.seeds import stranger
from tests.support import points, seed, trade
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E9", "A4")


def test_what_members_earn_set_aside_and_spend_is_shown_with_what_is_owed(shop: Shop):
    member, goods = points.owner(shop, 500), seed.product(shop, price_fen=2_000)
    trade.place(shop, member, goods.sku_id, points=100)  # set aside is owed
    shop.move(days=1)
    trade.paid_order(shop, member, goods.sku_id, points=300)
    today = day_of(shop.now)
    nothing = dict.fromkeys(("earned", "returned", "spent", "taken_back", "expired"), 0)
    for _ in range(2):
        assert chart(shop.staff("insight.*"), "chart_points", today - timedelta(days=2), today) == [
            {**nothing, "day": (today - timedelta(days=2)).isoformat(), "owed": 0},
            {**nothing, "day": (today - timedelta(days=1)).isoformat(), "earned": 500, "owed": 500},
            {**nothing, "day": today.isoformat(), "spent": 300, "owed": 200}]
        shop.move(days=2)
        shop.tick("insight.sum_days")


@pytest.mark.parametrize("number", (4, 5))
def test_what_is_owed_is_the_sum_of_all_entries_and_changes_by_what_is_told(shop: Shop, number: int):
    some_days(shop, 6, number)
    today, staff, changes = day_of(shop.now), shop.staff("insight.*"), sums(shop, DEFAULT_SELLER)
    first = today - timedelta(days=7)
    live = chart(staff, "chart_points", first, today)
    assert [each["owed"] for each in live] == [
        sum(changes["points", first + timedelta(days=day)] for day in range(until + 1)) for until in range(8)]
    assert live[-1]["owed"] == -sum(
        row.amount for row in shop.rows(ledger_entries) if row.account.startswith("points/")) > 0
    for before, after in pairwise(live):
        assert after["owed"] - before["owed"] == (after["earned"] + after["returned"] - after["spent"]
                                                  - after["taken_back"] - after["expired"])
    shop.tick("insight.sum_days")
    assert chart(staff, "chart_points", first, today) == live


def test_they_belong_to_the_platform(shop: Shop):
    today = day_of(shop.now)
    with refused("PLATFORM_ONLY", status=403):
        chart(stranger(shop), "chart_points", today, today)
