"""pricing.view_rehearsal (spec F13)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from mall.tables.trade import orders
from sqlalchemy import update

from tests.functions.pricing.conftest import NOTHING, TEN_PERCENT, TIMER, five_orders, start, view
from tests.functions.pricing.test_rehearse_promotion import rich_past
from tests.support import seed, trade
from tests.support.shop import Shop

pytestmark = [pytest.mark.spec("F13"), pytest.mark.usefixtures("small_batches")]
SUMS = ("looked_at", "left_aside", "changed", "given_fen", "taken_fen", "gifts_fen", "list_fen", "before_fen",
        "after_fen", "to_zero", "below_least", "pushed_aside", "largest")


def test_what_was_in_force_changes_nothing_to_the_fen_over_all_orders(shop: Shop):
    rich_past(shop)
    staff = shop.staff()
    rehearsal_id = start(shop, staff)
    shop.tick(TIMER)
    found = view(staff, rehearsal_id)
    assert (found["state"], found["percent_done"]) == ("DONE", 100)
    assert [found[name] for name in ("looked_at", "left_aside", "changed", "given_fen", "taken_fen", "gifts_fen")] == [
        4, 0, 0, 0, 0, 0]
    assert found["before_fen"] == found["after_fen"] > 0
    assert (found["average_off_fen"], found["pushed_aside"], found["largest"]) == (0, [], [])


def test_batch_after_batch_comes_to_what_one_look_comes_to_and_its_days_add_up(shop: Shop):
    order_nos = five_orders(shop)
    seed.promotion(shop, steps=((5_000, 500),), title="满50减5")
    goods, staff = seed.product(shop, price_fen=20_000), shop.staff()
    trade.paid_order(shop, shop.member(), goods.sku_id)
    for days, order_no in enumerate(order_nos[:2], start=1):
        shop.database.run(lambda tx, days=days, order_no=order_no: tx.change(
            update(orders).where(orders.c.order_no == order_no).values(placed_at=shop.now - timedelta(days=days))))
    draft = {"kind": "nth_piece", "nth": 2, "percent": 0, "least_percent": 99}
    for terms in (draft, TEN_PERCENT):
        rehearsal_id = start(shop, staff, key=terms["kind"], **terms)
        assert shop.tick(TIMER) == NOTHING | {"steps": 4}  # the last finds that there is no more
        found = view(staff, rehearsal_id)
        whole = staff.call("pricing.rehearse_promotion", placed_from=shop.now - timedelta(days=3),
                           placed_until=shop.now, **terms)
        assert {name: found[name] for name in SUMS} == {name: whole[name] for name in SUMS}
        assert (found["looked_at"], found["state"]) == (6, "DONE")
        assert len(found["days"]) == 3 and [day["looked_at"] for day in found["days"]] == [1, 1, 4]
        for name in SUMS[:-2]:
            assert sum(day[name] for day in found["days"]) == found[name]
    assert (found["given_fen"], found["average_off_fen"]) == (7_000, 1_166)
    assert found["pushed_aside"] == []
    assert shop.tick(TIMER) == NOTHING
