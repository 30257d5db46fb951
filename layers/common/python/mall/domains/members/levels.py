"""Growth value (成长值) and member levels (会员等级): what a purchase brings, and which level it reaches (spec A3).

A level is data of the shop's settings: {"level", "name", "growth", "within", "percent", "free_freight"}. `growth` is
how much it takes, `within` whether of all a member ever got ("ever") or of one membership year ("year"). A membership
year begins with joining and with each anniversary of it, at midnight in the shop's zone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timezone
from enum import Enum
from itertools import pairwise
from typing import Any, ClassVar

from mall.domains.members.rules import FIRST_LEVEL
from mall.kit.money import share_of_pieces, whole_yuan
from mall.kit.outbox import Event
from mall.kit.zone import SHANGHAI, day_of

Level = Mapping[str, Any]


class LevelReason(str, Enum):
    GROWTH = "GROWTH"
    YEARLY_REVIEW = "YEARLY_REVIEW"
    ACCOUNTS_MERGED = "ACCOUNTS_MERGED"


@dataclass(frozen=True)
class MemberLevelChanged(Event):
    kind: ClassVar[str] = "members.member_level_changed"
    member_id: str
    before: str
    after: str
    reason: str
    order_no: str | None  # whose receipt brought it


@dataclass(frozen=True)
class Growth:
    """Of one member: in all, and in the membership year that counts."""

    total: int
    in_year: int


@dataclass(frozen=True)
class Standing:
    """A member's level as it is stored, and the growth value of each membership year."""

    member_id: str
    level: str
    joined_at: datetime
    review_at: datetime | None
    years: Mapping[int, int]

    def growth(self, year: int, more: int = 0) -> Growth:
        """With so much more in that year."""
        return Growth(sum(self.years.values()) + more, self.years.get(year, 0) + more)


# the setting


def check_levels(levels: Sequence[Level]) -> None:
    """Raises ValueError unless the first level is every new member's and takes nothing, each further one takes
    more than the one before, and no two have the same key or name."""
    first = levels[0]
    if (first["level"], first["growth"], first["within"]) != (FIRST_LEVEL, 0, "ever"):
        raise ValueError(f"the first level is {FIRST_LEVEL!r}, with a growth of 0, within 'ever'")
    if any(after["growth"] <= before["growth"] for before, after in pairwise(levels)):
        raise ValueError("each level takes more growth than the one before")
    for what in ("level", "name"):
        if len({level[what] for level in levels}) < len(levels):
            raise ValueError(f"two levels have the same {what}")


def rank(levels: Sequence[Level], key: str) -> int:
    """How high the level stands; -1 for one that the settings do not know any more."""
    return next((place for place, level in enumerate(levels) if level["level"] == key), -1)


def level_of(levels: Sequence[Level], key: str) -> Level:
    """The level; the first for one that the settings do not know any more."""
    return levels[max(0, rank(levels, key))]


def known_level(levels: Sequence[Level], key: str) -> str:
    """The key of the level that a member has to whoever sells to him: see `level_of`."""
    return level_of(levels, key)["level"]


def percent_of_level(levels: Sequence[Level], key: str) -> int:
    """What a member of this level pays of the price."""
    return level_of(levels, key)["percent"]


def free_freight_of(levels: Sequence[Level], key: str) -> str:
    """Who pays no freight at this level, as buyers read it; empty: it is paid."""
    level = level_of(levels, key)
    return level["name"] if level["free_freight"] else ""


# what growth brings


def growth_of(lines: Sequence[Any]) -> int:
    """The growth value of an order: the whole yuan paid for the goods that stay with the buyer. Cumulative: refunds one
    by one and all at once leave the same."""
    return whole_yuan(kept_fen(lines))


def kept_fen(lines: Sequence[Any]) -> int:
    """What was paid for the goods that stay, less what was given back of it by amount."""
    return sum(_paid_fen(line) - allowance_of(line) for line in lines)


def allowance_of(line: Any) -> int:
    """What was given back by amount for the pieces that stay, never more than was paid for them: a release that knew no
    amounts took pieces back and left it as it stood."""
    return min(line.allowance_fen, _paid_fen(line))


def _paid_fen(line: Any) -> int:
    return line.pay_fen - share_of_pieces(line.pay_fen, line.refunded_quantity, line.quantity)


def reached(levels: Sequence[Level], growth: Growth) -> Level:
    """The highest level that so much growth reaches."""
    return [level for level in levels if _counted(level, growth) >= level["growth"]][-1]


def upgrade(levels: Sequence[Level], key: str, growth: Growth) -> str | None:
    """The higher level that is due now, or None: growth alone never takes a level away."""
    due = reached(levels, growth)["level"]
    return due if rank(levels, due) > rank(levels, key) else None


def _counted(level: Level, growth: Growth) -> int:
    return growth.total if level["within"] == "ever" else growth.in_year


def next_level(levels: Sequence[Level], key: str) -> Level | None:
    """The one above; None at the top."""
    return next(iter(levels[max(0, rank(levels, key)) + 1:]), None)


def missing(level: Level, growth: Growth) -> int:
    """How much growth is missing to that level."""
    return max(0, level["growth"] - _counted(level, growth))


def sentence(level: Level | None, growth: Growth) -> str:
    """What a buyer reads of the way to that level; `level` None: there is none above."""
    if level is None:
        return "您已是最高等级会员"
    lacking = missing(level, growth)
    if not lacking:
        return f"您已满足{level['name']}的条件，下次确认收货后升级"
    when = "本会员年度内" if level["within"] == "year" else ""
    return f"{when}再获得 {lacking} 成长值即可升级为{level['name']}"


# membership years


def year_of(joined_at: datetime, moment: datetime) -> int:
    """The membership year in which the moment lies; 1 is the year that began with joining."""
    joined, today = day_of(joined_at), day_of(moment)
    passed = today.year - joined.year
    if today < _anniversary(joined, passed):
        passed -= 1
    return max(0, passed) + 1


def start_of_year(joined_at: datetime, year: int) -> datetime:
    """The first moment of a membership year."""
    return datetime.combine(_anniversary(day_of(joined_at), year - 1), time(), SHANGHAI).astimezone(timezone.utc)


def _anniversary(joined: date, years: int) -> date:
    try:
        return joined.replace(year=joined.year + years)
    except ValueError:  # the 29th of February
        return date(joined.year + years, 3, 1)


# the yearly review


def review(levels: Sequence[Level], standing: Standing, now: datetime) -> tuple[str, Growth]:
    """The level that a member has from this review on, and what justifies it: growth in all, and that of the year that
    is over or of the one that has begun, whichever is more (the timer may come late)."""
    year = year_of(standing.joined_at, now)
    in_year = max(standing.years.get(year - 1, 0), standing.years.get(year, 0))
    growth = Growth(sum(standing.years.values()), in_year)
    return reached(levels, growth)["level"], growth


def next_review(levels: Sequence[Level], key: str, joined_at: datetime, now: datetime) -> datetime | None:
    """When a member who has this level from now on is reviewed: at the next anniversary; never at the first level."""
    if rank(levels, key) <= 0:
        return None
    return start_of_year(joined_at, year_of(joined_at, now) + 1)
