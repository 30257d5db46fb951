"""Towns in which each action really does its work, and how it is called there.

A scenario prepares the town through the shop's own actions and returns the `play`: one call as a client,
a timer, the relay or WeChat makes it. Played again it is the same request with a new signature. An action
without a scenario here plays its sample event (`events/`), so that a new one is covered the day it is written.

A file a chapter, or a subject of a chapter; each file of this folder is read, so that a new one needs no list.
"""

from __future__ import annotations

import base64
import importlib
import json
import pkgutil
import secrets
from collections.abc import Iterator
from typing import Any

from mall.app import identity, registry
from mall.app.actions import Action
from mall.app.triggers import read_event
from mall.kit import clock

from tests.crash.scenarios.kept import SCENARIOS, Prepare
from tests.crash.scenarios.words import timer
from tests.crash.town import Play, Town
from tests.house.samples import EVENTS, context_of, read_sample
from tests.support.shop import SECRETS, Caller

KINDS = ("command", "remote", "listener", "webhook", "timer")

for _chapter in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_chapter.name}")


def actions() -> list[Action]:
    """Every action that may change something."""
    return [action for action in registry.load().values() if action.kind in KINDS]


def scenarios_of(action: Action) -> Iterator[tuple[str, Prepare]]:
    """(name, prepare) of each scenario of the action, the plain one first; its sample where it has none."""
    own = SCENARIOS.get(action.name)
    if own:
        for about in sorted(own, key=bool):
            yield f"{action.name} ({about})" if about else action.name, own[about]
    elif (EVENTS / f"{action.name.replace('.', '/')}.json").is_file():
        yield f"{action.name} (sample)", lambda town: play_sample(town, action)
    elif action.kind == "timer":
        yield action.name, lambda town: timer(town, action.name)
    else:
        raise LookupError(f"{action.name} has neither a scenario nor a sample event")


def play_sample(town: Town, action: Action) -> Play:
    sample = read_sample(action.name.replace(".", "/"), trigger_secret=SECRETS["trigger_secret"])
    if read_event(sample["event"], context_of(sample)).identity is not None:
        town.shop.send("members.sign_in", {}, sample["context"])
    callers = {"member": town.shop.member, "staff": town.shop.staff}
    caller = callers[sample["as"]]() if "as" in sample else None

    def play() -> Any:
        event = json.loads(json.dumps(sample["event"]))
        if caller is not None:
            event["headers"] = _signed(event, action, caller)
        elif action.kind in ("command", "remote") and "headers" not in event:
            event["idempotency_key"] = "crash"
        return town.shop.send(action.name, event, context_of(sample))

    return play


def _signed(event: dict[str, Any], action: Action, caller: Caller) -> dict[str, str]:
    body = event.get("body") or ""
    raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    headers = {name.lower(): value for name, value in event["headers"].items()} | {"idempotency-key": "crash"}
    stamp, nonce = str(int(clock.wall().timestamp())), secrets.token_hex(12)
    return headers | {
        "authorization": f"Bearer {caller.token}", "x-mall-timestamp": stamp, "x-mall-nonce": nonce,
        "x-mall-signature": identity.signature(caller.session_key, action.name, stamp, nonce, "crash", raw)}
