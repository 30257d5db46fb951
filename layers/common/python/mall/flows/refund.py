"""Money on its way back: decided in our books first, then sent to WeChat by a timer (spec E6).

Never more than was paid: the payment's and the order's refunded amounts are guarded in SQL, and each
thing is refunded once (`once_key`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mall.domains.cases import store as cases
from mall.domains.coupons import store as coupons
from mall.domains.group_buys import store as group_buys
from mall.domains.orders import store as orders
from mall.domains.orders.rules import CloseReason, OrderClosed, OrderKind, OrderNotFound, OrderState, StateChanged
from mall.domains.payments import store as payments
from mall.domains.refunds import store as refunds
from mall.domains.refunds.rules import (
    AlreadyRefunded, MoreThanPaid, RefundCause, RefundFinished, RefundNotFound, RefundState,
)
from mall.domains.stock import store as stock
from mall.kit.db import Tx
from mall.kit.ids import new_id
from mall.kit.outbox import emit

REFUNDABLE = (OrderState.GROUPING, OrderState.TO_SHIP, OrderState.SHIPPED, OrderState.RECEIVED)
UNSHIPPED = (OrderState.GROUPING.value, OrderState.TO_SHIP.value)


def give_back_payment(tx: Tx, payment: Any, amount_fen: int, cause: RefundCause, *, now: datetime) -> str:
    """Refund a payment that has nothing to pay for, in full; returns the refund's number."""
    return _decide(tx, payment, None, amount_fen, cause, reason="订单已关闭，退回付款", lines=[],
                   once_key=f"payment {payment.payment_no}", now=now)


def refund_order(tx: Tx, order_no: str, *, seller_id: str | None, cause: RefundCause, reason: str, actor: str,
                 now: datetime, seen_state: str | None = None) -> str | None:
    """Refund all that is left of an order and close it; returns the refund's number, None for a free order.

    Stock that was not shipped and coupons go back. `seen_state`: where the person who decided
    saw the order; when it was shipped meanwhile they decide anew. Raises OrderNotFound, AlreadyRefunded,
    StateChanged, IllegalMove.
    """
    order = orders.lock(tx, order_no)
    if order is None or (seller_id is not None and order.seller_id != seller_id):
        raise OrderNotFound()
    if order.state == OrderState.CLOSED.value and order.refunded_fen:
        raise AlreadyRefunded()
    if seen_state is not None and order.state != seen_state:
        raise StateChanged(state=order.state)
    lines = orders.lines(tx, order_no)
    close = CloseReason.GROUP_FAILED if cause is RefundCause.GROUP_FAILED else CloseReason.REFUNDED
    orders.move(tx, order, "close_refunded", actor=actor, now=now, reason=reason, close_reason=close.value)
    left_fen = order.pay_fen - order.refunded_fen
    refund_no = None
    if left_fen:
        payment = payments.find(tx, order.payment_no)
        refund_no = _decide(tx, payment, order, left_fen, cause, reason=reason, lines=lines,
                            once_key=f"order {order_no}", now=now)
    _give_things_back(tx, order, lines, reference=refund_no or order_no, actor=actor, now=now)
    emit(tx, OrderClosed(order_no, order.member_id, close.value), now)
    return refund_no


def _give_things_back(tx: Tx, order: Any, lines: list[Any], *, reference: str, actor: str, now: datetime) -> None:
    if order.state in UNSHIPPED:  # goods on their way come back by an after-sale case, not by themselves
        for line in lines:
            left = line.quantity - line.refunded_quantity
            if left and not line.delivered_codes:
                stock.give_back(tx, line.sku_id, line.warehouse_id, left, refund_no=reference, actor=actor, now=now)
    coupons.give_back(tx, order.order_no, now)
    if order.kind == OrderKind.GROUP.value:
        group_buys.refund_seat(tx, order.order_no, now)


def _decide(tx: Tx, payment: Any, order: Any | None, amount_fen: int, cause: RefundCause, *, reason: str,
            lines: list[Any], once_key: str, now: datetime) -> str:
    refund_no = new_id("rfd")
    refunds.decide(tx, {
        "refund_no": refund_no, "payment_no": payment.payment_no, "order_no": order.order_no if order else None,
        "member_id": payment.member_id, "state": RefundState.DUE.value, "cause": cause.value, "reason": reason[:80],
        "amount_fen": amount_fen, "once_key": once_key, "wechat_refund_id": None, "problem": None, "attempts": 0,
        "send_at": now, "created_at": now, "finished_at": None,
    }, [{"line_id": line.line_id, "quantity": line.quantity - line.refunded_quantity, "amount_fen": line.pay_fen}
        for line in lines])
    payments.add_refunded(tx, payment.payment_no, amount_fen, otherwise=MoreThanPaid())
    if order is not None:
        orders.add_refunded(tx, order.order_no, amount_fen, otherwise=MoreThanPaid())
    return refund_no


def keep_answer(tx: Tx, refund_no: str, seen: Any, ask_at: datetime, now: datetime) -> str:
    """Write down what WeChat says of a refund; returns the refund's state. Repetitions change nothing.

    `seen.state`: PROCESSING, SUCCESS, ABNORMAL or CLOSED (protocol: refund status).
    """
    row = refunds.lock(tx, refund_no)
    if row is None:
        raise RefundNotFound()
    if row.state == RefundState.DONE.value:
        return row.state
    if seen.state == "SUCCESS":
        refunds.move(tx, row, "finish", wechat_refund_id=seen.refund_id, finished_at=seen.refunded_at or now)
        emit(tx, RefundFinished(row.refund_no, row.order_no, row.member_id, row.amount_fen), now)
        return RefundState.DONE.value
    if seen.state == "PROCESSING":
        if row.state == RefundState.DUE.value:
            refunds.move(tx, row, "send", wechat_refund_id=seen.refund_id, send_at=ask_at)
        return RefundState.SENT.value
    return keep_failure(tx, refund_no, f"微信退款状态 {seen.state}", now)


def keep_failure(tx: Tx, refund_no: str, problem: str, now: datetime) -> str:
    """WeChat will not do it: staff get a case with the next step. It never blocks a later refund."""
    row = refunds.lock(tx, refund_no)
    if row.state in (RefundState.DONE.value, RefundState.FAILED.value):
        return row.state
    refunds.move(tx, row, "fail", problem=problem)
    payment = payments.find(tx, row.payment_no)
    cases.open_case(tx, kind="REFUND_FAILED", reference=refund_no,
                    seller_id=orders.seller_of_checkout(tx, payment.checkout_id),
                    sentence=f"退款 {refund_no} 未成功：{problem}",
                    next_step="核对商户余额与买家账户，处理后重试退款（refunds.retry_refund）",
                    data={"refund_no": refund_no, "payment_no": row.payment_no, "amount_fen": row.amount_fen}, now=now)
    return RefundState.FAILED.value
