"""Orders whose time has come: to be closed while something is to be paid, to count as received, to be reminded of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select, update

from mall.domains.orders.rules import TO_PAY
from mall.kit.db import Tx
from mall.kit.postponed import not_postponed
from mall.tables.trade import orders

RECEIVING = "receive"  # what a failed order is postponed for

_close_is_due = or_(orders.c.close_at.is_(None), orders.c.close_at <= bindparam("now"))
_LEASE_CLOSE = (
    update(orders)
    .where(orders.c.order_no == bindparam("of_order"), orders.c.state.in_(TO_PAY), _close_is_due)
    .values(close_at=bindparam("next_close_at"))
)
_EXPIRED = (
    select(orders.c.order_no, orders.c.expires_at)
    .where(orders.c.state == bindparam("state"), orders.c.expires_at <= bindparam("now"), _close_is_due)
    .order_by(orders.c.expires_at, orders.c.order_no)
    .limit(bindparam("most"))
)
_SHIPPED_BEFORE = (
    select(orders.c.order_no)
    .where(orders.c.state == "SHIPPED", orders.c.shipped_at <= bindparam("before"),
           not_postponed(RECEIVING, orders.c.order_no))
    .order_by(orders.c.shipped_at)
    .limit(bindparam("most"))
)
_REMINDED = (
    update(orders)
    .where(orders.c.checkout_id == bindparam("of_checkout"), orders.c.state.in_(TO_PAY),
           orders.c.unpaid_reminded.is_(False))
    .values(unpaid_reminded=True)
)
_CHECKOUT_OF = select(orders.c.checkout_id).where(orders.c.order_no == bindparam("order_no"))


def expired(tx: Tx, now: datetime, most: int) -> list[Any]:
    """Orders whose time to pay is over (order_no, expires_at) and whose turn it is, oldest first."""
    found = tx.fetch(*((_EXPIRED, {"state": state, "now": now, "most": most}) for state in TO_PAY))
    return sorted((row for rows in found for row in rows), key=lambda row: (row.expires_at, row.order_no))[:most]


def lease_close(tx: Tx, order_no: str, now: datetime, next_close_at: datetime) -> bool:
    """Take one for closing; False when another instance has it or nothing of it is to be paid."""
    return tx.change(_LEASE_CLOSE, of_order=order_no, now=now, next_close_at=next_close_at) == 1


def shipped_before(tx: Tx, before: datetime, now: datetime, most: int) -> list[str]:
    """Numbers of orders on their way since before that moment, the longest first."""
    return [row.order_no for row in tx.all(_SHIPPED_BEFORE, before=before, now=now, most=most)]


def mark_unpaid_reminded(tx: Tx, order_no: str) -> bool:
    """Take the one reminder of what is to be paid next in the order's checkout; False when it was taken, or nothing
    is to be paid."""
    return tx.change(_REMINDED, of_checkout=tx.one(_CHECKOUT_OF, order_no=order_no).checkout_id) > 0
