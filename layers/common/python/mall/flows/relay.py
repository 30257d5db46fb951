"""From the outbox to the listeners: each waiting listener is told once more, the rest are left alone.

A relay leases its events, delivers outside any transaction and writes all outcomes in one. Another relay
at the same moment takes other events; one that died gives its events back when the lease ends. A listener
that is told twice (lease over, answer lost) knows the event by its id and does nothing.

Listeners that are slow or hang must not cost the relay its own time limit, for then it writes down nothing and
the next one begins with the same events: after ENOUGH_S it begins no other event and hands the rest back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

from mall.domains.cases import store as cases
from mall.domains.cases.rules import CaseKind, EventNotParked
from mall.kit import outbox, telemetry
from mall.kit.db import Tx
from mall.kit.schema import DEFAULT_SELLER

FULL = outbox.BATCH
ENOUGH_S = 20  # an event that is begun may take a minute more; within outbox.LEASE as a rule


@dataclass(frozen=True)
class Delivery:
    """What became of one event: who still has to hear it, and the last problem."""

    row: Any
    waiting: list[str]
    error: str | None


def lease_due(tx: Tx, now: datetime) -> list:
    """This relay's events, at most `FULL`."""
    return outbox.lease_due(tx, now)


def deliver_in_time(deliver_one: Callable[[Any], Delivery], rows: list) -> tuple[list[Delivery], list]:
    """Deliver the events while there is time; what became of them, and those that were not begun."""
    until = monotonic() + ENOUGH_S
    deliveries: list[Delivery] = []
    for row in rows:
        if monotonic() >= until:
            break
        deliveries.append(deliver_one(row))
    return deliveries, rows[len(deliveries):]


def deliver(tell: Callable[[str, dict[str, Any]], None], row: Any, listeners: list[str], secret: str) -> Delivery:
    """Tell every listener that waits for the event; one that fails holds up nobody."""
    message = {"Type": "Message", "Secret": secret, "EventId": row.event_id, "Kind": row.kind,
               "Payload": row.payload, "RequestId": row.request_id}
    waiting, error = [], None
    for listener in row.waiting if row.waiting is not None else listeners:
        try:
            with telemetry.serving(row.request_id, f"deliver {row.kind}"):
                tell(listener, message)
        except Exception as problem:  # whatever it is, the others are still to be told
            waiting.append(listener)
            error = f"{listener}: {getattr(problem, 'code', type(problem).__name__)}"
    return Delivery(row, waiting, error)


def settle(tx: Tx, deliveries: list[Delivery], left: list, now: datetime) -> dict[str, int]:
    """Write every outcome; a parked event opens a case, the events that are `left` go back. Returns how many were
    delivered, failed, parked."""
    for row in left:
        outbox.hand_back(tx, row, now, now)
    counts = {"DONE": 0, "PENDING": 0, "PARKED": 0}
    for delivery in deliveries:
        state = outbox.settle(tx, delivery.row, delivery.waiting, delivery.error, now)
        counts[state] += 1
        if state == "PARKED":
            _open_case(tx, delivery, now)
    return {"delivered": counts["DONE"], "failed": counts["PENDING"], "parked": counts["PARKED"]}


def _open_case(tx: Tx, delivery: Delivery, now: datetime) -> None:
    row = delivery.row
    cases.open_case(
        tx, kind=CaseKind.EVENT_PARKED, reference=row.event_id, seller_id=DEFAULT_SELLER,
        sentence=f"事件 {row.kind} 多次投递失败，已暂停",
        next_step="查看失败原因并修复后，在“暂停的事件”中重新投递",
        data={"event_id": row.event_id, "kind": row.kind, "waiting": delivery.waiting}, now=now, comes_again=True)


def replay(tx: Tx, event_id: str, now: datetime) -> None:
    """Put a parked event back into the queue and close its case; parked again, it opens anew. Raises EventNotParked."""
    if not outbox.replay(tx, event_id, now):
        raise EventNotParked(field="event_id")
    cases.resolve_about(tx, CaseKind.EVENT_PARKED.value, event_id, "已重新投递", now)


def parked(tx: Tx, after: str, most: int) -> list:
    """The events that wait for a person, the oldest first, those behind `after`."""
    return outbox.parked(tx, after, most)


@dataclass(frozen=True)
class Backlog:
    waiting: int
    oldest_at: datetime | None
    parked: int


def backlog(tx: Tx) -> Backlog:
    """How many events are not delivered, since when, and how many are parked."""
    found = outbox.backlog(tx)
    waiting, held = found.get("PENDING"), found.get("PARKED")
    return Backlog(waiting.number if waiting else 0, waiting.oldest if waiting else None, held.number if held else 0)
