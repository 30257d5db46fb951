"""What an invocation spends, counted always; and spans of it, where an operator turned them on.

The counts go into the invocation's log line. `recorder` is None unless the deployment asks for spans: then
every invocation, database round trip and outbound call is told to it. What is done for somebody else's
request (an event delivered, a message sent) is told under that request's id, so that one id leads from the
click to the last listener. (docs/observability.md)
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any, Protocol

MOST_SERVED = 100  # requests named in one log line


class Recorder(Protocol):
    def begin(self, name: str, request_id: str | None, facts: dict[str, Any]) -> Any:
        """A span begins: under `request_id` it belongs to that request, without it to the span around it."""

    def end(self, begun: Any, facts: dict[str, Any], problem: str | None) -> None:
        """What `begin` gave is over."""

    def finish(self, line: dict[str, Any]) -> None:
        """An invocation is over and this is its log line."""


class Spent:
    """The counts of one invocation on its thread."""

    __slots__ = ("round_trips", "retries", "calls", "served", "about", "begun")

    def __init__(self) -> None:
        self.round_trips = self.retries = self.calls = 0
        self.served: dict[str, None] = {}  # the requests that it did something for, in their order
        self.about: dict[str, dict[str, None]] = {}  # orders, payments and refunds that it read or wrote, by number
        self.begun: Any = None


_NUMBERS = (("order_no", "orders", "ord_"), ("of_order", "orders", "ord_"), ("payment_no", "payments", "pay_"),
            ("of_payment", "payments", "pay_"), ("refund_no", "refunds", "rfd_"), ("of_refund", "refunds", "rfd_"))
_LENGTH = 30  # of a number of ours: nothing else that somebody wrote into such a field gets into a log

recorder: Recorder | None = None
_here = threading.local()
_NOTHING = nullcontext()


def spent() -> Spent:
    """The counts of the invocation that runs on this thread."""
    found = getattr(_here, "spent", None)
    if found is None:
        found = _here.spent = Spent()
    return found


def lend(spent: Spent) -> None:
    """What this thread does from here on is counted for the invocation of another one, which waits for it."""
    _here.spent = spent


def enter() -> Spent | None:
    """An invocation begins; gives the one around it (the local cloud delivers within a relay) for `leave`."""
    around, _here.spent = getattr(_here, "spent", None), Spent()
    return around


def begin(name: str, request_id: str, **facts: Any) -> None:
    """The request of the invocation is known: its span begins."""
    if recorder is not None:
        spent().begun = recorder.begin(name, request_id, facts)


def leave(around: Spent | None, line: dict[str, Any]) -> None:
    """The invocation is over, with this log line."""
    if recorder is not None:
        begun = spent().begun
        if begun is not None:
            outcome = line["outcome"]
            facts = {"outcome": outcome, "actor": line["actor"].split(" ")[0]}
            recorder.end(begun, facts, outcome if outcome == "INTERNAL" else None)
        recorder.finish(line)
    _here.spent = around


def span(name: str, **facts: Any) -> Any:
    """A context around one step of the invocation."""
    return _NOTHING if recorder is None else _Span(name, None, facts)


def serving(request_id: str, name: str) -> Any:
    """A context around what is done for another request: its id goes into this invocation's log line too."""
    served = spent().served
    if not request_id:
        return span(name)  # of something that no request asked for
    if len(served) < MOST_SERVED:
        served[request_id] = None
    return _NOTHING if recorder is None else _Span(name, request_id, {})


def numbers_among(names: Iterable[str]) -> list[tuple[str, str, str]]:
    """Which of a statement's parameters may name an order, a payment or a refund."""
    known = frozenset(names)
    return [each for each in _NUMBERS if each[0] in known]


def note_numbers(among: Sequence[tuple[str, str, str]], params: Mapping[str, Any]) -> None:
    """A statement is about to run with these values: which order, payment or refund it names (`numbers_among`) goes
    into the log line."""
    for name, kind, prefix in among:
        number = params.get(name)
        if number.__class__ is str and len(number) == _LENGTH and number.startswith(prefix) and number[4:].isalnum():
            found = spent().about.setdefault(kind, {})
            if len(found) < MOST_SERVED:
                found[number] = None


class _Span:
    __slots__ = ("_name", "_request_id", "_facts", "_recorder", "_begun")

    def __init__(self, name: str, request_id: str | None, facts: dict[str, Any]):
        self._name, self._request_id, self._facts, self._recorder = name, request_id, facts, recorder

    def __enter__(self) -> None:
        self._begun = self._recorder.begin(self._name, self._request_id, self._facts)

    def __exit__(self, kind: type | None, *_: object) -> None:
        self._recorder.end(self._begun, {}, kind.__name__ if kind else None)
