"""ops.measure_backlog: figures for charts, nothing written."""

from __future__ import annotations

from mall.domains.orders.rules import OrderShipped
from mall.kit import outbox

from tests.functions.ops.seeds import open_case, park
from tests.support.shop import Shop


def test_what_waits_is_counted_and_left_as_it_is(shop: Shop):
    nothing = {"events_waiting": 0, "oldest_event_s": 0, "events_held": 0, "events_parked": 0, "open_cases": 0}
    assert shop.tick("ops.measure_backlog") == nothing
    park(shop)
    open_case(shop, "pay_1")
    shop.database.run(outbox.emit, OrderShipped("ord_2", "mem_1"), shop.now)
    shop.move(seconds=200)
    before = shop.snapshot()
    found = shop.tick("ops.measure_backlog")
    assert 199 <= found.pop("oldest_event_s") <= 201
    assert found == {"events_waiting": 1, "events_held": 0, "events_parked": 1, "open_cases": 1}
    assert shop.snapshot() == before
