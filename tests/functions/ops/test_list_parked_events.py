"""ops.list_parked_events: for the platform."""

from __future__ import annotations

from tests.functions.ops.seeds import park, stranger
from tests.support.shop import Shop, refused


def test_events_are_for_the_platforms_own_staff(shop: Shop):
    event_id, other = park(shop), stranger(shop)
    before = shop.snapshot()
    for action, given in (("ops.list_parked_events", {}), ("ops.replay_parked_event", {"event_id": event_id}),
                          ("ops.run_audit", {})):
        with refused("PLATFORM_ONLY", status=403):
            other.call(action, **given)
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.*").call("ops.list_parked_events")
    assert shop.snapshot("staff", "roles", "sessions") == {
        name: rows for name, rows in before.items() if name not in ("staff", "roles", "sessions")}
