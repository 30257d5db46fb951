"""The part of an order that is to be paid now (定金、尾款), and until when."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from mall.domains.instalments import store as instalments
from mall.domains.instalments.rules import check_open, due, due_fen
from mall.domains.orders import store as orders
from mall.domains.orders.rules import TO_PAY, OrderState
from mall.domains.payments import store as payments
from mall.domains.payments.rules import nothing_to_pay
from mall.domains.settlements import frozen as freezer
from mall.flows import kinds
from mall.kit.db import Tx


class Due(NamedTuple):
    order: Any  # locked
    part: int
    amount_fen: int
    expires_at: datetime
    found: list[Any]  # its payment that may still be paid
    is_frozen: bool


def due_now(tx: Tx, seen: Any, now: datetime) -> Due:
    """Raises NothingToPay, PartNotOpen, PartLapsed, and what its kind says when it is over."""
    kind = kinds.of(seen.kind)
    (order,), parts, found, frozen, *of_kind = tx.fetch(
        orders.ask_lock_checkout(seen.checkout_id), instalments.ask(seen.order_no),
        payments.ask_open(seen.checkout_id), freezer.ask_frozen_of_open(seen.checkout_id), *kind.ask_payable(seen))
    if order.state not in TO_PAY:
        raise nothing_to_pay(order.state, closed=order.state == OrderState.CLOSED.value)
    part = due(parts)
    check_open(part, now)
    expires_at = min(part.closes_at, kind.payable_until(order, of_kind))
    if expires_at <= now:
        raise kind.lapsed()
    return Due(order, part.number, due_fen(order, part), expires_at, found, bool(frozen))
