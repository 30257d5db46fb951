"""insight.chart_sharing: what receivers were promised and what came back, by day, equal to the ledger (E7, E9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from mall.kit.schema import DEFAULT_SELLER
from mall.kit.zone import day_of
from mall.tables.people import staff as people

from tests.functions.insight.books import OTHER, chart, some_days, sums
from tests.functions.settlements.parts import receiver, shared_order, turn_on
from tests.support.pay import Paying
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E9", "E7")


def test_a_share_stands_on_the_day_on_which_it_was_decided(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    shared_order(shop, paying)
    today = day_of(shop.now)
    assert chart(shop.staff("insight.*"), "chart_sharing", today, today) == [
        {"day": today.isoformat(), "shared_fen": 1_500, "returned_fen": 0}]


@pytest.mark.parametrize("seller_id", (DEFAULT_SELLER, OTHER))
def test_each_day_is_the_sum_of_its_entries_summed_up_or_not(shop: Shop, seller_id: str):
    some_days(shop, 6, 9)
    today, staff, expected = day_of(shop.now), shop.staff("insight.*"), sums(shop, seller_id)
    if seller_id == OTHER:
        shop.database.run(lambda tx: tx.write(people.update().where(
            people.c.staff_id == staff.subject_id).values(seller_id=OTHER)))
    first = today - timedelta(days=6)
    live = chart(staff, "chart_sharing", first, today)
    assert [(each["shared_fen"], each["returned_fen"]) for each in live] == [
        tuple(expected[name, first + timedelta(days=day)] for name in ("shared_fen", "returned_fen"))
        for day in range(7)]
    assert sum(each["returned_fen"] for each in live) > 0
    shop.tick("insight.sum_days")
    assert chart(staff, "chart_sharing", first, today) == live


def test_a_window_that_ends_before_it_begins_is_refused(shop: Shop):
    today = day_of(shop.now)
    with refused("BAD_CHART_WINDOW", status=400, field="until_day"):
        chart(shop.staff("insight.*"), "chart_sharing", today, today - timedelta(days=1))
