"""The outbox: an event is a row written in the transaction that it tells of; a relay delivers it.

At least once, in no promised order. An event that its listeners keep refusing backs off and is parked
after MAX_ATTEMPTS, where staff see it and can replay it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import bindparam, delete, func, select, update

from mall.kit.db import Tx, among
from mall.kit.ids import new_id
from mall.kit.schema import (
    Index, count_column, id_column, json_column, long_text_column, table, text_column, time_column,
)

MAX_ATTEMPTS = 12
LEASE = timedelta(seconds=60)  # a relay that died gives its events back after this
BATCH = 100
PURGE_BATCH = 500

outbox_events = table(
    "outbox_events",
    id_column("event_id", key=True),
    text_column("kind", 64),
    json_column("payload"),
    text_column("request_id", 64),
    text_column("state", 16),
    json_column("waiting", optional=True),
    count_column("attempts"),
    time_column("due_at"),
    long_text_column("last_error", optional=True),
    time_column("created_at"),
    Index("ix_outbox_events_state_due_at", "state", "due_at"),
)
e = outbox_events.c

_DUE = (
    select(outbox_events)
    .where(e.state == "PENDING", e.due_at <= bindparam("now"))
    .order_by(e.due_at, e.event_id)
    .limit(BATCH)
)
_LEASE = (
    update(outbox_events)
    .where(e.event_id == bindparam("of_event"), e.state == "PENDING", e.due_at == bindparam("seen_due_at"))
    .values(due_at=bindparam("lease_until"), attempts=e.attempts + 1)
)
_SETTLE = (
    update(outbox_events)
    .where(e.event_id == bindparam("of_event"), e.state == "PENDING")
    .values(state=bindparam("to_state"), waiting=bindparam("still_waiting"), due_at=bindparam("next_due_at"),
            last_error=bindparam("error"))
)
_HAND_BACK = (
    update(outbox_events)
    .where(e.event_id == bindparam("of_event"), e.state == "PENDING", e.due_at == bindparam("lease_until"))
    .values(due_at=bindparam("now"), attempts=e.attempts - 1)
)
_REPLAY = (
    update(outbox_events)
    .where(e.event_id == bindparam("of_event"), e.state == "PARKED")
    .values(state="PENDING", attempts=0, due_at=bindparam("now"))
)
_BY_STATE = (
    select(outbox_events).where(e.state == bindparam("state"), e.event_id > bindparam("after"))
    .order_by(e.event_id).limit(bindparam("most"))
)
_BACKLOG = (
    select(e.state, func.count().label("number"), func.min(e.created_at).label("oldest"))
    .where(e.state.in_(("PENDING", "PARKED")))
    .group_by(e.state)
)
_DONE_BEFORE = (
    select(e.event_id).where(e.state == "DONE", e.due_at < bindparam("before")).order_by(e.due_at).limit(PURGE_BATCH)
)
_DROP = delete(outbox_events).where(e.event_id.in_(among("event_ids")))
_SOME = select(outbox_events).where(e.event_id.in_(among("event_ids")))


@dataclass(frozen=True)
class Event:
    """Base of the events of the domains: a frozen dataclass of plain values with its `kind`."""

    kind: ClassVar[str] = ""


def emit(tx: Tx, event: Event, now: datetime) -> str:
    """Write the event into the transaction; returns its id."""
    if not is_dataclass(event) or not event.kind:
        raise TypeError("an event is a frozen dataclass with a kind")
    event_id = new_id("evt")
    tx.events += 1
    tx.insert(outbox_events, event_id=event_id, kind=event.kind, payload=asdict(event), request_id=tx.request_id,
              state="PENDING", waiting=None, attempts=0, due_at=now, last_error=None, created_at=now)
    return event_id


def lease_due(tx: Tx, now: datetime) -> list:
    """Take up to BATCH due events for this relay; another relay takes others."""
    taken = []
    for row in tx.all(_DUE, now=now):
        if tx.change(_LEASE, of_event=row.event_id, seen_due_at=row.due_at, lease_until=now + LEASE):
            taken.append(row)
    return taken


def settle(tx: Tx, row: Any, still_waiting: list[str], error: str | None, now: datetime) -> str:
    """Write what became of one delivery: done, to be tried again later, or parked. Returns the new state."""
    attempts = row.attempts + 1
    state = "DONE" if not still_waiting else "PARKED" if attempts >= MAX_ATTEMPTS else "PENDING"
    tx.write(_SETTLE, of_event=row.event_id, to_state=state, still_waiting=still_waiting, error=error,
             next_due_at=now + back_off(attempts))
    return state


def hand_back(tx: Tx, row: Any, leased_at: datetime, now: datetime) -> None:
    """An event that this relay took at `leased_at` and had no time for: due at once, and not counted as a try."""
    tx.write(_HAND_BACK, of_event=row.event_id, lease_until=leased_at + LEASE, now=now)


def back_off(attempts: int) -> timedelta:
    """2 s, 4 s, 8 s ... at most an hour."""
    return timedelta(seconds=min(3600, 2**attempts))


def replay(tx: Tx, event_id: str, now: datetime) -> bool:
    """Put a parked event back into the queue; False when it is not parked."""
    return tx.change(_REPLAY, of_event=event_id, now=now) == 1


def parked(tx: Tx, after: str = "", most: int = 200) -> list:
    """The oldest first, those behind `after`."""
    return tx.all(_BY_STATE, state="PARKED", after=after, most=most)


def backlog(tx: Tx) -> dict[str, Any]:
    """What is not delivered: {"PENDING": row, "PARKED": row} with `number` and the `oldest` time of birth."""
    return {row.state: row for row in tx.all(_BACKLOG)}


def drop_done_before(tx: Tx, before: datetime) -> int:
    """Drop one batch of events that were delivered before `before`; returns how many."""
    old = [row.event_id for row in tx.all(_DONE_BEFORE, before=before)]
    return tx.change(_DROP, event_ids=old) if old else 0


def find(tx: Tx, event_ids: list[str]) -> list:
    return tx.all(_SOME, event_ids=event_ids)
