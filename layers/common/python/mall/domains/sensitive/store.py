"""The changes that wait for a second person, and how each of them ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from mall.domains.sensitive.rules import FLOW, ChangeDecided, ChangeKind, ChangeNotFound, ChangeState, ChangeWaits
from mall.kit.db import Tx
from mall.kit.ids import new_id
from mall.kit.page import newest_of
from mall.kit.postponed import not_postponed
from mall.tables.people import refund_days, sensitive_changes

c, d = sensitive_changes.c, refund_days.c
EXPIRING = "expire change"  # what a failed one is postponed for
LAST = "~"  # sorts after every id

_LOCK = (
    select(sensitive_changes)
    .where(c.change_id == bindparam("change_id"), c.seller_id == bindparam("seller_id"))
    .with_for_update()
)
_DECIDE = (
    update(sensitive_changes)
    .where(c.change_id == bindparam("of_change"), c.state == ChangeState.PENDING.value)
    .values(state=bindparam("to_state"), decided_by=bindparam("by"), note=bindparam("why"),
            decided_at=bindparam("now"), open_key=None)
)
_PAGE = (
    select(sensitive_changes)
    .where(c.seller_id == bindparam("seller_id"), c.state == bindparam("state"), c.change_id < bindparam("before_id"))
    .order_by(c.change_id.desc())
    .limit(bindparam("most"))
)
_EXPIRED = (
    select(c.change_id)
    .where(c.state == ChangeState.PENDING.value, c.expires_at <= bindparam("now"),
           not_postponed(EXPIRING, c.change_id))
    .order_by(c.expires_at)
    .limit(bindparam("most"))
)
_TAKE = (
    update(refund_days)
    .where(d.staff_id == bindparam("of_staff"), d.day == bindparam("of_day"),
           d.alone_fen + bindparam("amount_fen") <= bindparam("limit_fen"))
    .values(alone_fen=d.alone_fen + bindparam("amount_fen"))
)
_ALONE = select(d.alone_fen).where(d.staff_id == bindparam("staff_id"), d.day == bindparam("day"))


def ask(tx: Tx, *, kind: ChangeKind, subject: str, seller_id: str, staff_id: str, reason: str, before: dict[str, Any],
        after: dict[str, Any], payload: dict[str, Any], hours: int, now: datetime) -> str:
    """Write a change down that waits; its id. `before` and `after` are what the second person is shown, `payload` is
    what takes effect. Of one subject one change of a kind waits at a time: raises ChangeWaits."""
    change_id = new_id("sch")
    tx.insert(sensitive_changes, duplicate=ChangeWaits(), change_id=change_id, seller_id=seller_id, kind=kind.value,
              subject=subject, state=ChangeState.PENDING.value, asked_by=staff_id, reason=reason, before=before,
              after=after, payload=payload, open_key=f"{seller_id} {kind.value} {subject}", decided_by=None, note="",
              created_at=now, expires_at=now + timedelta(hours=hours), decided_at=None)
    return change_id


def lock(tx: Tx, change_id: str, seller_id: str, now: datetime) -> Any:
    """The change that waits, locked. Raises ChangeNotFound; ChangeDecided also when its time is over."""
    row = tx.one(_LOCK, change_id=change_id, seller_id=seller_id)
    if row is None:
        raise ChangeNotFound(field="change_id")
    if row.state != ChangeState.PENDING.value or row.expires_at <= now:
        raise ChangeDecided(state=row.state)
    return row


def decide(tx: Tx, change_id: str, verb: str, now: datetime, *, by: str | None = None, note: str = "") -> str:
    """End a change that waits; its state. Raises ChangeDecided when somebody was faster."""
    tx.write(_DECIDE, rows=1, otherwise=ChangeDecided(), of_change=change_id, to_state=FLOW.target(verb), by=by,
             why=note, now=now)
    return FLOW.target(verb)


def page(tx: Tx, seller_id: str, state: str | None, before_id: str | None, most: int) -> list:
    """The seller's, the newest first."""
    states = [state] if state else [each.value for each in ChangeState]
    return newest_of(tx, _PAGE, states, most, seller_id=seller_id, before_id=before_id or LAST)


def expired(tx: Tx, now: datetime, most: int) -> list[str]:
    return [row.change_id for row in tx.all(_EXPIRED, now=now, most=most)]


def take_from_day(tx: Tx, staff_id: str, day: str, amount_fen: int, limit_fen: int) -> bool:
    """Count what this person refunds alone. False, and nothing counted, when it would be more than the limit of a
    day; refunds at the same moment wait for each other at the day's row."""
    asked = {"of_staff": staff_id, "of_day": day, "amount_fen": amount_fen, "limit_fen": limit_fen}
    if tx.change(_TAKE, **asked):
        return True
    tx.insert_if_absent(refund_days, staff_id=staff_id, day=day, alone_fen=0)  # the first of the day
    return tx.change(_TAKE, **asked) == 1


def alone_fen(tx: Tx, staff_id: str, day: str) -> int:
    """What this person has refunded alone that day."""
    row = tx.one(_ALONE, staff_id=staff_id, day=day)
    return row.alone_fen if row else 0
