"""What messages tell of a group: its product, who paid and what, and whether it is still true (spec I2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from mall.kit.db import Tx
from mall.tables.goods import products
from mall.tables.marketing import group_buys, group_seats, groups
from mall.tables.trade import orders

_GROUP = (
    select(groups, products.c.title)
    .join_from(groups, group_buys, groups.c.group_buy_id == group_buys.c.group_buy_id)
    .join(products, products.c.spu_id == group_buys.c.spu_id)
    .where(groups.c.group_id == bindparam("group_id"))
)
_SEATS = (
    select(group_seats, orders.c.pay_fen)
    .join_from(group_seats, orders, group_seats.c.order_no == orders.c.order_no)
    .where(group_seats.c.group_id == bindparam("group_id"), group_seats.c.state.in_(("PAID", "REFUNDED")))
    .order_by(group_seats.c.order_no)
)


def group(tx: Tx, group_id: str) -> tuple[Any, list]:
    """The group with its product's title (None when there is none), and its paid or refunded seats."""
    found, seats = tx.fetch((_GROUP, {"group_id": group_id}), (_SEATS, {"group_id": group_id}))
    return (found[0] if found else None), seats


def why_outdated(group: Any | None, seats: list[Any], member_id: str, missing: int, now: datetime) -> str | None:
    """Of a group that is gone (""), that has ended, that the member has left, or that others have joined since (of
    these it is told anew): which of these; None while it is true that so many are missing."""
    if group is None:
        return ""
    if group.state != "FORMING" or group.expires_at <= now:
        return group.state if group.state != "FORMING" else "EXPIRED"
    paid = [seat for seat in seats if seat.state == "PAID"]
    if member_id not in {seat.member_id for seat in paid}:
        return "REFUNDED"
    return "JOINED" if group.size - len(paid) < missing else None
