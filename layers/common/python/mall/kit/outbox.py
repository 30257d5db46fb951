"""The outbox: an event is a row written in the transaction that it tells of; each listener of it gets a row of its own.

The event waits (PENDING) until a relay that knows its kind has written a delivery for each listener, and is DONE then.
A delivery is leased, told, backed off and parked by itself, and dropped when its listener has heard: the table holds
what is not heard yet, and nothing else. At least once, in no promised order.

Releases in steps and roll-backs (docs/deploy.md): a kind that no running relay knows stays PENDING; who listens to what
is kept in `outbox_routes`, so that an older relay makes the row for a newer listener, and a relay that cannot call that
listener leaves the row alone. Who begins to listen hears what is handed out from then on, never the past.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import MISSING, asdict, dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import bindparam, case, delete, func, select, update

from mall.kit.db import Tx, among
from mall.kit.errors import Unavailable
from mall.kit.ids import new_id
from mall.kit.schema import (
    Index, count_column, id_column, json_column, long_text_column, table, text_column, time_column,
)

MAX_ATTEMPTS = 12
LEASE = timedelta(seconds=60)  # a relay that died gives its deliveries back after this
HELD_AGAIN = timedelta(minutes=5)  # a listener that is older than the event is asked again after this
BATCH = 100  # events that one relay hands out, and deliveries of one listener that it takes
PURGE_BATCH = 500
UNKNOWN_KIND, UNKNOWN_LISTENER = "UNKNOWN_KIND", "UNKNOWN_LISTENER"  # no relay that ran knows it

outbox_events = table(
    "outbox_events",
    id_column("event_id", key=True),
    text_column("kind", 64),
    count_column("version", default="1"),  # of the payload: what its fields mean
    json_column("payload"),
    text_column("request_id", 64),
    text_column("state", 16),
    json_column("waiting", optional=True),  # of an event that a relay of before the deliveries told in part
    count_column("attempts"),
    time_column("due_at"),
    long_text_column("last_error", optional=True),
    text_column("taken_by", 32, optional=True),
    time_column("created_at"),
    Index("ix_outbox_events_state_due_at", "state", "due_at"),
)
outbox_deliveries = table(
    "outbox_deliveries",
    id_column("event_id", key=True),
    text_column("listener", 64, key=True),
    text_column("state", 16),
    count_column("attempts"),
    time_column("due_at"),
    long_text_column("last_error", optional=True),
    text_column("taken_by", 32, optional=True),
    time_column("created_at"),  # of the event
    Index("ix_outbox_deliveries_listener", "listener", "state", "due_at"),
    Index("ix_outbox_deliveries_state", "state", "event_id"),
)
outbox_routes = table(
    "outbox_routes",
    text_column("kind", 64, key=True),
    text_column("listener", 64, key=True),
    time_column("created_at"),
)

_ROUTES = select(outbox_routes)
_TO_HAND_OUT = (
    select(outbox_events)
    .where(outbox_events.c.state == "PENDING", outbox_events.c.due_at <= bindparam("now"),
           outbox_events.c.kind.in_(among("kinds")))
    .order_by(outbox_events.c.due_at, outbox_events.c.event_id)
    .limit(BATCH)
)
_CLAIM_EVENTS = (
    update(outbox_events)
    .where(outbox_events.c.event_id.in_(among("event_ids")), outbox_events.c.state == "PENDING",
           outbox_events.c.due_at <= bindparam("now"))
    .values(state="DONE", attempts=outbox_events.c.attempts + 1, due_at=bindparam("now"), last_error=None,
            taken_by=bindparam("relay"))
)
_MINE_TO_HAND_OUT = select(outbox_events.c.event_id).where(outbox_events.c.event_id.in_(among("event_ids")),
                                                           outbox_events.c.taken_by == bindparam("relay"))
_DUE = (
    select(outbox_deliveries, outbox_events.c.kind, outbox_events.c.version, outbox_events.c.payload,
           outbox_events.c.request_id)
    .join_from(outbox_deliveries, outbox_events, outbox_events.c.event_id == outbox_deliveries.c.event_id)
    .where(outbox_deliveries.c.listener == bindparam("listener"), outbox_deliveries.c.state == "PENDING",
           outbox_deliveries.c.due_at <= bindparam("now"))
    .order_by(outbox_deliveries.c.due_at, outbox_deliveries.c.event_id)
    .limit(BATCH)
)
_LEASE = (
    update(outbox_deliveries)
    .where(outbox_deliveries.c.event_id.in_(among("event_ids")), outbox_deliveries.c.listener.in_(among("listeners")),
           outbox_deliveries.c.state == "PENDING", outbox_deliveries.c.due_at <= bindparam("now"))
    .values(due_at=bindparam("until"), attempts=outbox_deliveries.c.attempts + 1, taken_by=bindparam("relay"))
)
_MINE = (
    select(outbox_deliveries.c.event_id, outbox_deliveries.c.listener, outbox_deliveries.c.attempts)
    .where(outbox_deliveries.c.event_id.in_(among("event_ids")), outbox_deliveries.c.taken_by == bindparam("relay"))
)
_NEW_UNKNOWN_KINDS = (
    select(outbox_events.c.event_id)
    .where(outbox_events.c.state == "PENDING", outbox_events.c.kind.not_in(among("kinds")),
           outbox_events.c.last_error.is_(None))
    .limit(BATCH)
)
_NEW_UNKNOWN_LISTENERS = (
    select(outbox_deliveries.c.event_id)
    .where(outbox_deliveries.c.state == "PENDING", outbox_deliveries.c.listener.not_in(among("listeners")),
           outbox_deliveries.c.last_error.is_(None))
    .limit(BATCH)
)
_SAY_UNKNOWN_KIND = (
    update(outbox_events).where(outbox_events.c.event_id.in_(among("event_ids")), outbox_events.c.state == "PENDING")
    .values(last_error=UNKNOWN_KIND)
)
_SAY_UNKNOWN_LISTENER = (
    update(outbox_deliveries)
    .where(outbox_deliveries.c.event_id.in_(among("event_ids")),
           outbox_deliveries.c.listener.not_in(among("listeners")), outbox_deliveries.c.last_error.is_(None))
    .values(last_error=UNKNOWN_LISTENER)
)
_HEARD = delete(outbox_deliveries).where(outbox_deliveries.c.event_id == bindparam("of_event"),
                                         outbox_deliveries.c.listener == bindparam("of_listener"))
_SETTLE = (
    update(outbox_deliveries)
    .where(outbox_deliveries.c.event_id == bindparam("of_event"),
           outbox_deliveries.c.listener == bindparam("of_listener"), outbox_deliveries.c.taken_by == bindparam("relay"))
    .values(state=bindparam("to_state"), attempts=bindparam("tries"), due_at=bindparam("next_due_at"),
            last_error=bindparam("error"), taken_by=None)
)
_REPLAY = (
    update(outbox_deliveries)
    .where(outbox_deliveries.c.event_id == bindparam("of_event"), outbox_deliveries.c.listener.in_(among("listeners")),
           outbox_deliveries.c.state == "PARKED")
    .values(state="PENDING", attempts=0, due_at=bindparam("now"))
)
_SOME_PARKED = (
    select(outbox_deliveries.c.event_id).distinct()
    .where(outbox_deliveries.c.state == "PARKED", outbox_deliveries.c.event_id > bindparam("after"))
    .order_by(outbox_deliveries.c.event_id)
    .limit(bindparam("most"))
    .subquery()
)
_PARKED = (
    select(outbox_deliveries, outbox_events.c.kind, outbox_events.c.payload, outbox_events.c.request_id)
    .join_from(_SOME_PARKED, outbox_deliveries, outbox_deliveries.c.event_id == _SOME_PARKED.c.event_id)
    .join(outbox_events, outbox_events.c.event_id == outbox_deliveries.c.event_id)
    .where(outbox_deliveries.c.state == "PARKED")
    .order_by(outbox_deliveries.c.event_id, outbox_deliveries.c.listener)
)
_OF_EVENTS = (
    select(outbox_deliveries)
    .where(outbox_deliveries.c.event_id.in_(among("event_ids")))
    .order_by(outbox_deliveries.c.event_id, outbox_deliveries.c.listener)
)
_NOT_HANDED_OUT = select(
    func.count().label("number"), func.min(outbox_events.c.created_at).label("oldest"),
    func.coalesce(func.sum(case((outbox_events.c.last_error == UNKNOWN_KIND, 1), else_=0)), 0).label("held"),
).where(outbox_events.c.state == "PENDING")
_NOT_HEARD = select(
    outbox_deliveries.c.state, func.count(outbox_deliveries.c.event_id.distinct()).label("number"),
    func.min(outbox_deliveries.c.created_at).label("oldest"),
    func.coalesce(func.sum(case((outbox_deliveries.c.last_error.in_((UNKNOWN_LISTENER, "EVENT_TOO_NEW")), 1), else_=0)),
                  0).label("held"),
).group_by(outbox_deliveries.c.state)
_DONE_BEFORE = (
    select(outbox_events.c.event_id)
    .where(outbox_events.c.state == "DONE", outbox_events.c.due_at < bindparam("before"), ~select(
               outbox_deliveries.c.event_id).where(outbox_deliveries.c.event_id == outbox_events.c.event_id).exists())
    .order_by(outbox_events.c.due_at)
    .limit(PURGE_BATCH)
)
_DROP = delete(outbox_events).where(outbox_events.c.event_id.in_(among("event_ids")))


class EventTooNew(Unavailable):
    """A newer release told this event: its kind or its payload's version is not known here. It waits for it."""

    code = "EVENT_TOO_NEW"


@dataclass(frozen=True)
class Event:
    """Base of the events of the domains: a frozen dataclass of plain values with its `kind`.

    When a field changes its meaning, `payload_version` goes up by one and `upgrades[n]` turns a payload of version n
    into one of n + 1. A new field with a default needs neither.
    """

    kind: ClassVar[str] = ""
    payload_version: ClassVar[int] = 1
    upgrades: ClassVar[Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]]] = {}


def payload_for(event: type[Event], payload: dict[str, Any], version: int) -> dict[str, Any]:
    """A payload told as `version`, as the event's class here has it. Raises EventTooNew."""
    if version > event.payload_version:
        raise EventTooNew(kind=event.kind, version=version)
    for older in range(version, event.payload_version):
        payload = event.upgrades[older](payload)
    given = {each.name: each.default for each in fields(event) if each.default is not MISSING}
    return {**given, **payload}


def kinds() -> set[str]:
    """The kinds of all events of the mall whose classes are loaded."""
    return {each.kind for each in Event.__subclasses__() if each.__module__.startswith("mall.")}


def emit(tx: Tx, event: Event, now: datetime) -> str:
    """Write the event into the transaction; returns its id."""
    if not is_dataclass(event) or not event.kind:
        raise TypeError("an event is a frozen dataclass with a kind")
    event_id = new_id("evt")
    tx.events += 1
    tx.insert(outbox_events, event_id=event_id, kind=event.kind, version=event.payload_version, payload=asdict(event),
              request_id=tx.request_id, state="PENDING", waiting=None, attempts=0, due_at=now, last_error=None,
              taken_by=None, created_at=now)
    return event_id


class Due(NamedTuple):
    """One delivery that this relay has leased; `attempts` counts this one."""

    event_id: str
    listener: str
    kind: str
    version: int
    payload: dict[str, Any]
    request_id: str
    attempts: int
    created_at: datetime
    relay: str


class Taken(NamedTuple):
    deliveries: list[Due]
    is_full: bool  # more may be waiting


def take(tx: Tx, routes: dict[str, list[str]], now: datetime) -> Taken:
    """Hand out the events whose kind this relay knows, and lease what is due for its listeners.

    `routes`: the listeners of every kind, as this release knows them. Another relay at the same moment takes others.
    """
    relay, own = secrets.token_hex(8), sorted({each for heard in routes.values() for each in heard})
    registered, events, strange, lost, *due = tx.fetch(
        (_ROUTES, {}), (_TO_HAND_OUT, {"now": now, "kinds": list(routes)}),
        (_NEW_UNKNOWN_KINDS, {"kinds": list(routes)}), (_NEW_UNKNOWN_LISTENERS, {"listeners": own}),
        *[(_DUE, {"listener": listener, "now": now}) for listener in own])
    known = _register(tx, routes, {(row.kind, row.listener) for row in registered}, now)
    _say_unknown(tx, strange, lost, own)
    waiting = [row for rows in due for row in rows]
    of_events, of_deliveries = [row.event_id for row in events], sorted({row.event_id for row in waiting})
    if of_events:
        tx.write(_CLAIM_EVENTS, event_ids=of_events, now=now, relay=relay)
    if waiting:
        tx.write(_LEASE, event_ids=of_deliveries, listeners=own, now=now, until=now + LEASE, relay=relay)
    if not of_events and not waiting:
        return Taken([], False)
    mine, leased = tx.fetch((_MINE_TO_HAND_OUT, {"event_ids": of_events, "relay": relay}),
                            (_MINE, {"event_ids": of_deliveries, "relay": relay}))
    tries = {(row.event_id, row.listener): row.attempts for row in leased}
    taken = [_due(row, row.listener, tries[row.event_id, row.listener], relay) for row in waiting
             if (row.event_id, row.listener) in tries]
    claimed = {row.event_id for row in mine}
    for row in events:
        if row.event_id in claimed:
            taken += _hand_out(tx, row, known[row.kind], set(own), relay, now)
    return Taken(taken, BATCH in (len(events), *map(len, due)))


def _register(tx: Tx, routes: dict[str, list[str]], registered: set[tuple[str, str]],
              now: datetime) -> dict[str, list[str]]:
    """Who hears what: this release's routes, which are remembered, and those that another release has left."""
    known = {kind: list(listeners) for kind, listeners in routes.items()}
    for kind, listeners in routes.items():
        for listener in listeners:
            if (kind, listener) not in registered:
                tx.insert_if_absent(outbox_routes, kind=kind, listener=listener, created_at=now)
    for kind, listener in sorted(registered):
        if listener not in known.setdefault(kind, []):
            known[kind].append(listener)
    return known


def _say_unknown(tx: Tx, strange: list, lost: list, own: list[str]) -> None:
    """What this relay must leave to another release is marked, once, so that the backlog tells of it."""
    if strange:
        tx.write(_SAY_UNKNOWN_KIND, event_ids=[row.event_id for row in strange])
    if lost:
        tx.write(_SAY_UNKNOWN_LISTENER, event_ids=sorted({row.event_id for row in lost}), listeners=own)


def _hand_out(tx: Tx, row: Any, listeners: list[str], own: set[str], relay: str, now: datetime) -> list[Due]:
    """A delivery for each listener, leased by this relay where it knows the listener."""
    taken = []
    for listener in listeners if row.waiting is None else row.waiting:
        mine = listener in own
        tx.insert_if_absent(
            outbox_deliveries, event_id=row.event_id, listener=listener, state="PENDING", attempts=int(mine),
            due_at=now + LEASE if mine else now, last_error=None if mine else UNKNOWN_LISTENER,
            taken_by=relay if mine else None, created_at=row.created_at)
        if mine:
            taken.append(_due(row, listener, 1, relay))
    return taken


def _due(row: Any, listener: str, attempts: int, relay: str) -> Due:
    return Due(row.event_id, listener, row.kind, row.version, row.payload, row.request_id, attempts, row.created_at,
               relay)


def heard(tx: Tx, event_id: str, listener: str) -> None:
    """Nothing is left to do: said by the listener itself, in the transaction in which it hears."""
    tx.write(_HEARD, of_event=event_id, of_listener=listener)


def failed(tx: Tx, due: Due, error: str, now: datetime) -> str:
    """The listener refused: again later, or parked. Returns the new state."""
    state = "PARKED" if due.attempts >= MAX_ATTEMPTS else "PENDING"
    _settle(tx, due, state, due.attempts, now + back_off(due.attempts), error)
    return state


def hold(tx: Tx, due: Due, now: datetime) -> None:
    """The listener is older than the event: it waits for the release, however long, and it was no try."""
    _settle(tx, due, "PENDING", due.attempts - 1, now + HELD_AGAIN, EventTooNew.code)


def hand_back(tx: Tx, due: Due, due_at: datetime) -> None:
    """This relay had no time for it: due again at `due_at`, and it was no try."""
    _settle(tx, due, "PENDING", due.attempts - 1, due_at, None)


def _settle(tx: Tx, due: Due, state: str, attempts: int, due_at: datetime, error: str | None) -> None:
    tx.write(_SETTLE, of_event=due.event_id, of_listener=due.listener, relay=due.relay, to_state=state, tries=attempts,
             next_due_at=due_at, error=error)


def back_off(attempts: int) -> timedelta:
    """2 s, 4 s, 8 s ... at most an hour."""
    return timedelta(seconds=min(3600, 2**attempts))


def replay(tx: Tx, event_id: str, listeners: list[str], now: datetime) -> int:
    """Put these listeners' parked deliveries of the event back into the queue; how many were parked."""
    return tx.change(_REPLAY, of_event=event_id, listeners=listeners, now=now)


def parked(tx: Tx, after: str, most: int) -> list:
    """The deliveries that wait for a person, with their events: those of the oldest `most` events behind `after`."""
    return tx.all(_PARKED, after=after, most=most)


def undelivered(tx: Tx, event_ids: list[str]) -> list:
    """What of these events is not heard yet: one row for each event and listener, in this order."""
    return tx.all(_OF_EVENTS, event_ids=event_ids) if event_ids else []


class Backlog(NamedTuple):
    waiting: int  # events that not all their listeners have heard
    oldest_at: datetime | None
    held: int  # of them, what waits for a release that knows it
    parked: int


def backlog(tx: Tx) -> Backlog:
    """What is not delivered."""
    [events], rows = tx.fetch((_NOT_HANDED_OUT, {}), (_NOT_HEARD, {}))
    by_state = {row.state: row for row in rows}
    told, held = by_state.get("PENDING"), by_state.get("PARKED")
    births = [each.oldest for each in (events, told) if each is not None and each.oldest is not None]
    return Backlog(events.number + (told.number if told else 0), min(births, default=None),
                   int(events.held + (told.held if told else 0)), held.number if held else 0)


def drop_done_before(tx: Tx, before: datetime) -> int:
    """Drop one batch of events that were handed out before `before` and heard by all; returns how many."""
    old = [row.event_id for row in tx.all(_DONE_BEFORE, before=before)]
    return tx.change(_DROP, event_ids=old) if old else 0
