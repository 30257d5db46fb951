"""A member's level and growth value as people read them (会员中心, 成长值明细). Spec A3."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mall.domains.coupons import store as coupons
from mall.domains.members import growth, levels
from mall.domains.members.levels import Standing
from mall.domains.points import store as points
from mall.domains.wallets import store as wallets
from mall.kit.db import Tx
from mall.kit.page import last_id, next_cursor
from mall.kit.zone import day_of

LATEST = 5  # entries on the member centre's page
CHANGES = 20  # of a member's level history that staff see


@dataclass(frozen=True)
class Membership:
    level: str
    level_name: str
    percent: int  # of the price that the member pays; 100: all of it
    growth: int  # in all
    growth_of_year: int  # of the membership year that runs
    year_ends_at: datetime
    next_level: str | None  # None at the top
    next_level_name: str | None
    missing: int  # growth to the next level, 0 at the top
    sentence: str


@dataclass(frozen=True)
class GrowthEntry:
    kind: str  # RECEIVED REFUNDED SIGNED_IN
    words: str
    amount: int  # negative when taken back
    order_no: str | None  # of a sign-in: none
    at: datetime


@dataclass(frozen=True)
class MemberPoints:
    free: int  # to be spent
    debt: int  # that the next ones pay
    checked_in_today: bool


@dataclass(frozen=True)
class Centre:
    membership: Membership
    unused_coupons: int
    balance_fen: int | None  # free to be spent; None while stored value is off
    points: MemberPoints
    entries: list[GrowthEntry]


def centre(tx: Tx, member_id: str, settings: Any, now: datetime) -> Centre:
    """Everything of the member centre, read in one round trip."""
    found, years, entries, unused, owed, *of_points = tx.fetch(
        *growth.ask(member_id), growth.ask_entries(member_id, None, LATEST),
        coupons.ask_count_usable(member_id, now), wallets.ask_owed(member_id),
        *points.ask_standing(member_id, now, expiring=0))
    lots = points.standing_of(*of_points)
    return Centre(
        membership(growth.standing_of(found, years), settings, now), unused[0].number,
        wallets.owed_of(member_id, owed).free_fen if settings.stored_value_licence else None,
        MemberPoints(lots.free, lots.debt, lots.checked_in_on == day_of(now).isoformat()),
        [_entry(row) for row in entries])


def membership(standing: Standing, settings: Any, now: datetime) -> Membership:
    known, year = settings.member_levels, levels.year_of(standing.joined_at, now)
    level, above = levels.level_of(known, standing.level), levels.next_level(known, standing.level)
    grown = standing.growth(year)
    return Membership(
        level["level"], level["name"], levels.percent_of_level(known, standing.level), grown.total, grown.in_year,
        levels.start_of_year(standing.joined_at, year + 1), above and above["level"], above and above["name"],
        levels.missing(above, grown) if above else 0, levels.sentence(above, grown))


def entries_page(tx: Tx, member_id: str, cursor: str | None, limit: int) -> tuple[list[GrowthEntry], str | None]:
    """The newest first, and where the next page begins. Raises BadCursor."""
    (rows,) = tx.fetch(growth.ask_entries(member_id, last_id(cursor), limit))
    return _page(rows, limit)


def of_member(tx: Tx, member_id: str, cursor: str | None,
              limit: int) -> tuple[Standing | None, list[Any], list[GrowthEntry], str | None]:
    """What staff see of one member: the standing, the level history, a page of entries. Raises BadCursor."""
    found, years, changes, rows = tx.fetch(
        *growth.ask(member_id), growth.ask_changes(member_id, CHANGES + 1),
        growth.ask_entries(member_id, last_id(cursor), limit))
    return growth.standing_of(found, years), changes, *_page(rows, limit)


def _page(rows: list[Any], limit: int) -> tuple[list[GrowthEntry], str | None]:
    return [_entry(row) for row in rows], next_cursor(rows, limit, lambda last: last.entry_id)


def _entry(row: Any) -> GrowthEntry:
    return GrowthEntry(row.reason, growth.WORDS[row.reason], row.amount, row.order_no, row.created_at)
