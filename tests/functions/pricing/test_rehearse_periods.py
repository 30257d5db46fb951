"""pricing.rehearse_periods (spec F13)."""

from __future__ import annotations

from typing import Any

import pytest
from mall.domains.rehearsals import store
from mall.domains.rehearsals.rules import MOST_TRIES
from mall.flows.marketing import rehearse

from tests.functions.pricing.conftest import NOTHING, TEN_PERCENT, TIMER, five_orders, only_row, start, view
from tests.support.shop import Shop

pytestmark = [pytest.mark.spec("F13"), pytest.mark.usefixtures("small_batches")]


def test_a_batch_that_two_runs_work_on_is_counted_once(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    five_orders(shop)
    staff = shop.staff()
    rehearsal_id = start(shop, staff, **TEN_PERCENT)
    plain = rehearse.go_on

    def slowly(tx: Any, *args: Any) -> Any:
        """The lease runs out while this batch is priced, and another run does it."""
        found = plain(tx, *args)
        monkeypatch.setattr(rehearse, "go_on", plain)
        shop.move(minutes=3)
        assert shop.tick(TIMER)["steps"] == 3
        return found

    monkeypatch.setattr(rehearse, "go_on", slowly)
    assert shop.tick(TIMER) == NOTHING | {"elsewhere": 1}
    found = view(staff, rehearsal_id)
    assert (found["state"], found["looked_at"], found["given_fen"]) == ("DONE", 5, 5_000)


def test_what_another_run_has_taken_is_left_to_it_until_its_lease_is_over(shop: Shop):
    five_orders(shop)
    start(shop, shop.staff(), **TEN_PERCENT)
    assert shop.database.run(store.lease, only_row(shop), shop.now)
    assert shop.tick(TIMER) == NOTHING  # it died there
    shop.move(minutes=3)
    assert shop.tick(TIMER) == NOTHING | {"steps": 3}


def test_a_step_that_fails_is_tried_again_and_given_up_in_the_end(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    five_orders(shop)
    staff = shop.staff()
    rehearsal_id = start(shop, staff, **TEN_PERCENT)

    def broken(*args: Any) -> Any:
        raise store.RehearsalEnded()

    monkeypatch.setattr(rehearse, "go_on", broken)
    for _ in range(MOST_TRIES):
        assert shop.tick(TIMER) == NOTHING | {"failed": 1}
        assert shop.tick(TIMER) == NOTHING
        shop.move(minutes=3)
    assert shop.tick(TIMER) == NOTHING | {"given_up": 1}
    found = view(staff, rehearsal_id)
    assert (found["state"], found["looked_at"], found["days"]) == ("FAILED", 0, [])
    assert only_row(shop).slot is None


def test_one_with_much_to_do_leaves_the_others_their_turn(shop: Shop):
    five_orders(shop)
    staff = shop.staff()
    for key in ("a", "b"):
        start(shop, staff, key=key, **TEN_PERCENT)
    order = []
    plain = store.go_on
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "go_on", lambda tx, row, *args: (order.append(row.rehearsal_id), plain(tx, row, *args))[1])
        shop.tick(TIMER)
    first, second = sorted(set(order))
    assert order == [first, second] * 3
