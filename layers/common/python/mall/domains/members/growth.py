"""Growth value, entry by entry and by membership year, and the level that it brings (spec A3).

Whoever adds growth or changes a level locks the member first, so what one decides upon is what holds. Taking back
needs no lock: a year never falls below zero, the guard is in the WHERE.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from mall.domains.members.levels import Growth, LevelReason, Standing
from mall.kit.db import Instant, Tx
from mall.kit.errors import Conflict
from mall.kit.ids import new_id
from mall.kit.page import LAST, newest_first
from mall.kit.postponed import not_postponed
from mall.kit.state import Words
from mall.tables.people import growth_entries, growth_years, level_changes, members

RECEIVED, REFUNDED, SIGNED_IN = "RECEIVED", "REFUNDED", "SIGNED_IN"
WORDS = Words(None, {RECEIVED: "购物", REFUNDED: "退款扣回", SIGNED_IN: "签到"}, other="成长值变动")
REVIEWING = "review"  # what a failed member is postponed for

_STANDING = [members.c.member_id, members.c.level, members.c.level_review_at, members.c.created_at]
_MEMBER = select(*_STANDING).where(members.c.member_id == bindparam("member_id"))
_LOCK = _MEMBER.with_for_update()
_YEARS = select(growth_years.c.year, growth_years.c.growth).where(growth_years.c.member_id == bindparam("member_id"))
_LOCK_YEARS = _YEARS.with_for_update()
_OF_ORDER = (
    select(growth_entries.c.year, func.sum(growth_entries.c.amount).label("amount"))
    .where(growth_entries.c.order_no == bindparam("order_no"))
    .group_by(growth_entries.c.year)
)
_COUNT = (
    update(growth_years)
    .where(growth_years.c.member_id == bindparam("of_member"), growth_years.c.year == bindparam("of_year"),
           growth_years.c.growth + bindparam("by") >= 0)
    .values(growth=growth_years.c.growth + bindparam("by"))
)
_CHANGE_LEVEL = (
    update(members)
    .where(members.c.member_id == bindparam("of_member"), members.c.level == bindparam("seen_level"))
    .values(level=bindparam("new_level"), level_review_at=bindparam("new_review_at", type_=Instant()))
)
_REVIEWED = (
    update(members)
    .where(members.c.member_id == bindparam("of_member"), members.c.level_review_at == bindparam("seen_review_at"))
    .values(level_review_at=bindparam("new_review_at", type_=Instant()))
)
_DUE = (
    select(members.c.member_id)
    .where(members.c.level_review_at <= bindparam("now"), not_postponed(REVIEWING, members.c.member_id))
    .order_by(members.c.level_review_at)
    .limit(bindparam("most"))
)
_ENTRIES = newest_first(
    select(growth_entries)
    .where(growth_entries.c.member_id == bindparam("member_id")),
    growth_entries.c.entry_id)
_CHANGES = (
    select(level_changes)
    .where(level_changes.c.member_id == bindparam("member_id"))
    .order_by(level_changes.c.change_id.desc())
    .limit(bindparam("most"))
)


def ask(member_id: str) -> tuple[tuple, tuple]:
    """The member's standing, for `standing_of`."""
    return (_MEMBER, {"member_id": member_id}), (_YEARS, {"member_id": member_id})


def ask_lock(member_id: str) -> tuple[tuple, tuple]:
    """The same, locked until the transaction ends."""
    return (_LOCK, {"member_id": member_id}), (_LOCK_YEARS, {"member_id": member_id})


def standing_of(found: list[Any], years: list[Any]) -> Standing | None:
    """From the answers to `ask` or `ask_lock`; None when there is no such member."""
    if not found:
        return None
    row = found[0]
    return Standing(row.member_id, row.level, row.created_at, row.level_review_at,
                    {each.year: each.growth for each in years})


def lock(tx: Tx, member_id: str) -> Standing | None:
    return standing_of(*tx.fetch(*ask_lock(member_id)))


def of_order(tx: Tx, order_no: str) -> tuple[int, int]:
    """The membership year that an order's growth counts to, and how much of it is left; (0, 0) when it brought none."""
    row = tx.one(_OF_ORDER, order_no=order_no)
    return (row.year, int(row.amount)) if row else (0, 0)


def add(tx: Tx, standing: Standing, year: int, amount: int, *, reference: str, order_no: str | None,
        now: datetime) -> None:
    """Growth that an order, or without one a day's sign-in, brings, once."""
    reason = RECEIVED if order_no else SIGNED_IN
    _write_down(tx, standing.member_id, year, amount, reference, reason, order_no, now)
    if year in standing.years:
        _count(tx, standing.member_id, year, amount)
    else:
        tx.insert(growth_years, member_id=standing.member_id, year=year, growth=amount)


def take_back(tx: Tx, member_id: str, year: int, amount: int, *, reference: str, order_no: str,
              now: datetime) -> None:
    """Growth that goes with refunded pieces, out of the year that had it."""
    _write_down(tx, member_id, year, -amount, reference, REFUNDED, order_no, now)
    _count(tx, member_id, year, -amount)


def _write_down(tx: Tx, member_id: str, year: int, amount: int, reference: str, reason: str, order_no: str | None,
                now: datetime) -> None:
    tx.insert(growth_entries, duplicate=Conflict(), entry_id=new_id("grw"), reference=reference, member_id=member_id,
              year=year, amount=amount, reason=reason, order_no=order_no, created_at=now)


def _count(tx: Tx, member_id: str, year: int, by: int) -> None:
    tx.write(_COUNT, rows=1, of_member=member_id, of_year=year, by=by)


def change_level(tx: Tx, standing: Standing, level: str, reason: LevelReason, growth: Growth, *,
                 review_at: datetime | None, order_no: str | None, actor: str, now: datetime) -> None:
    """Another level than the member has, with its row of history."""
    tx.write(_CHANGE_LEVEL, rows=1, of_member=standing.member_id, seen_level=standing.level, new_level=level,
             new_review_at=review_at)
    tx.insert(level_changes, change_id=new_id("lvc"), member_id=standing.member_id, from_level=standing.level,
              to_level=level, reason=reason.value, total=growth.total, in_year=growth.in_year, order_no=order_no,
              actor=actor, created_at=now)


def keep_level(tx: Tx, standing: Standing, review_at: datetime | None) -> None:
    """Reviewed, and the level stays: the next review is later."""
    tx.write(_REVIEWED, rows=1, of_member=standing.member_id, seen_review_at=standing.review_at,
             new_review_at=review_at)


def due_for_review(tx: Tx, now: datetime, most: int) -> list[str]:
    """Members whose anniversary has come, the longest ago first."""
    return [row.member_id for row in tx.all(_DUE, now=now, most=most)]


def ask_entries(member_id: str, before: str | None, most: int) -> tuple:
    """The newest first."""
    return _ENTRIES, {"member_id": member_id, "before": before or LAST, "most": most}


def ask_changes(member_id: str, most: int) -> tuple:
    """The member's level history, the newest first."""
    return _CHANGES, {"member_id": member_id, "most": most}
