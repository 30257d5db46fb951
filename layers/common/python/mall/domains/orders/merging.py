"""The orders of a member who becomes another one (spec A1)."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from mall.kit.db import Tx
from mall.kit.owners import hand_over, hands_over
from mall.tables.trade import orders

_OF_OWNER = (
    select(orders.c.order_no, orders.c.checkout_id)
    .where(orders.c.member_id == bindparam("of_owner"))
    .order_by(orders.c.order_no)
)
_TO_OWNER = hands_over(orders.c.member_id, orders.c.order_no)


def change_owner(tx: Tx, ended_id: str, member_id: str) -> tuple[list[str], list[str]]:
    """All orders of the one are the other's, locked; their numbers, and those of their checkouts."""
    rows = tx.all(_OF_OWNER, of_owner=ended_id)
    order_nos = [row.order_no for row in rows]
    hand_over(tx, _TO_OWNER, ended_id, member_id, order_nos)
    return order_nos, sorted({row.checkout_id for row in rows})
