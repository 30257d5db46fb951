"""What was kept of an order that was not paid to the end (定金不退) goes back after all, or a part of it: staff decide
(spec E6, docs/instalments.md). Never more than was kept and has not gone back: the order's lock, and each payment's own
guard, as of every refund.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mall.domains.instalments import store as instalments
from mall.domains.instalments.rules import PartState, in_turn, spread
from mall.domains.orders import store as orders
from mall.domains.orders.rules import OrderNotFound, StateChanged
from mall.domains.refunds import store as refunds
from mall.domains.refunds.rules import MoreThanKept, NothingKept, RefundCause, check_number, tries_of
from mall.flows.trade import refund
from mall.kit.db import Tx
from mall.kit.money import yuan
from mall.kit.scope import own


@dataclass(frozen=True)
class Kept:
    """An order, locked, of which something is kept, by the payments of its kept parts in the turn that they give."""

    order: Any
    payments: Sequence[Any]

    @property
    def left_fen(self) -> int:
        return sum(self.rooms)

    @property
    def rooms(self) -> list[int]:
        return [each.amount_fen - each.refunded_fen for each in self.payments]

    def check(self, amount_fen: int | None) -> int:
        """What is to go back; None: all that is left. Raises MoreThanKept."""
        if amount_fen is not None and amount_fen > self.left_fen:
            raise MoreThanKept(f"最多还可退还 {yuan(self.left_fen)} 元", left_fen=self.left_fen)
        return amount_fen or self.left_fen


def look(tx: Tx, order_no: str, *, seller_id: str, seen_refunded_fen: int | None) -> Kept:
    """Raises OrderNotFound, StateChanged when more has gone back than was seen, NothingKept."""
    order = own(orders.lock(tx, order_no), seller_id, OrderNotFound(field="order_no"))
    if seen_refunded_fen is not None and order.refunded_fen != seen_refunded_fen:
        raise StateChanged(state=order.state, refunded_fen=order.refunded_fen)
    paid = tx.fetch(instalments.ask_lock_payments(order_no, PartState.KEPT))[0] if order.instalments else []
    if not paid:
        raise NothingKept()
    return Kept(order, in_turn(paid))


def give_back(tx: Tx, kept: Kept, amount_fen: int, *, reason: str, actor: str, now: datetime) -> list[str]:
    """The refunds' numbers, one of each payment that gives. A part of which all has gone back is not kept any more.
    Raises TooManyRefunds."""
    order, numbers = kept.order, []
    parts = {part.number: part for part in instalments.of_order(tx, order)}
    taken = [took for [took] in spread([amount_fen], kept.rooms)]
    for payment, room_fen, took_fen in zip(kept.payments, kept.rooms, taken, strict=True):
        if not took_fen:
            continue
        is_last = took_fen == room_fen
        check_number(sum(tries_of(each.wechat_refund_no) for each in refunds.of_payment(tx, payment.payment_no)),
                     is_last=is_last)
        numbers.append(refund.give_back_part(
            tx, order, payment, took_fen, RefundCause.KEPT_BACK, reason=reason, now=now,
            once_key=f"order {order.order_no} kept {payment.number} after {payment.refunded_fen} fen"))
        if is_last:
            instalments.end(tx, parts[payment.number], "give_back")
    orders.record(tx, order, "give_back_kept", actor=actor, reason=f"退还 {yuan(amount_fen)} 元", now=now)
    return numbers
