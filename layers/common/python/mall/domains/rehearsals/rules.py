"""Rehearsals over all orders of a period (活动预演): what one found, day by day, and where it stands. Spec F13."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple

from mall.kit.documents import make
from mall.kit.errors import BadInput, NotFound, RuleBroken
from mall.kit.state import Flow
from mall.kit.zone import day_of

MOST_RUNNING = 3  # of one seller at once
LONGEST = timedelta(days=92)
LEASE = timedelta(minutes=2)  # longer than a fire of the timer
MOST_TRIES = 5  # of one batch
KEPT = timedelta(days=90)  # after its end
MOST_NAMED = 20


class RehearsalState(str, Enum):
    RUNNING = "RUNNING"
    DONE = "DONE"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"


FLOW = Flow(
    RehearsalState,
    start=RehearsalState.RUNNING,
    moves={"finish": ({RehearsalState.RUNNING}, RehearsalState.DONE),
           "cancel": ({RehearsalState.RUNNING}, RehearsalState.CANCELLED),
           "give_up": ({RehearsalState.RUNNING}, RehearsalState.FAILED)},
)


class RehearsalNotFound(NotFound):
    code, message = "REHEARSAL_NOT_FOUND", "预演不存在或已清理"
    field = "rehearsal_id"


class RehearsalEnded(RuleBroken):
    code, message = "REHEARSAL_ENDED", "预演已结束，无法取消"
    field = "rehearsal_id"


class TooManyRehearsals(RuleBroken):
    code, message = "TOO_MANY_REHEARSALS", f"同时最多进行 {MOST_RUNNING} 个预演，请等待完成或取消其中一个"


class PeriodTooLong(BadInput):
    code, message = "PERIOD_TOO_LONG", f"预演的订单时间范围最长 {LONGEST.days} 天"


class PeriodNotBegun(BadInput):
    code, message = "PERIOD_NOT_BEGUN", "预演只能使用过去的订单，请选择更早的时间范围"


def period(placed_from: datetime, placed_until: datetime, now: datetime) -> tuple[datetime, datetime]:
    """What is looked at: up to now at most, so that no order is placed into it any more. Raises PeriodNotBegun,
    PeriodTooLong."""
    until = min(placed_until, now)
    if placed_from >= until:
        raise PeriodNotBegun(field="placed_from")
    if until - placed_from > LONGEST:
        raise PeriodTooLong(field="placed_until")
    return placed_from, until


def percent_done(row: Any) -> int:
    """How far it has come through its period."""
    if row.state == RehearsalState.DONE.value:
        return 100
    return int((row.after_at - row.placed_from) / (row.placed_until - row.placed_from) * 100)


@dataclass
class Figures:
    """Of some orders. What adds up: all of it."""

    looked_at: int = 0
    left_aside: int = 0  # of other kinds, or whose price does not come out again
    changed: int = 0
    given_fen: int = 0  # what buyers would have paid less
    taken_fen: int = 0  # and those more for whom it would have been dearer
    gifts_fen: int = 0  # what more in gifts they would have had, by list price; below zero: less
    list_fen: int = 0  # of those compared, before any rule
    before_fen: int = 0  # what their goods cost, without freight
    after_fen: int = 0
    to_zero: int = 0  # goods that would have cost nothing, and did cost something
    below_least: int = 0
    freight_off_fen: int = 0  # what of the money that moved was freight
    coupons_used: int = 0  # of the draft's

    def add(self, other: Figures) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


class Moved(NamedTuple):
    """An order that would have been another: `off_fen` cheaper, with `gifts_fen` more in gifts."""

    off_fen: int
    gifts_fen: int
    order_no: str


@dataclass
class Outcome:
    days: dict[str, Figures] = field(default_factory=dict)  # by the shop's day on which they were placed
    pushed_aside: Counter[str] = field(default_factory=Counter)  # orders by what gave something before
    largest: list[Moved] = field(default_factory=list)
    takers: Counter[str] = field(default_factory=Counter)  # coupons of the draft that each member used so far

    @property
    def coupons_used(self) -> int:
        return sum([figures.coupons_used for figures in self.days.values()])

    @property
    def whole(self) -> Figures:
        total = Figures()
        for figures in self.days.values():
            total.add(figures)
        return total

    def of_day(self, moment: datetime) -> Figures:
        return self.days.setdefault(day_of(moment).isoformat(), Figures())

    def note(self, moved: Moved, figures: Figures) -> None:
        if not moved.off_fen and not moved.gifts_fen:
            return
        figures.changed += 1
        figures.given_fen += max(0, moved.off_fen)
        figures.taken_fen += max(0, -moved.off_fen)
        figures.gifts_fen += moved.gifts_fen
        self.largest = sorted([*self.largest, moved],
                              key=lambda each: (-abs(each.off_fen) - abs(each.gifts_fen), each.order_no))[:MOST_NAMED]

    def document(self) -> dict[str, Any]:
        return {"days": {day: asdict(figures) for day, figures in self.days.items()},
                "pushed_aside": dict(self.pushed_aside), "largest": [list(each) for each in self.largest],
                "takers": dict(self.takers)}

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Outcome:
        """What `document` wrote."""
        return cls({day: make(Figures, figures) for day, figures in document["days"].items()},
                   Counter(document["pushed_aside"]), [Moved(*each) for each in document["largest"]],
                   Counter(document["takers"]))
