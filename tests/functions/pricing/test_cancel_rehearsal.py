"""pricing.cancel_rehearsal (spec F13)."""

from __future__ import annotations

from typing import Any

import pytest
from mall.flows.marketing import rehearse

from tests.functions.pricing.conftest import NOTHING, TEN_PERCENT, TIMER, five_orders, start, view
from tests.support.shop import Shop, refused

pytestmark = [pytest.mark.spec("F13"), pytest.mark.usefixtures("small_batches")]


def test_a_cancelled_one_keeps_what_it_found_and_goes_on_no_more(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    five_orders(shop)
    staff = shop.staff()
    rehearsal_id = start(shop, staff, **TEN_PERCENT)
    plain, calls = rehearse.go_on, []

    def cancelled_in_the_second(tx: Any, *args: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            staff.call("pricing.cancel_rehearsal", rehearsal_id=rehearsal_id)
        return plain(tx, *args)

    monkeypatch.setattr(rehearse, "go_on", cancelled_in_the_second)
    assert shop.tick(TIMER) == NOTHING | {"steps": 1, "elsewhere": 1}
    staff.call("pricing.cancel_rehearsal", rehearsal_id=rehearsal_id)  # once more changes nothing
    found = view(staff, rehearsal_id)
    assert (found["state"], found["looked_at"], found["given_fen"]) == ("CANCELLED", 2, 2_000)
    assert 0 < found["percent_done"] <= 100 and found["finished_at"]
    assert shop.tick(TIMER) == NOTHING


def test_one_that_is_done_cannot_be_cancelled(shop: Shop):
    staff = shop.staff()
    rehearsal_id = start(shop, staff, **TEN_PERCENT)
    shop.tick(TIMER)
    before = shop.snapshot()
    with refused("REHEARSAL_ENDED"):
        staff.call("pricing.cancel_rehearsal", rehearsal_id=rehearsal_id)
    assert shop.snapshot() == before
