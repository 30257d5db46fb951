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


def test_parked_events_come_page_by_page_to_the_last(shop: Shop):
    parked = sorted(park(shop) for _ in range(5))
    staff, found, cursor = shop.staff("ops.*"), [], None
    while True:
        page = staff.call("ops.list_parked_events", limit=2, **({"cursor": cursor} if cursor else {}))
        found += [each["event_id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == parked
