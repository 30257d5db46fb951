"""The figures of a day (经营数据): which entries of the ledger each one sums up; all add up over hours.

A day that is over is summed up once, each night; of the few since then the ledger is asked itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta, timezone
from enum import Enum
from typing import NamedTuple

from mall.kit.errors import BadInput, Unavailable
from mall.kit.scope import PLATFORM
from mall.kit.zone import SHANGHAI, day_of

MOST_DAYS = 92  # of one window
MOST_OPEN = 7  # days that are not summed up yet, for which the ledger is asked
POINTS_OF_ALL = "points/*"  # every member's, held parts too


class Figure(str, Enum):
    TAKINGS = "TAKINGS"  # fen that came for orders, by WeChat and from stored value
    ORDERS = "ORDERS"  # paid, those that cost nothing too; in parts with the last one
    REFUNDS = "REFUNDS"  # fen of refunds that were decided
    REFUND_COUNT = "REFUND_COUNT"
    COUPON_COST = "COUPON_COST"  # fen that coupons paid, less what came back with refunds
    COUPON_ORDERS = "COUPON_ORDERS"
    COUPON_TAKINGS = "COUPON_TAKINGS"  # the part of TAKINGS that came for orders with coupons
    SHARED = "SHARED"  # fen for receivers, less what was refused
    SHARES_RETURNED = "SHARES_RETURNED"
    POINTS_EARNED = "POINTS_EARNED"
    POINTS_RETURNED = "POINTS_RETURNED"
    POINTS_SPENT = "POINTS_SPENT"
    POINTS_TAKEN_BACK = "POINTS_TAKEN_BACK"
    POINTS_EXPIRED = "POINTS_EXPIRED"
    POINTS_OWED = "POINTS_OWED"  # to members when the day ended


F = Figure
MONEY_IN = ("PAYMENT_RECEIVED", "BALANCE_SPENT")
_FUNDS = ("order_funds", "receivable")
_SUMS: tuple[tuple[Figure, tuple[str, ...], tuple[str, ...], int], ...] = (  # accounts, reasons, sign of a debit
    (F.TAKINGS, _FUNDS, MONEY_IN, -1),
    (F.REFUNDS, _FUNDS, ("REFUND_DECIDED",), 1),
    (F.COUPON_COST, ("coupon_cost",), ("COUPONS_USED", "COUPONS_RETURNED"), 1),
    (F.SHARED, ("shared",), ("SHARE_DECIDED", "SHARE_DONE"), 1),
    (F.SHARES_RETURNED, ("shared",), ("SHARE_RETURNED",), -1),
    (F.POINTS_EARNED, ("points",), ("POINTS_EARNED", "POINTS_CHECKED_IN"), -1),
    (F.POINTS_RETURNED, ("points",), ("POINTS_RETURNED",), -1),
    (F.POINTS_SPENT, ("points",), ("POINTS_SPENT",), 1),
    (F.POINTS_TAKEN_BACK, ("points",), ("POINTS_TAKEN_BACK", "POINTS_DEBT_PAID"), 1),
    (F.POINTS_EXPIRED, ("points",), ("POINTS_EXPIRED",), 1),
)
_COUNTS = ((F.REFUND_COUNT, _FUNDS, ("REFUND_DECIDED",)), (F.COUPON_ORDERS, ("coupon_cost",), ("COUPONS_USED",)))
OF_SELLERS = ("order_funds", "receivable", "coupon_cost", "shared")


class BadChartWindow(BadInput):
    code, message = "BAD_CHART_WINDOW", f"结束日期不能早于开始日期，且最多 {MOST_DAYS} 天"


class FiguresNotReady(Unavailable):
    code, message = "FIGURES_NOT_READY", "历史数据正在汇总，请稍后再试"


class Moved(NamedTuple):
    """What was booked on an account for one reason within an hour of UTC, `2026-11-30 15`."""

    account: str
    reason: str
    hour: str
    amount: int  # debits less credits
    entries: int


class Amount(NamedTuple):
    seller_id: str
    figure: Figure
    hour: str
    amount: int


def figures_of(moved: Iterable[Moved]) -> Iterator[Amount]:
    """POINTS_OWED is what the points that members have changed by."""
    for each in moved:
        kind, _, owner = each.account.partition("/")
        seller_id = PLATFORM if kind == "points" else owner
        for figure, kinds, reasons, sign in _SUMS:
            if kind in kinds and each.reason in reasons:
                yield Amount(seller_id, figure, each.hour, sign * each.amount)
        for figure, kinds, reasons in _COUNTS:
            if kind in kinds and each.reason in reasons:
                yield Amount(seller_id, figure, each.hour, each.entries)
        if kind == "points":
            yield Amount(seller_id, F.POINTS_OWED, each.hour, -each.amount)


def by_hour(amounts: Iterable[Amount]) -> Counter[tuple[Figure, datetime]]:
    """Sums by the hour of Shanghai in which they began."""
    found: Counter[tuple[Figure, datetime]] = Counter()
    for each in amounts:
        found[each.figure, _hour(each.hour)] += each.amount
    return found


def by_day(amounts: Iterable[Amount]) -> Counter[tuple[Figure, date]]:
    found: Counter[tuple[Figure, date]] = Counter()
    for each in amounts:
        found[each.figure, day_of(_hour(each.hour))] += each.amount
    return found


def _hour(told: str) -> datetime:
    return datetime.strptime(told, "%Y-%m-%d %H").replace(tzinfo=timezone.utc).astimezone(SHANGHAI)


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def days_between(first: date, last: date) -> list[date]:
    """Both included; none where the last is before the first."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def check_window(from_day: date, until_day: date) -> None:
    """Raises BadChartWindow."""
    if not 0 <= (until_day - from_day).days < MOST_DAYS:
        raise BadChartWindow(field="until_day")


def open_days(last: date | None, first: date | None, until: date) -> list[date]:
    """The days until then that are not summed up: after the `last` that is, or from that of the `first` movement."""
    begin = last + timedelta(days=1) if last else first
    return days_between(begin, until) if begin else []
