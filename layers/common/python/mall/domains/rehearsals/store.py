"""Rehearsals in the database (spec F13). Each batch of orders is a step: who finishes it first has it counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from mall.domains.rehearsals.rules import (
    FLOW, LEASE, MOST_RUNNING, RehearsalEnded, RehearsalNotFound, RehearsalState, TooManyRehearsals,
)
from mall.kit.db import Instant, Interrupted, Tx, among
from mall.kit.page import LAST, newest_first, newest_of
from mall.tables.marketing import rehearsals

BATCH = 500
MOST_DUE = 100

_RUNS = rehearsals.c.state == RehearsalState.RUNNING.value
_SLOTS = select(rehearsals.c.slot).where(rehearsals.c.seller_id == bindparam("seller_id"), _RUNS)
_ONE = select(rehearsals).where(rehearsals.c.rehearsal_id == bindparam("rehearsal_id"),
                                rehearsals.c.seller_id == bindparam("seller_id"))
_LIST = newest_first(
    select(rehearsals.c.rehearsal_id, rehearsals.c.title, rehearsals.c.state, rehearsals.c.placed_from,
           rehearsals.c.placed_until, rehearsals.c.after_at, rehearsals.c.created_at, rehearsals.c.finished_at)
    .where(rehearsals.c.seller_id == bindparam("seller_id"), rehearsals.c.state == bindparam("state")),
    rehearsals.c.rehearsal_id)
_DUE = (
    select(rehearsals)
    .where(_RUNS, rehearsals.c.lease_until <= bindparam("now"))
    .order_by(rehearsals.c.lease_until, rehearsals.c.rehearsal_id)
    .limit(MOST_DUE)
)
_LEASE = (
    update(rehearsals)
    .where(rehearsals.c.rehearsal_id == bindparam("of_rehearsal"), _RUNS, rehearsals.c.step == bindparam("seen_step"),
           rehearsals.c.tries == bindparam("seen_tries"))
    .values(tries=rehearsals.c.tries + 1, lease_until=bindparam("until", type_=Instant()))
)
_GO_ON = (
    update(rehearsals)
    .where(rehearsals.c.rehearsal_id == bindparam("of_rehearsal"), _RUNS, rehearsals.c.step == bindparam("seen_step"))
    .values(step=rehearsals.c.step + 1, tries=0, found=bindparam("found_so_far"), after_at=bindparam("reached_at"),
            after_no=bindparam("reached_no"), state=bindparam("to_state"), slot=bindparam("in_slot"),
            lease_until=bindparam("now"), finished_at=bindparam("ended_at", type_=Instant()))
)
_END = (
    update(rehearsals)
    .where(rehearsals.c.rehearsal_id == bindparam("of_rehearsal"), rehearsals.c.seller_id == bindparam("of_seller"),
           _RUNS)
    .values(state=bindparam("to_state"), slot=None, tries=0, finished_at=bindparam("now", type_=Instant()))
)
_GIVE_UP = _END.where(rehearsals.c.step == bindparam("seen_step"), rehearsals.c.tries == bindparam("seen_tries"))
_OLD = (
    select(rehearsals.c.rehearsal_id)
    .where(rehearsals.c.finished_at < bindparam("before"))
    .order_by(rehearsals.c.finished_at)
    .limit(BATCH)
)
_FORGET = delete(rehearsals).where(rehearsals.c.rehearsal_id.in_(among("rehearsal_ids")))


def start(tx: Tx, rehearsal_id: str, seller_id: str, *, title: str, asked: dict[str, Any], since: datetime,
          until: datetime, now: datetime) -> None:
    """Raises TooManyRehearsals when the seller's places are taken; of two for one place the later looks again."""
    taken = {row.slot for row in tx.all(_SLOTS, seller_id=seller_id)}
    free = sorted({f"{seller_id} {number}" for number in range(MOST_RUNNING)} - taken)
    if not free:
        raise TooManyRehearsals()
    tx.insert(rehearsals, rehearsal_id=rehearsal_id, seller_id=seller_id, title=title, asked=asked,
              state=RehearsalState.RUNNING.value, slot=free[0], placed_from=since, placed_until=until,
              after_at=since, after_no="", found={}, step=0, tries=0, lease_until=now, created_at=now, finished_at=None,
              duplicate=Interrupted("the place was taken meanwhile"))


def find(tx: Tx, rehearsal_id: str, seller_id: str) -> Any:
    """Raises RehearsalNotFound, also of another seller's."""
    row = tx.one(_ONE, rehearsal_id=rehearsal_id, seller_id=seller_id)
    if row is None:
        raise RehearsalNotFound()
    return row


def listed(tx: Tx, seller_id: str, most: int, before: str | None, state: str | None) -> list[Any]:
    """The seller's, the newest first."""
    states = [state] if state else [each.value for each in RehearsalState]
    return newest_of(tx, _LIST, states, most, seller_id=seller_id, before=before or LAST)


def due(tx: Tx, now: datetime) -> list[Any]:
    """Those that nobody is at, the longest untouched first."""
    return tx.all(_DUE, now=now)


def lease(tx: Tx, row: Any, now: datetime) -> bool:
    """Take its next step; False when another one has it, or it has ended."""
    return tx.change(_LEASE, of_rehearsal=row.rehearsal_id, seen_step=row.step, seen_tries=row.tries,
                     until=now + LEASE) == 1


def go_on(tx: Tx, row: Any, found: dict[str, Any], reached: tuple[datetime, str] | None, now: datetime) -> bool:
    """The step is done and what it found is counted; `reached` None: it was the last. False, and nothing counted, when
    another one did it meanwhile, or the rehearsal was ended."""
    after_at, after_no = reached or (row.after_at, row.after_no)
    return tx.change(
        _GO_ON, of_rehearsal=row.rehearsal_id, seen_step=row.step, found_so_far=found, reached_at=after_at,
        reached_no=after_no, to_state=row.state if reached else FLOW.target("finish"),
        in_slot=row.slot if reached else None, now=now, ended_at=None if reached else now) == 1


def give_up(tx: Tx, row: Any, now: datetime) -> bool:
    """It fails again and again. False when the step was done or it has ended meanwhile."""
    return tx.change(_GIVE_UP, of_rehearsal=row.rehearsal_id, of_seller=row.seller_id, to_state=FLOW.target("give_up"),
                     seen_step=row.step, seen_tries=row.tries, now=now) == 1


def cancel(tx: Tx, rehearsal_id: str, seller_id: str, now: datetime) -> None:
    """What it found so far stays. Raises RehearsalNotFound, RehearsalEnded; one that was cancelled stays so."""
    row = find(tx, rehearsal_id, seller_id)
    if row.state != RehearsalState.CANCELLED.value:
        tx.write(_END, rows=1, otherwise=RehearsalEnded(), of_rehearsal=rehearsal_id, of_seller=seller_id,
                 to_state=FLOW.target("cancel"), now=now)


def forget_before(tx: Tx, before: datetime) -> int:
    """Drop one batch of those that ended before then; how many."""
    old = [row.rehearsal_id for row in tx.all(_OLD, before=before)]
    return tx.change(_FORGET, rehearsal_ids=old) if old else 0
