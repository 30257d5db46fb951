"""What a day's sums and what they were summed up from must agree on (spec E9, H1): a day at a time, so that a look at
one reads no more than that day's orders and entries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, func, literal, select, union_all

from mall.domains.insight.rules import MONEY_IN, Figure, start_of
from mall.kit.db import Instant, among
from mall.kit.invariants import Rule, Subject
from mall.kit.ledger import ledger_entries
from mall.kit.scope import PLATFORM
from mall.tables.insight import insight_days
from mall.tables.trade import orders

_DAYS = (  # each that is summed up has this figure of the platform's
    select(insight_days.c.day.label("key"))
    .where(insight_days.c.seller_id == PLATFORM, insight_days.c.figure == Figure.POINTS_OWED.value,
           insight_days.c.day > bindparam("after"))
    .order_by(insight_days.c.day).limit(bindparam("most"))
)


def _within(moment: Any) -> tuple[Any, Any]:
    return moment >= bindparam("since", type_=Instant()), moment < bindparam("until", type_=Instant())


def _differs(figure: Figure, *counted: Any) -> Any:
    """The sellers of whom another sum is kept of the day than what is `counted` comes to."""
    kept = select(insight_days.c.seller_id, insight_days.c.amount.label("kept"), literal(0).label("counted")).where(
        insight_days.c.figure == figure.value, insight_days.c.day.in_(among("keys")))
    both = union_all(kept, *counted).subquery()
    of_kept, of_counted = func.sum(both.c.kept), func.sum(both.c.counted)
    return (
        select(bindparam("day").label("day"), both.c.seller_id, of_kept.label("kept"), of_counted.label("counted"))
        .group_by(both.c.seller_id).having(of_kept != of_counted)
    )


_ORDERS = _differs(Figure.ORDERS, select(orders.c.seller_id, literal(0), literal(1)).where(*_within(orders.c.paid_at)))
_FUNDS = ("order_funds/", "receivable/")
_TAKINGS = _differs(Figure.TAKINGS, *(
    select(func.substr(ledger_entries.c.account, len(kind) + 1), literal(0), -ledger_entries.c.amount)
    .where(*_within(ledger_entries.c.created_at), ledger_entries.c.account.like(f"{kind}%"),
           ledger_entries.c.reason.in_(MONEY_IN)) for kind in _FUNDS))


def _hours(keys: Sequence[str]) -> dict[str, Any]:
    day = date.fromisoformat(keys[0])
    return {"day": keys[0], "since": start_of(day), "until": start_of(day + timedelta(days=1))}


SUBJECTS = (Subject("days", _DAYS, at_once=1, values=_hours),)
RULES = (
    Rule("day-orders", "days", ("day", "seller_id"),
         "{kept} orders of {seller_id} are summed up for {day}, {counted} were paid", _ORDERS),
    Rule("day-takings", "days", ("day", "seller_id"),
         "{kept} fen of takings of {seller_id} are summed up for {day}, the ledger has {counted}", _TAKINGS),
)
