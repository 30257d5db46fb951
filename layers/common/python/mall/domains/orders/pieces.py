"""Where the pieces of a line are: ordered = to be shipped + shipped + cancelled (spec E2, E6).

Shipped are those in a parcel that was not withdrawn; cancelled (取消发货) those that were refunded before they went
out. A refund takes pieces that have not gone out first: they go back into stock at once, and what is on its way comes
back by an after-sale case.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mall.domains.orders.rules import OrderState

UNSHIPPED = (OrderState.WAITING.value, OrderState.TO_SHIP.value)  # in which pieces may still be at home
GONE = (OrderState.SHIPPED.value, OrderState.RECEIVED.value)  # all that was not cancelled went out


def cancelled(line: Any) -> int:
    """Pieces that were refunded before they went out. Older code counts them as refunded alone: what is refunded and
    was never shipped is one of them."""
    return max(line.cancelled_quantity, line.refunded_quantity - line.shipped_quantity)


def owed(line: Any) -> int:
    """Pieces that are still to be shipped, of an order in one of the states UNSHIPPED."""
    return line.quantity - line.shipped_quantity - cancelled(line)


def still_owed(order: Any, line: Any) -> int:
    """The same in any state."""
    return owed(line) if order.state in UNSHIPPED else 0


def shipped(order: Any, line: Any) -> int:
    """Pieces that went out, of an order of before they were counted too: with the order all that was not cancelled."""
    return line.quantity - cancelled(line) if order.state in GONE else line.shipped_quantity


def cancelled_by_refund(order: Any, line: Any, quantity: int) -> int:
    """Of pieces that are refunded now, those that have not gone out."""
    return min(quantity, still_owed(order, line))


def cancelled_by_withdrawal(line: Any, quantity: int) -> int:
    """Of pieces whose parcel did not go out after all, those that were refunded as shipped and are not to be sent."""
    refunded_as_shipped = line.refunded_quantity - cancelled(line)
    return max(0, refunded_as_shipped - (line.shipped_quantity - quantity))


def nothing_sent(order: Any, lines: Iterable[Any]) -> bool:
    """Whether all of a paid order is still at home: its freight was for nothing then."""
    return order.state in UNSHIPPED and not any(line.shipped_quantity for line in lines)


def is_partly_shipped(state: str, lines: Iterable[Any]) -> bool:
    """部分发货: a parcel has gone out, and something is still to follow."""
    return state == OrderState.TO_SHIP.value and any(line.shipped_quantity for line in lines)
