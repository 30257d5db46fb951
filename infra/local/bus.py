"""The event bus of one laptop: listeners are called in this process, each with its true message event."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from mall.adapters.event_bus import check_heard

RELAY = "ops.relay_outbox"
GATHER_S = 0.02  # events of calls that end at the same moment go out with one relay
PATIENCE_S = 1.0  # a relay that takes longer waits for a listener: the next one need not


class LocalBus:
    """`call(action name, event)` runs one action and gives its answer; `fire(timer name)` runs a timer."""

    def __init__(self, call: Callable[[str, dict[str, Any]], Any], fire: Callable[[str], Any]):
        self._call, self._fire = call, fire
        self._wanted, self._ended = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._relay, name="relay", daemon=True)

    def deliver(self, listener: str, message: dict[str, Any]) -> None:
        check_heard(listener, self._call(listener, {**message, "Listener": listener}))

    def nudge(self) -> None:
        self._wanted.set()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._wanted.set()

    def _relay(self) -> None:
        while not self._ended.is_set():
            self._wanted.wait()
            if self._ended.wait(GATHER_S):
                return
            self._wanted.clear()  # before the relay: an event that comes while it runs asks for another
            relay = threading.Thread(target=self._fire, args=(RELAY,), daemon=True)
            relay.start()
            relay.join(PATIENCE_S)
