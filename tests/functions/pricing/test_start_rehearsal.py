"""pricing.start_rehearsal (spec F13)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from mall.tables.marketing import rehearsals

from tests.functions.pricing.conftest import TEN_PERCENT, TIMER, only_row, start, view
from tests.functions.pricing.test_rehearse_promotion import rich_past
from tests.support.shop import Shop, refused

pytestmark = [pytest.mark.spec("F13"), pytest.mark.usefixtures("small_batches")]


def test_three_run_at_once_and_the_next_waits_for_a_place(shop: Shop):
    staff, now = shop.staff(), shop.now
    first, *_ = [start(shop, staff, key=f"k{number}", now=now, **TEN_PERCENT) for number in range(3)]
    before = shop.snapshot()
    with refused("TOO_MANY_REHEARSALS"):
        start(shop, staff, key="k4", **TEN_PERCENT)
    assert shop.snapshot() == before
    assert start(shop, staff, key="k0", now=now, **TEN_PERCENT) == first  # the same click
    staff.call("pricing.cancel_rehearsal", rehearsal_id=first)
    start(shop, staff, key="k5", **TEN_PERCENT)
    shop.tick(TIMER)
    assert {row.slot for row in shop.rows(rehearsals)} == {None}
    start(shop, staff, key="k6", **TEN_PERCENT)


def test_a_period_is_past_and_bounded(shop: Shop):
    staff, now, day = shop.staff(), shop.now, timedelta(days=1)
    before = shop.snapshot()
    for code, since, until in (("PERIOD_TOO_LONG", now - 93 * day, now + day),
                               ("PERIOD_NOT_BEGUN", now + day, now + 2 * day),
                               ("PERIOD_NOT_BEGUN", now - day, now - day)):
        with refused(code, status=400):
            staff.call("pricing.start_rehearsal", key=code, placed_from=since, placed_until=until, **TEN_PERCENT)
    assert shop.snapshot() == before
    start(shop, staff, **TEN_PERCENT)
    assert only_row(shop).placed_until <= shop.now


def test_a_table_that_is_saved_meanwhile_changes_nothing_of_what_was_asked(shop: Shop):
    rich_past(shop)
    staff = shop.staff()
    rehearsal_id = start(shop, staff)
    staff.call("staff.save_settings", version=0, changes={"coupons_combine": False})
    shop.tick(TIMER)
    found = view(staff, rehearsal_id)
    assert (found["looked_at"], found["left_aside"], found["changed"]) == (4, 0, 0)
