"""Orders whose time has come: to be closed while something is to be paid, to count as received, to be reminded of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select, update

from mall.domains.orders.rules import TO_PAY
from mall.kit.db import Tx
from mall.kit.postponed import not_postponed
from mall.tables.trade import orders

o = orders.c
RECEIVING = "receive"  # what a failed order is postponed for

_close_is_due = or_(o.close_at.is_(None), o.close_at <= bindparam("now"))
_LEASE_CLOSE = (
    update(orders)
    .where(o.order_no == bindparam("of_order"), o.state.in_(TO_PAY), _close_is_due)
    .values(close_at=bindparam("next_close_at"))
)
_EXPIRED = (
    select(o.order_no, o.expires_at)
    .where(o.state == bindparam("state"), o.expires_at <= bindparam("now"), _close_is_due)
    .order_by(o.expires_at, o.order_no)
    .limit(bindparam("most"))
)
_SHIPPED_BEFORE = (
    select(o.order_no)
    .where(o.state == "SHIPPED", o.shipped_at <= bindparam("before"), not_postponed(RECEIVING, o.order_no))
    .order_by(o.shipped_at)
    .limit(bindparam("most"))
)
_REMINDED = (
    update(orders)
    .where(o.checkout_id == bindparam("of_checkout"), o.state.in_(TO_PAY), o.unpaid_reminded.is_(False))
    .values(unpaid_reminded=True)
)
_CHECKOUT_OF = select(o.checkout_id).where(o.order_no == bindparam("order_no"))


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
