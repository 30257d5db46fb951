"""Payments and the orders each of them pays for.

Lock order of every money flow: the checkout's orders, then the payment, then what their kinds keep, coupons and stock.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import bindparam, or_, select, update

from mall.domains.payments.rules import OPEN, PaymentContradicts, PaymentState, Purpose, ask_next
from mall.kit.db import Tx, among
from mall.kit.errors import Conflict
from mall.tables.trade import payment_lines, payments

_BY_NO = select(payments).where(payments.c.payment_no == bindparam("payment_no"))
_LOCK = _BY_NO.with_for_update()
_LOCK_SEVERAL = (
    select(payments)
    .where(payments.c.payment_no.in_(among("payment_nos")))
    .order_by(payments.c.payment_no)
    .with_for_update()
)
_OPEN = select(payments).where(payments.c.checkout_id == bindparam("checkout_id"), payments.c.state.in_(OPEN))
_TO_ASK = (
    select(payments)
    .where(payments.c.state.in_((*OPEN, PaymentState.CLOSED.value)), payments.c.ask_at <= bindparam("now"))
    .order_by(payments.c.ask_at)
    .limit(bindparam("most"))
)
_LEASE = (
    update(payments)
    .where(payments.c.payment_no == bindparam("of_payment"), payments.c.ask_at == bindparam("seen_ask_at"))
    .values(ask_at=bindparam("next_ask_at"), asked=payments.c.asked + 1)
)
_STOP_ASKING = update(payments).where(payments.c.payment_no == bindparam("of_payment")).values(ask_at=None)
_ASK_NOW = (
    update(payments)
    .where(payments.c.payment_no == bindparam("of_payment"), payments.c.state != PaymentState.PAID.value)
    .values(ask_at=bindparam("now"), asked=0)
)
_PREPAID = (
    update(payments)
    .where(payments.c.payment_no == bindparam("of_payment"), payments.c.state.in_(OPEN))
    .values(state=PaymentState.PREPAID.value, prepay_id=bindparam("got_prepay_id"),
            code_url=bindparam("got_code_url"), h5_url=bindparam("got_h5_url"))
)
_PAID = (
    update(payments)
    .where(payments.c.payment_no == bindparam("of_payment"), payments.c.state != PaymentState.PAID.value)
    .values(state=PaymentState.PAID.value, transaction_id=bindparam("by_transaction"), paid_at=bindparam("at"),
            amount_fen=bindparam("received_fen"), active_key=None, ask_at=None)
)
_CLOSED = (
    update(payments)
    .where(payments.c.payment_no == bindparam("of_payment"), payments.c.state.in_(OPEN))
    .values(state=PaymentState.CLOSED.value, active_key=None, asked=0, ask_at=bindparam("later"))
)
_CLOSED_AS_SEEN = _CLOSED.where(payments.c.state == bindparam("seen_state"))
_ADD_REFUNDED = (
    update(payments)
    .where(payments.c.payment_no == bindparam("of_payment"), payments.c.state == PaymentState.PAID.value,
           payments.c.refunded_fen + bindparam("by_fen") <= payments.c.amount_fen)
    .values(refunded_fen=payments.c.refunded_fen + bindparam("by_fen"))
)
_REFUND_TURN = (
    update(payments)
    .where(payments.c.payment_no == bindparam("of_payment"),
           or_(payments.c.refund_sent_at.is_(None), payments.c.refund_sent_at <= bindparam("last_before")))
    .values(refund_sent_at=bindparam("now"))
)


def ask(payment_no: str):
    return _BY_NO, {"payment_no": payment_no}


def ask_lock(payment_no: str):
    return _LOCK, {"payment_no": payment_no}


def ask_lock_several(payment_nos: list[str]):
    """The rows of these payments, locked in the order of their numbers."""
    return _LOCK_SEVERAL, {"payment_nos": payment_nos}


def ask_open(checkout_id: str):
    """The question for the checkout's payment that may still be paid: one at most."""
    return _OPEN, {"checkout_id": checkout_id}


def find(tx: Tx, payment_no: str) -> Any | None:
    return tx.one(_BY_NO, payment_no=payment_no)


def is_for(tx: Tx, payment_no: str, paid_for: list[Any]) -> bool:
    """Whether it was made for these orders at what each of them leaves WeChat to collect now."""
    lines = tx.all(select(payment_lines.c.order_no, payment_lines.c.amount_fen)
                   .where(payment_lines.c.payment_no == bindparam("payment_no")), payment_no=payment_no)
    now_fen = {each.order_no: each.pay_fen - each.balance_fen for each in paid_for}
    return {line.order_no: line.amount_fen for line in lines if line.amount_fen} == {
        order_no: fen for order_no, fen in now_fen.items() if fen}


def create(tx: Tx, payment: dict[str, Any], orders: list[Any]) -> Any:
    """The intention, under our own number, before WeChat hears of it; its row, as it will be found. At most one
    payment of a checkout is open: the unique `active_key` says so. Without orders it is a top-up; with a `part` it is
    that part of its order, and all that it pays."""
    row = {**payment, "purpose": (Purpose.ORDER if orders else Purpose.TOP_UP).value}
    tx.insert(payments, duplicate=Conflict(), **row)
    for order in orders:
        tx.insert(payment_lines, payment_no=payment["payment_no"], order_no=order.order_no,
                  amount_fen=row["amount_fen"] if row.get("part") else order.pay_fen - order.balance_fen)
    return SimpleNamespace(**row)


def keep_prepay(tx: Tx, payment_no: str, *, prepay_id: str | None, code_url: str | None, h5_url: str | None) -> None:
    """WeChat's answer; changes nothing when the payment was paid or closed meanwhile."""
    tx.write(_PREPAID, of_payment=payment_no, got_prepay_id=prepay_id, got_code_url=code_url, got_h5_url=h5_url)


def mark_paid(tx: Tx, payment_no: str, *, transaction_id: str, received_fen: int, paid_at: datetime) -> None:
    """Raises PaymentContradicts when the transaction has paid another payment."""
    tx.write(_PAID, rows=1, duplicate=PaymentContradicts(), of_payment=payment_no, by_transaction=transaction_id,
             received_fen=received_fen, at=paid_at)


def mark_closed(tx: Tx, payment_no: str, now: datetime) -> None:
    """Closed at WeChat. It is asked about twice more, because money has been seen to arrive after a close."""
    tx.write(_CLOSED, of_payment=payment_no, later=ask_next(4, now))


def close_as_seen(tx: Tx, payment: Any, now: datetime) -> bool:
    """As `mark_closed`, for a payment that was looked at before WeChat closed it; False when its prepay has come
    meanwhile. WeChat closes a number that it does not know yet, and makes the prepay all the same."""
    closed = tx.change(_CLOSED_AS_SEEN, of_payment=payment.payment_no, seen_state=payment.state,
                       later=ask_next(4, now))
    return closed == 1 or find(tx, payment.payment_no).state not in OPEN


def to_ask(tx: Tx, now: datetime, most: int) -> list:
    """Payments that WeChat should be asked about now."""
    return tx.all(_TO_ASK, now=now, most=most)


def lease(tx: Tx, payment: Any, now: datetime) -> bool:
    """Take one question; False when another instance has it. A closed payment is asked about twice."""
    if payment.state == PaymentState.CLOSED.value and payment.asked >= 2:
        tx.write(_STOP_ASKING, of_payment=payment.payment_no)
        return False
    return tx.change(_LEASE, of_payment=payment.payment_no, seen_ask_at=payment.ask_at,
                     next_ask_at=ask_next(payment.asked + 1, now)) == 1


def ask_soon(tx: Tx, payment_no: str, now: datetime) -> None:
    """Something about this payment is odd: let the timer ask WeChat itself."""
    tx.write(_ASK_NOW, of_payment=payment_no, now=now)


def add_refunded(tx: Tx, payment_no: str, by_fen: int, otherwise: Exception) -> None:
    """Count money on its way back; never above what came in."""
    tx.write(_ADD_REFUNDED, rows=1, otherwise=otherwise, of_payment=payment_no, by_fen=by_fen)


def take_refund_turn(tx: Tx, payment_no: str, now: datetime, gap: timedelta) -> bool:
    """Whether a refund of this payment may be sent to WeChat now; False within `gap` of the last one."""
    return tx.change(_REFUND_TURN, of_payment=payment_no, now=now, last_before=now - gap) == 1
