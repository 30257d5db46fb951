"""The parts that an order is paid in. Whoever changes one holds the order's lock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select, update

from mall.domains.instalments.rules import FLOW, PartState
from mall.kit.db import Tx, among
from mall.kit.errors import Conflict
from mall.kit.state import IllegalMove
from mall.tables.trade import instalments, payment_lines, payments

_OF = select(instalments).where(instalments.c.order_no == bindparam("order_no")).order_by(instalments.c.number)
_OF_ORDERS = (
    select(instalments)
    .where(instalments.c.order_no.in_(among("order_nos")))
    .order_by(instalments.c.order_no, instalments.c.number)
)
_CALLED = (
    select(instalments.c.words)
    .join_from(payments, payment_lines, payment_lines.c.payment_no == payments.c.payment_no)
    .join(instalments, and_(instalments.c.order_no == payment_lines.c.order_no,
                            instalments.c.number == payments.c.part))
    .where(payments.c.payment_no == bindparam("payment_no"))
)
_LOCK_PAYMENTS = (
    select(payments, instalments.c.number, instalments.c.back_first)
    .join_from(instalments, payments, payments.c.payment_no == instalments.c.payment_no)
    .where(instalments.c.order_no == bindparam("order_no"), instalments.c.state == bindparam("in_state"))
    .order_by(payments.c.payment_no)
    .with_for_update()
)
_PAY = (
    update(instalments)
    .where(instalments.c.order_no == bindparam("of_order"), instalments.c.number == bindparam("of_number"),
           instalments.c.state == PartState.UNPAID.value)
    .values(state=FLOW.target("pay"), payment_no=bindparam("by_payment"), paid_at=bindparam("at"))
)
_END = (
    update(instalments)
    .where(instalments.c.order_no == bindparam("of_order"), instalments.c.number == bindparam("of_number"),
           instalments.c.state == bindparam("from_state"))
    .values(state=bindparam("to_state"))
)
_KEEP_NOTHING = update(instalments).where(instalments.c.order_no == bindparam("of_order")).values(forfeits=False)
_CHANGE_AMOUNT = (
    update(instalments)
    .where(instalments.c.order_no == bindparam("of_order"), instalments.c.number == bindparam("of_number"),
           instalments.c.state == PartState.UNPAID.value, instalments.c.amount_fen == bindparam("seen_fen"))
    .values(amount_fen=bindparam("to_fen"))
)


def ask(order_no: str):
    """The order's parts, in their order."""
    return _OF, {"order_no": order_no}


def ask_of_orders(order_nos: list[str]):
    return _OF_ORDERS, {"order_nos": order_nos}


def ask_lock_payments(order_no: str, state: PartState = PartState.PAID):
    """What has paid the order's parts in this state, locked: each payment with its part's `number` and `back_first`."""
    return _LOCK_PAYMENTS, {"order_no": order_no, "in_state": state.value}


def of_order(tx: Tx, order: Any) -> list[Any]:
    """None, and no question, of an order that is paid at once."""
    return tx.all(_OF, order_no=order.order_no) if order.instalments else []


def words_of_payment(tx: Tx, payment_no: str) -> str:
    """What the part that a payment is for is called: 定金, 尾款."""
    return tx.one(_CALLED, payment_no=payment_no).words


def place(tx: Tx, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        tx.insert(instalments, **row)


def pay(tx: Tx, part: Any, payment_no: str, now: datetime) -> None:
    """Raises IllegalMove when it was paid or closed meanwhile."""
    tx.write(_PAY, rows=1, otherwise=IllegalMove(order_no=part.order_no), of_order=part.order_no,
             of_number=part.number, by_payment=payment_no, at=now)


def end(tx: Tx, part: Any, verb: str) -> None:
    """Take a part along one of the moves that end it. Raises IllegalMove when it is elsewhere."""
    FLOW.check(verb, part.state)
    tx.write(_END, rows=1, otherwise=IllegalMove(order_no=part.order_no), of_order=part.order_no,
             of_number=part.number, from_state=part.state, to_state=FLOW.target(verb))


def keep_nothing(tx: Tx, order_no: str) -> None:
    """What they are for is not to be had any more: whatever its buyer does, they go back."""
    tx.write(_KEEP_NOTHING, of_order=order_no)


def change_amount(tx: Tx, part: Any, amount_fen: int) -> None:
    """Another amount of a part that is not paid. Raises Conflict."""
    tx.write(_CHANGE_AMOUNT, rows=1, otherwise=Conflict(), of_order=part.order_no, of_number=part.number,
             seen_fen=part.amount_fen, to_fen=amount_fen)
