"""What waits for the staff, and what came today beside yesterday (今日)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, func, select, true

from mall.domains.insight.rules import Figure, by_hour
from mall.domains.insight.store import of_seller
from mall.kit.db import Instant, Tx
from mall.kit.outbox import outbox_deliveries
from mall.kit.scope import is_platform
from mall.kit.zone import SHANGHAI, day_began
from mall.tables.accounts import differences
from mall.tables.goods import stock_items
from mall.tables.people import sensitive_changes
from mall.tables.trade import cases, orders, refund_requests

MOST = 100  # that are counted of a kind: a hundred says more than 99


def _count(rows: Select) -> Select:
    return select(func.count().label("number")).select_from(rows.limit(MOST).subquery())


def _in_state(table: Any, state: str, *more: Any) -> Select:
    return _count(select(table.c.state).where(table.c.seller_id == bindparam("seller_id"), table.c.state == state,
                                              *more))


_WAITS = {
    "to_ship": _in_state(orders, "TO_SHIP"),
    "refund_requests": _in_state(refund_requests, "OPEN"),
    "approvals": _in_state(sensitive_changes, "PENDING",
                           sensitive_changes.c.expires_at > bindparam("now", type_=Instant())),
    "cases": _in_state(cases, "OPEN"),
    "stock_alerts": _count(select(stock_items.c.sku_id).where(
        stock_items.c.seller_id == bindparam("seller_id"), stock_items.c.below_safe == true())),
    "differences": _in_state(differences, "OPEN"),
}
_PARKED = _count(select(outbox_deliveries.c.event_id).where(outbox_deliveries.c.state == "PARKED").distinct())


def waits(tx: Tx, seller_id: str, now: datetime) -> dict[str, int]:
    """How many of each kind, a hundred at most. Events are the platform's."""
    of = {"seller_id": seller_id}
    questions = {name: (rows, {**of, "now": now} if name == "approvals" else of) for name, rows in _WAITS.items()}
    if is_platform(seller_id):
        questions["parked_events"] = (_PARKED, {})
    counted = tx.fetch(*questions.values())
    return {"parked_events": 0, **{name: rows[0].number for name, rows in zip(questions, counted, strict=True)}}


def hours(tx: Tx, seller_id: str, now: datetime) -> tuple[list[dict[str, int]], list[dict[str, int]]]:
    """Takings in fen and orders of each hour: of today, until the one that it is, and of all of yesterday."""
    today = day_began(now)
    yesterday = today - timedelta(days=1)
    found = by_hour(of_seller(tx, seller_id, (Figure.TAKINGS, Figure.ORDERS), yesterday, today + timedelta(days=1)))
    began = (now - today) // timedelta(hours=1) + 1
    return _row(found, today, began), _row(found, yesterday, 24)


def _row(found: Counter[tuple[Figure, datetime]], day: datetime, many: int) -> list[dict[str, int]]:
    moments = [(day + timedelta(hours=hour)).astimezone(SHANGHAI) for hour in range(many)]
    return [{"hour": moment.hour, "takings_fen": found[Figure.TAKINGS, moment],
             "orders": found[Figure.ORDERS, moment]} for moment in moments]
