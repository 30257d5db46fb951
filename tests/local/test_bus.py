"""The bus of one laptop: many nudges, few relays; a refused message is a failed delivery."""

from __future__ import annotations

import threading
import time

import pytest
from mall.kit.errors import Unavailable

from infra.local.bus import LocalBus

pytestmark = pytest.mark.spec("L1")


def test_nudges_of_one_moment_are_one_relay_and_none_is_lost():
    relays, first = [], threading.Event()

    def fire(name: str) -> None:
        relays.append(name)
        first.set()

    bus = LocalBus(lambda name, event: {"ok": True}, fire)
    bus.start()
    for _ in range(50):
        bus.nudge()
    assert first.wait(5)
    time.sleep(0.1)
    assert relays == ["ops.relay_outbox"]
    bus.nudge()
    deadline = time.monotonic() + 5
    while len(relays) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    bus.stop()
    assert relays == ["ops.relay_outbox"] * 2


def test_a_nudge_while_the_relay_runs_asks_for_another():
    inside, go_on, relays = threading.Event(), threading.Event(), []

    def fire(name: str) -> None:
        relays.append(name)
        inside.set()
        go_on.wait(5)

    bus = LocalBus(lambda name, event: {"ok": True}, fire)
    bus.start()
    bus.nudge()
    assert inside.wait(5)
    bus.nudge()
    go_on.set()
    deadline = time.monotonic() + 5
    while len(relays) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    bus.stop()
    assert len(relays) == 2


def test_a_listener_gets_the_message_and_its_own_name_and_its_refusal_is_a_failed_delivery():
    got = []

    def call(name: str, event: dict) -> dict:
        got.append((name, event))
        return {"ok": name == "a.good_one"}

    bus = LocalBus(call, lambda name: None)
    message = {"Type": "Message", "EventId": "evt_1"}
    bus.deliver("a.good_one", message)
    with pytest.raises(Unavailable):
        bus.deliver("a.bad_one", message)
    assert got == [("a.good_one", {**message, "Listener": "a.good_one"}),
                   ("a.bad_one", {**message, "Listener": "a.bad_one"})]
