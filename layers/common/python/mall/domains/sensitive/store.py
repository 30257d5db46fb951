"""The changes that wait for a second person, and how each of them ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from mall.domains.sensitive.rules import FLOW, ChangeDecided, ChangeNotFound, ChangeState, ChangeWaits, GivenAway
from mall.kit.db import Tx, among
from mall.kit.errors import Conflict
from mall.kit.ids import new_id
from mall.kit.page import LAST, newest_first, newest_of
from mall.kit.postponed import not_postponed
from mall.kit.scope import PLATFORM
from mall.tables.people import password_setters, refund_days, sensitive_changes, staff

EXPIRING = "expire change"  # what a failed one is postponed for

_FIND = select(sensitive_changes).where(sensitive_changes.c.change_id == bindparam("change_id"),
                                        sensitive_changes.c.seller_id == bindparam("seller_id"))
_LOCK = _FIND.with_for_update()
_DECIDE = (
    update(sensitive_changes)
    .where(sensitive_changes.c.change_id == bindparam("of_change"),
           sensitive_changes.c.state == ChangeState.PENDING.value)
    .values(state=bindparam("to_state"), decided_by=bindparam("by"), note=bindparam("why"),
            decided_at=bindparam("now"), open_key=None)
)
_FORGET = update(sensitive_changes).where(sensitive_changes.c.change_id == bindparam("of_change")).values(sent=None)
_PAGE = newest_first(
    select(sensitive_changes)
    .where(sensitive_changes.c.seller_id == bindparam("seller_id"), sensitive_changes.c.state == bindparam("state")),
    sensitive_changes.c.change_id)
_EXPIRED = (
    select(sensitive_changes.c.change_id)
    .where(sensitive_changes.c.state == ChangeState.PENDING.value, sensitive_changes.c.expires_at <= bindparam("now"),
           not_postponed(EXPIRING, sensitive_changes.c.change_id))
    .order_by(sensitive_changes.c.expires_at)
    .limit(bindparam("most"))
)
_TAKE = (
    update(refund_days)
    .where(refund_days.c.staff_id == bindparam("of_staff"), refund_days.c.day == bindparam("of_day"),
           refund_days.c.alone_fen + bindparam("amount_fen") <= bindparam("limit_fen"))
    .values(alone_fen=refund_days.c.alone_fen + bindparam("amount_fen"))
)
_DAYS = (
    select(refund_days)
    .where(refund_days.c.staff_id.in_(among("staff_ids")), refund_days.c.day == bindparam("day"))
    .order_by(refund_days.c.staff_id)
    .with_for_update()
)
_TIES = (
    select(password_setters.c.staff_id, password_setters.c.setter_id)
    .join_from(password_setters, staff, staff.c.staff_id == password_setters.c.staff_id)
    .where(staff.c.seller_id.in_((bindparam("seller_id"), PLATFORM)))
)
_OF_SELLER = select(staff.c.staff_id).where(
    staff.c.staff_id.in_(among("staff_ids")), staff.c.seller_id == bindparam("seller_id"))
_ALONE = select(refund_days.c.alone_fen).where(refund_days.c.staff_id == bindparam("staff_id"),
                                               refund_days.c.day == bindparam("day"))


def ask(tx: Tx, given: GivenAway, *, kind: str, action: str, sent: dict[str, Any], why: str, seller_id: str,
        staff_id: str, hours: int, now: datetime) -> str:
    """Write down what waits; its id. `sent` is the action's own input, which takes effect. Of one subject one change of
    a kind waits at a time: raises ChangeWaits."""
    change_id = new_id("sch")
    tx.insert(sensitive_changes, duplicate=ChangeWaits(), change_id=change_id, seller_id=seller_id, kind=kind,
              action=action, subject=given.subject, order_no=given.order_no, value_fen=given.value_fen,
              says=given.says[:255], why=why, state=ChangeState.PENDING.value, asked_by=staff_id,
              reason=given.reason[:255], before=given.before, after=given.after, payload={}, sent=sent,
              open_key=f"{seller_id} {kind} {given.subject}", decided_by=None, note="", created_at=now,
              expires_at=now + timedelta(hours=hours), decided_at=None)
    return change_id


def lock(tx: Tx, change_id: str, seller_id: str, now: datetime) -> Any:
    """The change that waits, locked. Raises ChangeNotFound; ChangeDecided also when its time is over."""
    return _waiting(tx.one(_LOCK, change_id=change_id, seller_id=seller_id), now)


def find(tx: Tx, change_id: str, seller_id: str) -> Any:
    """The change, however it ended. Raises ChangeNotFound."""
    row = tx.one(_FIND, change_id=change_id, seller_id=seller_id)
    if row is None:
        raise ChangeNotFound(field="change_id")
    return row


def check_waits(row: Any, now: datetime) -> None:
    """Raises ChangeDecided, also when its time is over."""
    if row.state != ChangeState.PENDING.value or row.expires_at <= now:
        raise ChangeDecided(state=row.state)


def _waiting(row: Any | None, now: datetime) -> Any:
    if row is None:
        raise ChangeNotFound(field="change_id")
    check_waits(row, now)
    return row


def decide(tx: Tx, change_id: str, verb: str, now: datetime, *, by: str | None = None, note: str = "",
           forgets: bool = True) -> str:
    """End a change that waits; its state. What was sent is forgotten with it, or with `forget`. Raises ChangeDecided
    when somebody was faster."""
    tx.write(_DECIDE, rows=1, otherwise=ChangeDecided(), of_change=change_id, to_state=FLOW.target(verb), by=by,
             why=note, now=now)
    if forgets:
        forget(tx, change_id)
    return FLOW.target(verb)


def forget(tx: Tx, change_id: str) -> None:
    """What was sent, which may hold a person's data."""
    tx.write(_FORGET, of_change=change_id)


def page(tx: Tx, seller_id: str, state: str | None, before_id: str | None, most: int) -> list:
    """The seller's, the newest first."""
    states = [state] if state else [each.value for each in ChangeState]
    return newest_of(tx, _PAGE, states, most, seller_id=seller_id, before=before_id or LAST)


def expired(tx: Tx, now: datetime, most: int) -> list[str]:
    return [row.change_id for row in tx.all(_EXPIRED, now=now, most=most)]


def ties(tx: Tx, seller_id: str) -> list[tuple[str, str]]:
    """(account, who made it, chose its password, brought it back or gave it rights) of the seller's staff, and
    of the platform's, who may have entered the shop."""
    return [(row.staff_id, row.setter_id) for row in tx.all(_TIES, seller_id=seller_id)]


def of_seller(tx: Tx, staff_ids: Iterable[str], seller_id: str) -> frozenset[str]:
    """Those of the accounts that are the seller's own."""
    asked = sorted(staff_ids)
    return frozenset(row.staff_id for row in tx.all(_OF_SELLER, staff_ids=asked, seller_id=seller_id)) if asked else (
        frozenset())


def take_from_day(tx: Tx, people: Iterable[str], day: str, amount_fen: int, limit_fen: int, *,
                  counts: bool = True) -> int | None:
    """Count what somebody gives away alone, for everybody who could sit at their account. None when it fits into
    each one's day; else nothing is counted, and this much the fullest has given away. Who counts at the same moment
    waits at the days' rows. Without `counts` it is only looked."""
    staff_ids = sorted(people)
    known = {row.staff_id: row.alone_fen for row in tx.all(_DAYS, staff_ids=staff_ids, day=day)}
    if len(known) < len(staff_ids):  # the first of the day
        for staff_id in staff_ids:
            tx.insert_if_absent(refund_days, staff_id=staff_id, day=day, alone_fen=0)
        known = {row.staff_id: row.alone_fen for row in tx.all(_DAYS, staff_ids=staff_ids, day=day)}
    fullest_fen = max(known.values())
    if fullest_fen + amount_fen > limit_fen:
        return fullest_fen
    for staff_id in staff_ids if counts else ():
        tx.write(_TAKE, rows=1, otherwise=Conflict(), of_staff=staff_id, of_day=day, amount_fen=amount_fen,
                 limit_fen=limit_fen)
    return None


def alone_fen(tx: Tx, staff_id: str, day: str) -> int:
    """What this person has given away alone that day."""
    row = tx.one(_ALONE, staff_id=staff_id, day=day)
    return row.alone_fen if row else 0
