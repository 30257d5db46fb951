"""The orders of one checkout as their buyer reads them beside each other (spec E13)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from mall.kit.db import Tx
from mall.tables.sellers import seller_name
from mall.tables.trade import orders

_ALL = (
    select(orders.c.order_no, orders.c.seller_id, orders.c.state, orders.c.kind, orders.c.delivery, orders.c.pay_fen,
           seller_name(orders.c.seller_id).label("seller_name"))
    .where(orders.c.checkout_id == bindparam("checkout_id"))
    .order_by(orders.c.order_no)
)


def every(tx: Tx, checkout_id: str) -> list[Any]:
    """All of them, by number, with the name of the seller, None of the platform's own shop."""
    return tx.all(_ALL, checkout_id=checkout_id)
