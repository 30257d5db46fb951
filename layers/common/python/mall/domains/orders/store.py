"""Orders, their lines and their timeline. A state changes only by `move`: compare, swap, write history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from mall.domains.orders.rules import FLOW
from mall.kit.db import Instant, Tx, among
from mall.kit.errors import Conflict
from mall.kit.ids import new_id
from mall.kit.state import IllegalMove
from mall.tables.trade import order_events, order_lines, orders

o, line = orders.c, order_lines.c

_BY_NO = select(orders).where(o.order_no == bindparam("order_no"))
_LOCK = _BY_NO.with_for_update()
_LOCK_CHECKOUT = (
    select(orders).where(o.checkout_id == bindparam("checkout_id")).order_by(o.order_no).with_for_update()
)
_SELLER_OF_CHECKOUT = select(o.seller_id).where(o.checkout_id == bindparam("checkout_id")).limit(1)
_LINES = select(order_lines).where(line.order_no == bindparam("order_no")).order_by(line.line_id)
_LINES_OF_CHECKOUT = (
    select(order_lines)
    .join_from(order_lines, orders, line.order_no == o.order_no)
    .where(o.checkout_id == bindparam("checkout_id"))
    .order_by(line.line_id)
)
_TIMELINE = (
    select(order_events).where(order_events.c.order_no == bindparam("order_no")).order_by(order_events.c.event_id)
)


def _stamp(name: str):
    return func.coalesce(bindparam(name, type_=Instant()), o[name.removeprefix("new_")])


_MOVE = (
    update(orders)
    .where(o.order_no == bindparam("of_order"), o.state == bindparam("from_state"))
    .values(
        state=bindparam("to_state"), paid_at=_stamp("new_paid_at"), shipped_at=_stamp("new_shipped_at"),
        received_at=_stamp("new_received_at"), closed_at=_stamp("new_closed_at"),
        payment_no=func.coalesce(bindparam("new_payment_no"), o.payment_no),
        close_reason=func.coalesce(bindparam("new_close_reason"), o.close_reason),
    )
)
_ADD_REFUNDED = (
    update(orders)
    .where(o.order_no == bindparam("of_order"), o.refunded_fen + bindparam("by_fen") <= o.pay_fen)
    .values(refunded_fen=o.refunded_fen + bindparam("by_fen"))
)
_EXPIRED = (
    select(o.order_no)
    .where(o.state == "UNPAID", o.expires_at <= bindparam("now"))
    .order_by(o.expires_at)
    .limit(bindparam("most"))
)
_DELIVER = update(order_lines).where(line.line_id == bindparam("of_line")).values(delivered_codes=bindparam("codes"))

_STAMPS = {"pay": "new_paid_at", "ship": "new_shipped_at", "receive": "new_received_at",
           "pick_up": "new_received_at", "close": "new_closed_at"}


def find(tx: Tx, order_no: str) -> Any | None:
    return tx.one(_BY_NO, order_no=order_no)


def lock(tx: Tx, order_no: str) -> Any | None:
    """The order's row, locked until the transaction ends: the first lock that a money flow takes."""
    return tx.one(_LOCK, order_no=order_no)


def ask_lock_checkout(checkout_id: str):
    return _LOCK_CHECKOUT, {"checkout_id": checkout_id}


def seller_of_checkout(tx: Tx, checkout_id: str) -> str:
    return tx.one(_SELLER_OF_CHECKOUT, checkout_id=checkout_id).seller_id


def ask_lines_of_checkout(checkout_id: str):
    return _LINES_OF_CHECKOUT, {"checkout_id": checkout_id}


def lines(tx: Tx, order_no: str) -> list:
    return tx.all(_LINES, order_no=order_no)


def timeline(tx: Tx, order_no: str) -> list:
    return tx.all(_TIMELINE, order_no=order_no)


def expired(tx: Tx, now: datetime, most: int) -> list[str]:
    """Numbers of unpaid orders whose time is over, oldest first."""
    return [row.order_no for row in tx.all(_EXPIRED, now=now, most=most)]


def place(tx: Tx, order: dict[str, Any], order_lines_: list[dict[str, Any]], *, actor: str, now: datetime) -> None:
    """A new unpaid order with its lines and the first entry of its timeline."""
    tx.insert(orders, **order)
    for each in order_lines_:
        tx.insert(order_lines, **each)
    _record(tx, order["order_no"], "place", None, order["state"], actor, "", now)


def move(tx: Tx, order: Any, verb: str, *, actor: str, now: datetime, reason: str = "",
         payment_no: str | None = None, close_reason: str | None = None) -> str:
    """Take the order along one move of its state machine; returns the new state. Raises IllegalMove
    when the order is (or has meanwhile come) elsewhere."""
    FLOW.check(verb, order.state)
    stamps = dict.fromkeys(("new_paid_at", "new_shipped_at", "new_received_at", "new_closed_at"))
    for prefix, name in _STAMPS.items():
        if verb.startswith(prefix):
            stamps[name] = now
    if verb.endswith("_and_deliver"):
        stamps["new_shipped_at"] = stamps["new_received_at"] = now
    target = FLOW.target(verb)
    tx.write(_MOVE, rows=1, otherwise=IllegalMove(order_no=order.order_no), of_order=order.order_no,
             from_state=order.state, to_state=target, new_payment_no=payment_no, new_close_reason=close_reason,
             **stamps)
    _record(tx, order.order_no, verb, order.state, target, actor, reason or close_reason or "", now)
    return target


def add_refunded(tx: Tx, order_no: str, by_fen: int, otherwise: Exception | None = None) -> None:
    """Count money on its way back to the buyer; never above what was paid."""
    tx.write(_ADD_REFUNDED, rows=1, otherwise=otherwise or Conflict(), of_order=order_no, by_fen=by_fen)


def deliver_codes(tx: Tx, line_id: str, codes: list[str]) -> None:
    tx.write(_DELIVER, rows=1, of_line=line_id, codes=codes)


def _record(tx: Tx, order_no: str, verb: str, before: str | None, after: str, actor: str, reason: str,
            now: datetime) -> None:
    tx.insert(order_events, event_id=new_id("oev"), order_no=order_no, move=verb, from_state=before, to_state=after,
              actor=actor, reason=reason, created_at=now)


_REMINDED = (
    update(orders)
    .where(o.order_no == bindparam("of_order"), o.state == "UNPAID", o.unpaid_reminded.is_(False))
    .values(unpaid_reminded=True)
)


def mark_unpaid_reminded(tx: Tx, order_no: str) -> bool:
    """Take the one reminder of an unpaid order; False when it was taken, or the order is not unpaid now."""
    return tx.change(_REMINDED, of_order=order_no) == 1
