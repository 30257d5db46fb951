"""The audit's own memory: its runs, and how far it has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from mall.domains.cases.rules import CaseKind, CaseState
from mall.kit.db import Instant, Tx, among
from mall.kit.ids import new_id
from mall.tables.accounts import audit_positions, audit_runs
from mall.tables.trade import cases

BATCH = 500
RUNNING, DONE, LOST = "RUNNING", "DONE", "LOST"

_END = (
    update(audit_runs).where(audit_runs.c.run_id == bindparam("of_run"))
    .values(state=DONE, checked=bindparam("so_many"), findings=bindparam("so_wrong"), finished_at=bindparam("now"))
)
_DEAD = (
    select(audit_runs.c.run_id, audit_runs.c.started_at)
    .where(audit_runs.c.state == RUNNING, audit_runs.c.started_at < bindparam("before"))
    .order_by(audit_runs.c.started_at).limit(BATCH)
)
_LOSE = (
    update(audit_runs)
    .where(audit_runs.c.run_id.in_(among("runs")), audit_runs.c.state == RUNNING)
    .values(state=LOST)
)
_LAST_DONE = select(func.max(audit_runs.c.started_at).label("at")).where(audit_runs.c.state == DONE)
_FIRST_OPEN = select(func.min(audit_runs.c.started_at).label("at")).where(audit_runs.c.state.in_((RUNNING, LOST)))
_OLD = (
    select(audit_runs.c.run_id)
    .where(audit_runs.c.state.in_((DONE, LOST)), audit_runs.c.started_at < bindparam("before"))
    .limit(BATCH)
)
_DROP = delete(audit_runs).where(audit_runs.c.run_id.in_(among("runs")))
_POSITIONS = select(audit_positions)
_MOVE = (
    update(audit_positions)
    .where(audit_positions.c.name == bindparam("of_name"), audit_positions.c.turn == bindparam("seen_turn"))
    .values(position=bindparam("to_position", type_=audit_positions.c.position.type), turn=audit_positions.c.turn + 1,
            began_at=bindparam("begun", type_=Instant()), passed_at=bindparam("passed", type_=Instant()))
)
_RESOLVED = (
    select(cases.c.data).where(cases.c.kind == CaseKind.AUDIT_FINDING.value, cases.c.state == CaseState.RESOLVED.value,
                         cases.c.resolved_at >= bindparam("since"))
    .order_by(cases.c.case_id).limit(BATCH)
)


def begin(tx: Tx, now: datetime) -> str:
    """A run is under way; its id."""
    run_id = new_id("run")
    tx.insert(audit_runs, run_id=run_id, state=RUNNING, checked=0, findings=0, started_at=now, finished_at=None)
    return run_id


def end(tx: Tx, run_id: str, checked: int, findings: int, now: datetime) -> None:
    tx.write(_END, of_run=run_id, so_many=checked, so_wrong=findings, now=now)


def lose(tx: Tx, before: datetime) -> datetime | None:
    """Runs that began before then and never ended are written off; when the last of them began."""
    dead = tx.all(_DEAD, before=before)
    if dead:
        tx.write(_LOSE, runs=[row.run_id for row in dead])
    return dead[-1].started_at if dead else None


def last_done(tx: Tx) -> datetime | None:
    """When the last look that ended began."""
    return tx.one(_LAST_DONE).at


def waiting_since(tx: Tx) -> datetime | None:
    """Since when no look has ended, counted from the first that was tried; None where none was tried."""
    return last_done(tx) or tx.one(_FIRST_OPEN).at


def drop_before(tx: Tx, before: datetime) -> int:
    """Forget up to BATCH runs; how many there were."""
    old = [row.run_id for row in tx.all(_OLD, before=before)]
    return tx.change(_DROP, runs=old) if old else 0


def positions(tx: Tx) -> dict[str, Any]:
    return {row.name: row for row in tx.all(_POSITIONS)}


def move(tx: Tx, name: str, seen: Any | None, position: list[Any], *, began_at: datetime | None = None,
         passed_at: datetime | None = None) -> None:
    """Go on to there from what was seen; nothing where another run did so meanwhile."""
    if seen is None:
        tx.insert_if_absent(audit_positions, name=name, position=position, turn=1, began_at=began_at,
                            passed_at=passed_at)
    else:
        tx.write(_MOVE, of_name=name, seen_turn=seen.turn, to_position=position, begun=began_at, passed=passed_at)


def resolved_since(tx: Tx, since: datetime) -> list[dict[str, Any]]:
    """The data of findings that were resolved since then: whether they stand all the same is looked at."""
    return [row.data for row in tx.all(_RESOLVED, since=since)]
