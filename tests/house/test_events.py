"""Events in releases: every older version of a payload has its way up, and the relay knows every kind."""

from __future__ import annotations

import pytest
from mall.app import registry
from mall.kit.outbox import Event

pytestmark = pytest.mark.spec("L3", "L4")

registry.load()
EVENTS = sorted((each for each in Event.__subclasses__() if each.__module__.startswith("mall.")),
                key=lambda each: each.kind)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.kind)
def test_an_event_has_an_upgrade_from_each_of_its_older_versions(event: type[Event]):
    assert sorted(event.upgrades) == list(range(1, event.payload_version))


def test_kinds_are_told_apart_and_fit_their_column():
    kinds = [event.kind for event in EVENTS]
    assert len(kinds) >= 15
    assert sorted(set(kinds)) == kinds
    assert [kind for kind in kinds if not 0 < len(kind) <= 64] == []


def test_the_routes_hold_every_kind_and_every_listener():
    routes = registry.routes()
    assert sorted(routes) == [event.kind for event in EVENTS]
    listeners = [action.name for action in registry.load().values() if action.kind == "listener"]
    assert sorted({name for heard in routes.values() for name in heard}) == sorted(listeners)
    assert [name for name in listeners if len(name) > 64] == []
