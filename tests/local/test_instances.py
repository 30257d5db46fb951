"""A local function that takes longer than its timeout is given up, as the platforms do; the others go on."""

from __future__ import annotations

import threading
import time

import pytest

from infra.local.bus import LocalBus
from infra.local.instances import FunctionTimedOut, Instances

pytestmark = pytest.mark.spec("L1")


def test_an_answer_in_time_and_a_problem_are_handed_through_and_the_thread_is_kept():
    instances, seen = Instances(), set()
    for _ in range(5):
        assert instances.run(5, lambda: seen.add(threading.get_ident()) or 7) == 7
    assert len(seen) == 1
    with pytest.raises(KeyError):
        instances.run(5, lambda: {}["no"])
    assert instances.run(5, threading.get_ident) in seen


def test_what_takes_longer_is_given_up_and_nobody_waits_behind_it():
    instances, go_on = Instances(), threading.Event()
    began = time.monotonic()
    with pytest.raises(FunctionTimedOut) as refusal:
        instances.run(0.2, lambda: go_on.wait(5))
    assert (refusal.value.status, refusal.value.retryable) == (504, True)
    assert instances.run(1, lambda: 7) == 7
    assert time.monotonic() - began < 1
    go_on.set()


def test_a_relay_that_hangs_keeps_no_other_from_running(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("infra.local.bus.PATIENCE_S", 0.1)
    relays, go_on = [], threading.Event()

    def fire(name: str) -> None:
        relays.append(name)
        if len(relays) == 1:
            go_on.wait(5)

    bus = LocalBus(lambda name, event: {"ok": True}, fire)
    bus.start()
    bus.nudge()
    deadline = time.monotonic() + 3
    while len(relays) < 2 and time.monotonic() < deadline:
        bus.nudge()
        time.sleep(0.02)
    bus.stop()
    go_on.set()
    assert len(relays) >= 2
