"""pricing.list_rehearsals (spec F13)."""

from __future__ import annotations

import pytest
from mall.domains.rehearsals.rules import KEPT
from mall.tables.marketing import rehearsals

from tests.functions.pricing.conftest import TEN_PERCENT, TIMER, five_orders, start, view
from tests.support.shop import Shop, refused

pytestmark = [pytest.mark.spec("F13"), pytest.mark.usefixtures("small_batches")]


def test_they_are_listed_with_how_far_they_are_and_kept_ninety_days(shop: Shop):
    five_orders(shop)
    staff = shop.staff()
    done = start(shop, staff, key="a", title="全场九折", **TEN_PERCENT)
    shop.tick(TIMER)
    running = start(shop, staff, key="b", **TEN_PERCENT)
    rows = staff.call("pricing.list_rehearsals")["items"]
    assert [(row["rehearsal_id"], row["state"], row["percent_done"]) for row in rows] == [
        (running, "RUNNING", 0), (done, "DONE", 100)]
    assert [row["title"] for row in staff.call("pricing.list_rehearsals", state="DONE")["items"]] == ["全场九折"]
    shop.move(days=KEPT.days + 1)
    assert shop.tick("ops.purge_old_rows")["rehearsals"] == 1
    assert [row.rehearsal_id for row in shop.rows(rehearsals)] == [running]
    with refused("REHEARSAL_NOT_FOUND", status=404):
        view(shop.staff(), done)
