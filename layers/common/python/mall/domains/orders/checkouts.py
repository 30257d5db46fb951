"""The orders of one checkout (结算单): placed and paid for together, each with its seller, parcel and life."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from mall.domains.orders.rules import OrderState
from mall.kit.db import Tx
from mall.tables.sellers import seller_name
from mall.tables.trade import orders

o = orders.c

_OTHER_OPEN = (
    select(o.order_no, o.price)
    .where(o.checkout_id == bindparam("checkout_id"), o.order_no != bindparam("order_no"),
           o.state != OrderState.CLOSED.value)
    .order_by(o.order_no)
)
_SISTERS = (
    select(o.order_no, o.seller_id, o.state, o.kind, o.delivery, o.pay_fen,
           seller_name(o.seller_id).label("seller_name"))
    .where(o.checkout_id == bindparam("checkout_id"))
    .order_by(o.order_no)
)


def ask_other_open(order: Any):
    """Number and price of the checkout's other orders that are not closed."""
    return _OTHER_OPEN, {"checkout_id": order.checkout_id, "order_no": order.order_no}


def sisters(tx: Tx, checkout_id: str) -> list[Any]:
    """All orders of the checkout, as its buyer may see them."""
    return tx.all(_SISTERS, checkout_id=checkout_id)
