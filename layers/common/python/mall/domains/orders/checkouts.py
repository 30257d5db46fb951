"""The orders of one checkout (结算单): placed and paid for together, each of one seller and with a life of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from mall.domains.orders.rules import OrderState
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.trade import orders

_OTHER_OPEN = (
    select(orders.c.order_no, orders.c.state, orders.c.price)
    .where(orders.c.checkout_id == bindparam("checkout_id"), orders.c.order_no != bindparam("order_no"),
           orders.c.state != OrderState.CLOSED.value)
    .order_by(orders.c.order_no)
)
_one = orders.alias("one_of_them")
_its_checkout = select(_one.c.checkout_id).where(_one.c.order_no == bindparam("order_no")).scalar_subquery()
_TOGETHER = select(orders).where(orders.c.checkout_id == _its_checkout).order_by(orders.c.order_no)


def ask_together(order_no: str):
    """All orders of the order's checkout, whole, by number."""
    return _TOGETHER, {"order_no": order_no}


def ask_other_open(order: Any):
    """Number, state and price of the checkout's other orders that are not closed."""
    return _OTHER_OPEN, {"checkout_id": order.checkout_id, "order_no": order.order_no}


def is_unsent(order: Any) -> bool:
    """Whether a paid order has pieces that are still to go out."""
    return order.state in (OrderState.TO_SHIP.value, OrderState.WAITING.value)


def to_pay_for(of_checkout: Sequence[Any]) -> list[Any]:
    """Those of a checkout's orders that a payment is for: one that was closed unpaid left the rest to be paid. All of
    them where none is left."""
    left = [each for each in of_checkout if each.paid_at is not None or each.state != OrderState.CLOSED.value]
    return left or list(of_checkout)


def seller_of(of_checkout: Sequence[Any]) -> str:
    """Whose staff look after what is about all of these orders: of several sellers, and of none, the platform's."""
    sellers = {each.seller_id for each in of_checkout}
    return sellers.pop() if len(sellers) == 1 else DEFAULT_SELLER
