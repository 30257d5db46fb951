"""ops.check_health: numbers for a monitor."""

from __future__ import annotations

from mall.domains.orders.rules import OrderShipped
from mall.kit import outbox

from tests.functions.ops.seeds import open_case, park
from tests.support.shop import Shop


def test_health_counts_what_waits_and_anyone_may_ask(shop: Shop):
    healthy = {"healthy": True, "database": True, "events_waiting": 0, "oldest_event_s": 0, "events_held": 0,
               "events_parked": 0, "open_cases": 0, "audit_late": False}
    assert shop.call("ops.check_health") == healthy
    park(shop)
    open_case(shop, "pay_1")
    shop.database.run(outbox.emit, OrderShipped("ord_2", "mem_1"), shop.now)
    shop.move(seconds=200)
    found = shop.call("ops.check_health")
    assert 199 <= found.pop("oldest_event_s") <= 201
    assert found == {"healthy": True, "database": True, "events_waiting": 1, "events_held": 0, "events_parked": 1,
                     "open_cases": 1, "audit_late": False}
    shop.move(seconds=200)
    assert shop.call("ops.check_health")["healthy"] is False
