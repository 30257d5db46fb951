"""Every command and remote is sent twice, in the town where it really does its work: nobody gets anything twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from mall.app import registry
from mall.app.actions import Action
from mall.kit.schema import metadata

from tests.crash import scenarios
from tests.crash.town import Town, open_town
from tests.support import shop as support

ACTIONS = [action for action in registry.load().values() if action.kind in ("command", "remote")]
BESIDES = {"idempotency_keys", "attempts", "audit_entries"}  # written for every call
MORE_OF_NO_VALUE = {  # harmless, and a row more, or a moment moved, all the same
    "catalog.copy_product": {"products", "product_categories", "product_tags", "skus", "stock_items",
                             "outbox_events"},
    "catalog.save_category": {"categories"}, "pricing.save_freight_template": {"freight_templates"},
    "members.sign_in": {"sessions"}, "members.sign_in_web": {"sessions"},
    "staff.sign_in_staff": {"sessions", "staff_networks"}, "sellers.enter_shop": {"sessions"},
    "members.save_address": {"addresses"},
    "catalog.issue_upload_url": {"uploads"}, "members.issue_upload_url": {"uploads"},
    "carts.put_cart_item": {"cart_items"}, "carts.select_cart_items": {"cart_items"},
    "settlements.remove_receiver": {"share_receivers"},
    "messaging.record_subscription": {"message_consents"},
    "reconciliation.pull_day": {"bills"},
}


@pytest.fixture(scope="module", params=["sqlite", "mysql"])
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    town = open_town(request.param, tmp_path_factory.mktemp("twice"))
    yield town
    town.close()


def code_of(answer: Any) -> str:
    body = json.loads(answer["body"]) if "body" in answer else answer
    return "ok" if body["ok"] else body["error"]["code"]


def rows(town: Town) -> dict[str, Any]:
    return town.rows(*sorted(set(metadata.tables) - BESIDES))


def changed(town: Town, known: dict[str, Any]) -> set[str]:
    """The tables that differ from what is known, which becomes what they hold now. Only what was written to is read."""
    now = town.rows(*sorted(town.touched - BESIDES))
    town.touched.clear()
    found = {name for name in now if now[name] != known[name]}
    known.update(now)
    return found


def played(town: Town, action: Action, monkeypatch: pytest.MonkeyPatch, keys: list[str | None]) -> Iterator[list]:
    """For each scenario: what each sending answers and which tables it changes, the sendings one after the other
    under these keys. None: the client names no key."""
    event = support.Caller.event
    for _, prepare in scenarios.scenarios_of(action):
        town.clear()
        request, seen, known = prepare(town), [], rows(town)
        town.touched.clear()
        for key in keys:
            def under(caller: Any, name: str, given: Any, was: str | None = None, key: str | None = key) -> Any:
                return event(caller, name, given, (key or "") if name == action.name else was)

            monkeypatch.setattr(support.Caller, "event", under)
            answer = request()
            monkeypatch.setattr(support.Caller, "event", event)
            seen.append((code_of(answer), changed(town, known)))
        yield seen


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_sent_again_it_gives_nobody_anything_more(town: Town, action: Action, monkeypatch: pytest.MonkeyPatch):
    more = MORE_OF_NO_VALUE.get(action.name, set())
    if action.key_required:
        for without, first, again in played(town, action, monkeypatch, [None, "crash", "crash"]):
            assert without == ("IDEMPOTENCY_KEY_MISSING", set()), "a call that names no key does nothing"
            assert again == (first[0], set()), "the same key answers as the first time, and does nothing"
    else:
        for first, again in played(town, action, monkeypatch, ["first", "again"]):
            assert again[1] - more == set(), f"{first} {again}"


def test_each_says_what_becomes_of_it_when_it_arrives_twice():
    said = {action.name: action.repeat for action in ACTIONS}
    assert [name for name, repeat in said.items() if repeat.by not in ("key", "seen", "harmless")] == []
    assert [name for name, repeat in said.items() if repeat.by == "harmless" and not repeat.why] == []
    assert [name for name, repeat in said.items() if (repeat.by == "seen") != bool(repeat.fields)] == []
    assert set(MORE_OF_NO_VALUE) <= {name for name, repeat in said.items() if repeat.by == "harmless"}
