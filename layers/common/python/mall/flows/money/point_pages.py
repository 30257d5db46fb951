"""A member's points as people read them (积分明细): what is there, what expires when, entry by entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mall.domains.points import store
from mall.domains.points.rules import WORDS
from mall.flows.money.wallet_pages import position_of
from mall.kit.db import Tx
from mall.kit.page import next_cursor

EXPIRING = 20  # lots shown


@dataclass(frozen=True)
class PointEntry:
    reference: str  # of the ledger's movement
    kind: str  # POINTS_EARNED POINTS_CHECKED_IN POINTS_HELD POINTS_RELEASED POINTS_RETURNED ...
    words: str
    points: int  # positive to the member, negative away
    about: str | None  # the order, or the lot
    at: datetime


@dataclass(frozen=True)
class Expiring:
    points: int
    expires_at: datetime


@dataclass(frozen=True)
class PointPage:
    free: int
    held: int
    debt: int
    expiring: list[Expiring]
    items: list[PointEntry]
    next_cursor: str | None


def page(tx: Tx, member_id: str, cursor: str | None, limit: int, now: datetime) -> PointPage:
    """The newest entries first. Raises BadCursor."""
    position = position_of(cursor)
    standing = store.standing_of(*tx.fetch(*store.ask_standing(member_id, now, EXPIRING)))
    rows = store.entries(tx, member_id, position, limit)
    items = [PointEntry(row.reference, row.reason, WORDS[row.reason], -row.amount, row.about, row.created_at)
             for row in rows]
    return PointPage(standing.free, standing.held, standing.debt,
                     [Expiring(lot.free, lot.expires_at) for lot in standing.expiring], items,
                     next_cursor(rows, limit, lambda last: (last.created_at.isoformat(), last.reference)))
