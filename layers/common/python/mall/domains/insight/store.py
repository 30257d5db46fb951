"""The figures of days: kept for those that are over, asked of the ledger for today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, func, literal, literal_column, or_, select

from mall.domains.insight.rules import (
    MONEY_IN, MOST_OPEN, OF_SELLERS, POINTS_OF_ALL, Amount, Figure, FiguresNotReady, Moved, by_day, days_between,
    figures_of, open_days, start_of,
)
from mall.kit.db import Instant, Tx, among
from mall.kit.ledger import ledger_entries
from mall.kit.scope import PLATFORM
from mall.kit.zone import day_of
from mall.tables.insight import insight_days
from mall.tables.trade import orders

ONE_DAY = timedelta(days=1)
AT_ONCE = 500  # rows in one statement
COUPONS = ":coupons"  # how the reference of the movement ends that says that an order has some
_coupons = ledger_entries.alias("coupons")


def _within(moment: Any) -> Any:
    return and_(moment >= bindparam("since", type_=Instant()), moment < bindparam("until", type_=Instant()))


def _hour_of(moment: Any) -> Any:
    return func.substr(moment, 1, 13).label("hour")


def _moved(which: Any) -> Any:
    account = case((ledger_entries.c.account.like("points/%"), POINTS_OF_ALL),
                   else_=ledger_entries.c.account).label("account")
    return (
        select(account, ledger_entries.c.reason, _hour_of(ledger_entries.c.created_at),
               func.sum(ledger_entries.c.amount).label("amount"), func.count().label("entries"))
        .where(_within(ledger_entries.c.created_at), which)
        .group_by(account, ledger_entries.c.reason, literal_column("hour"))
    )


def _with_coupons(which: Any) -> Any:
    """What came for orders that coupons paid for a part of."""
    return (
        select(ledger_entries.c.account, _hour_of(ledger_entries.c.created_at),
               func.sum(-ledger_entries.c.amount).label("amount"))
        .where(_within(ledger_entries.c.created_at), which, ledger_entries.c.reason.in_(MONEY_IN),
               select(_coupons.c.leg).where(_coupons.c.reference == ledger_entries.c.about + literal(COUPONS)).exists())
        .group_by(ledger_entries.c.account, literal_column("hour"))
    )


def _paid(*which: Any) -> Any:
    return (
        select(orders.c.seller_id, _hour_of(orders.c.paid_at), func.count().label("number"))
        .where(_within(orders.c.paid_at), *which)
        .group_by(orders.c.seller_id, literal_column("hour"))
    )


_own = ledger_entries.c.account.in_(among("accounts"))
_sellers = or_(*(ledger_entries.c.account.like(f"{kind}/%") for kind in OF_SELLERS))
_members = ledger_entries.c.account.like("points/%")
_OF_ONE, _OF_ALL, _OF_MEMBERS = _moved(_own), _moved(or_(_sellers, _members)), _moved(_members)
_COUPONS_OF_ONE, _COUPONS_OF_ALL = _with_coupons(_own), _with_coupons(_sellers)
_PAID_OF_ONE, _PAID_OF_ALL = _paid(orders.c.seller_id == bindparam("seller_id")), _paid()
_FIRST = select(func.min(ledger_entries.c.created_at).label("at"))
_LAST = select(func.max(insight_days.c.day).label("day")).where(
    insight_days.c.seller_id == PLATFORM, insight_days.c.figure == Figure.POINTS_OWED.value)
_KEPT = select(insight_days.c.figure, insight_days.c.day, insight_days.c.amount).where(
    insight_days.c.seller_id == bindparam("seller_id"), insight_days.c.figure.in_(among("figures")),
    insight_days.c.day >= bindparam("first"), insight_days.c.day <= bindparam("last"))


# of the ledger


def of_seller(tx: Tx, seller_id: str, figures: Sequence[Figure], since: datetime, until: datetime) -> list[Amount]:
    """These figures of one seller, and others; the platform's points are asked for apart."""
    within = {"since": since, "until": until}
    own = {**within, "accounts": [f"{kind}/{seller_id}" for kind in OF_SELLERS]}
    questions = {"moved": (_OF_ONE, own)}
    if Figure.COUPON_TAKINGS in figures:
        questions["coupons"] = (_COUPONS_OF_ONE, own)
    if Figure.ORDERS in figures:
        questions["paid"] = (_PAID_OF_ONE, {**within, "seller_id": seller_id})
    found = dict(zip(questions, tx.fetch(*questions.values()), strict=True))
    return _amounts(found["moved"], found.get("coupons", []), found.get("paid", []))


def _of_all(tx: Tx, since: datetime, until: datetime) -> list[Amount]:
    within = {"since": since, "until": until}
    return _amounts(*tx.fetch((_OF_ALL, within), (_COUPONS_OF_ALL, within), (_PAID_OF_ALL, within)))


def _amounts(moved: list[Any], coupons: list[Any], paid: list[Any]) -> list[Amount]:
    return [
        *figures_of(Moved(row.account, row.reason, row.hour, int(row.amount), row.entries) for row in moved),
        *(Amount(row.account.split("/")[1], Figure.COUPON_TAKINGS, row.hour, int(row.amount)) for row in coupons),
        *(Amount(row.seller_id, Figure.ORDERS, row.hour, row.number) for row in paid)]


# of the days that are over


def days_to_keep(tx: Tx, now: datetime) -> list[date]:
    """The days that are over and not summed up, the oldest first."""
    (last,), (first,) = tx.fetch((_LAST, {}), (_FIRST, {}))
    return open_days(_day(last), _day_of(first), day_of(now) - ONE_DAY)


def keep(tx: Tx, day: date) -> None:
    """Sum a day up that is over, the one before it being summed up; nothing where another run was quicker."""
    sums: Counter[tuple[str, Figure]] = Counter()
    for each in _of_all(tx, start_of(day), start_of(day + ONE_DAY)):
        sums[each.seller_id, each.figure] += each.amount
    sums[PLATFORM, Figure.POINTS_OWED] += _owed(tx, day - ONE_DAY)
    rows = [{"seller_id": seller_id, "figure": figure.value, "day": day.isoformat(), "amount": amount}
            for (seller_id, figure), amount in sorted(sums.items()) if amount or figure is Figure.POINTS_OWED]
    for start in range(0, len(rows), AT_ONCE):
        tx.insert_many_if_absent(insight_days, rows[start:start + AT_ONCE])


def window(tx: Tx, seller_id: str, figures: Sequence[Figure], from_day: date, until_day: date,
           now: datetime) -> list[tuple[date, dict[Figure, int]]]:
    """The figures of each day of a window, today's as they are now; none of days to come. Raises FiguresNotReady."""
    until = min(until_day, day_of(now))
    (last,), (first,), kept = tx.fetch((_LAST, {}), (_FIRST, {}), _ask_kept(seller_id, figures, from_day, until))
    fresh = open_days(_day(last), _day_of(first), until)
    if len(fresh) > MOST_OPEN:
        raise FiguresNotReady()
    found = _by_day(kept)
    if fresh:
        found |= _asked(tx, seller_id, figures, fresh, _day(last))
    return [(day, {figure: found.get((figure, day), 0) for figure in figures}) for day in days_between(from_day, until)]


def _asked(tx: Tx, seller_id: str, figures: Sequence[Figure], days: list[date],
           last: date | None) -> dict[tuple[Figure, date], int]:
    """Of days that are not summed up yet, which come after the last that is."""
    since, until = start_of(days[0]), start_of(days[-1] + ONE_DAY)
    if Figure.POINTS_OWED not in figures:
        return by_day(of_seller(tx, seller_id, figures, since, until))
    found = by_day(_amounts(tx.all(_OF_MEMBERS, since=since, until=until), [], []))
    owed = _owed(tx, last) if last else 0
    for day in days:
        owed = found[Figure.POINTS_OWED, day] = owed + found[Figure.POINTS_OWED, day]
    return found


def _ask_kept(seller_id: str, figures: Sequence[Figure], first: date, last: date) -> tuple[Any, dict[str, Any]]:
    return _KEPT, {"seller_id": seller_id, "figures": [figure.value for figure in figures],
                   "first": first.isoformat(), "last": last.isoformat()}


def _by_day(kept: list[Any]) -> dict[tuple[Figure, date], int]:
    return {(Figure(row.figure), date.fromisoformat(row.day)): row.amount for row in kept}


def _owed(tx: Tx, day: date) -> int:
    """To members, in points, when a day that is summed up ended; 0 before the first."""
    kept, = tx.fetch(_ask_kept(PLATFORM, [Figure.POINTS_OWED], day, day))
    return _by_day(kept).get((Figure.POINTS_OWED, day), 0)


def _day(last: Any) -> date | None:
    return date.fromisoformat(last.day) if last.day else None


def _day_of(first: Any) -> date | None:
    return day_of(first.at) if first.at else None
