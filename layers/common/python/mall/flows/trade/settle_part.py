"""One of the parts that an order is paid in (定金、尾款): its money arrives; and what becomes of all when it closes.

As of a whole payment (`settle_payment`, `close_order`) the order is locked first, each part is paid once, and money
that has no part to pay goes back wholly.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mall.domains.instalments import rules
from mall.domains.instalments import store as instalments
from mall.domains.instalments.rules import PartState, due, due_fen
from mall.domains.ledger import rules as accounts
from mall.domains.ledger import store as ledger
from mall.domains.orders import store as orders
from mall.domains.orders.rules import TO_PAY, CloseReason, OrderPartPaid
from mall.domains.refunds.rules import RefundCause
from mall.flows import kinds
from mall.flows.trade import refund
from mall.kit.db import Tx
from mall.kit.money import yuan
from mall.kit.outbox import emit

BROKEN = (CloseReason.EXPIRED.value, CloseReason.BUYER.value)  # its buyer did not go on: kept is what terms let be kept


def why_back(order: Any, parts: list[Any], payment: Any, received_fen: int) -> RefundCause | None:
    """Why the money has no part to pay for; None when it has."""
    part = parts[payment.part - 1]
    if part.payment_no is not None:
        return RefundCause.SECOND_PAYMENT
    if {received_fen, due_fen(order, part)} != {payment.amount_fen}:
        return RefundCause.WRONG_AMOUNT
    return None if order.state in TO_PAY and due(parts) is part else RefundCause.LATE_PAYMENT


def pay(tx: Tx, order: Any, part: Any, parts: list[Any], payment: Any, *, actor: str, now: datetime) -> bool:
    """One that is not the last. False when the order's kind says that it is over: nothing was taken then."""
    if not kinds.of(order.kind).part_paid(tx, order, part.number, now):
        return False
    orders.move(tx, order, "pay_part", actor=actor, now=now, reason=part.words)
    orders.pay_until(tx, order.order_no, parts[part.number].closes_at)
    emit(tx, OrderPartPaid(order.order_no, payment.payment_no, order.member_id, part.number, part.amount_fen), now)
    return True


def book(tx: Tx, order: Any, part: Any, payment: Any, now: datetime) -> None:
    """The part is paid by this payment, and the ledger has it."""
    instalments.pay(tx, part, payment.payment_no, now)
    ledger.post(tx, accounts.payment_received(payment.payment_no, [
        (order.order_no, order.seller_id, payment.amount_fen)]), now)


def end(tx: Tx, order: Any, reason: str, agreed_fen: int, *, actor: str, now: datetime) -> None:
    """The order closes before all is paid, for `reason`: each part that was paid is kept, where its terms say so and
    the buyer is who did not go on, or goes back wholly. `agreed_fen`: what a buyer who cancels leaves at the most.
    Raises PartsAreKept."""
    parts = instalments.of_order(tx, order)
    if reason == CloseReason.BUYER.value:
        rules.check_agreed(parts, agreed_fen)
    kept_fen = 0
    for part, verb in rules.ends_of(parts, broken=reason in BROKEN):
        instalments.end(tx, part, verb)
        if verb == "keep":
            kept_fen += part.amount_fen
        elif verb == "give_back":
            refund.give_back_part(tx, order, part, part.amount_fen, RefundCause.BROKEN_OFF,
                                  reason=f"订单已关闭，退回{part.words}",
                                  once_key=f"order {order.order_no} part {part.number}", now=now)
    if kept_fen:
        ledger.post(tx, accounts.forfeited(order.order_no, order.seller_id, kept_fen), now)
    if any(part.state == PartState.PAID.value for part in parts):
        orders.record(tx, order, "end_parts", actor=actor, reason=_told(parts, kept_fen), now=now)


def _told(parts: list[Any], kept_fen: int) -> str:
    back_fen = sum(part.amount_fen for part in parts if part.state == PartState.PAID.value) - kept_fen
    said = [f"不退还 {yuan(kept_fen)} 元"] if kept_fen else []
    return "，".join(said + ([f"退回 {yuan(back_fen)} 元"] if back_fen else []))
