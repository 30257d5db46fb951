"""Refunds and what each of them gives back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select, union_all, update

from mall.domains.refunds.rules import FLOW, AlreadyRefunded, ByHand, OutsideNumberUsed, RefundState
from mall.kit.db import Tx, among
from mall.kit.page import LAST, newest_first, newest_of
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.trade import cases, flash_refunds, orders, payment_lines, refund_lines, refunds

_BY_NO = select(refunds).where(refunds.c.refund_no == bindparam("refund_no"))
_LOCK = _BY_NO.with_for_update()
_OF_PAYMENT = select(refunds).where(refunds.c.payment_no == bindparam("payment_no")).order_by(refunds.c.refund_no)
_besides = orders.alias("other_orders")
_OTHERS = (  # that the payment paid for too, and that may still give back
    select(func.count())
    .select_from(payment_lines.join(_besides, _besides.c.order_no == payment_lines.c.order_no))
    .where(payment_lines.c.payment_no == bindparam("payment_no"), _besides.c.order_no != bindparam("order_no"),
           _besides.c.state != "CLOSED")
    .scalar_subquery()
)
_OF = (
    select(refunds, _OTHERS.label("others"))
    .where(or_(refunds.c.payment_no == bindparam("payment_no"), refunds.c.order_no == bindparam("order_no")))
    .order_by(refunds.c.refund_no)
)
_DUE = (
    select(refunds)
    .where(refunds.c.state == bindparam("state"), refunds.c.send_at <= bindparam("now"))
    .order_by(refunds.c.send_at)
    .limit(bindparam("most"))
)
_LEASE = (
    update(refunds)
    .where(refunds.c.refund_no == bindparam("of_refund"), refunds.c.state == bindparam("in_state"),
           refunds.c.send_at == bindparam("seen_send_at"))
    .values(send_at=bindparam("next_send_at"), attempts=refunds.c.attempts + 1)
)
_POSTPONE = (
    update(refunds)
    .where(refunds.c.refund_no == bindparam("of_refund"), refunds.c.state == RefundState.DUE.value,
           refunds.c.send_at == bindparam("seen_send_at"))
    .values(send_at=bindparam("next_send_at"))
)
_MOVE = (
    update(refunds)
    .where(refunds.c.refund_no == bindparam("of_refund"), refunds.c.state == bindparam("from_state"))
    .values(state=bindparam("to_state"), wechat_refund_id=bindparam("by_wechat"), problem=bindparam("why"),
            send_at=bindparam("next_send_at"), finished_at=bindparam("at"))
)
_SETTLE_BY_HAND = (
    update(refunds)
    .where(refunds.c.refund_no == bindparam("of_refund"), refunds.c.state == bindparam("from_state"))
    .values(state=FLOW.target("settle_by_hand"), settled_how=bindparam("how"), settled_number=bindparam("outside_no"),
            settled_note=bindparam("note"), send_at=None, finished_at=bindparam("now"))
)
_TRANSFERRED = (
    select(func.coalesce(func.sum(refunds.c.amount_fen), 0).label("fen"))
    .where(refunds.c.payment_no == bindparam("payment_no"), refunds.c.settled_how == ByHand.BANK_TRANSFER.value)
)
_RENUMBER = (
    update(refunds)
    .where(refunds.c.refund_no == bindparam("of_refund"), refunds.c.wechat_refund_no == bindparam("old_number"))
    .values(wechat_refund_no=bindparam("new_number"))
)
_FINISHED = (
    select(func.count().label("number"))
    .where(orders.c.member_id == bindparam("member_id"), orders.c.state == "RECEIVED")
)
_FLASHED = (
    select(func.count().label("number"))
    .where(flash_refunds.c.member_id == bindparam("member_id"), flash_refunds.c.created_at > bindparam("since"))
)
_PIECES_SINCE = (
    select(refund_lines.c.line_id, func.sum(refund_lines.c.quantity).label("pieces"))
    .join_from(refunds, refund_lines, refund_lines.c.refund_no == refunds.c.refund_no)
    .where(refunds.c.order_no == bindparam("order_no"), refunds.c.created_at >= bindparam("since"))
    .group_by(refund_lines.c.line_id)
)


_shown = [refunds.c.refund_no, refunds.c.state, refunds.c.cause, refunds.c.kind, refunds.c.reason, refunds.c.amount_fen,
          refunds.c.balance_fen, refunds.c.created_at, refunds.c.finished_at]
_OF_ORDERS = union_all(
    select(*_shown, refunds.c.order_no).where(refunds.c.order_no.in_(among("order_nos"))),
    select(*_shown, payment_lines.c.order_no)  # of a payment that came too late or twice
    .join_from(payment_lines, refunds, payment_lines.c.payment_no == refunds.c.payment_no)
    .where(payment_lines.c.order_no.in_(among("order_nos")), refunds.c.order_no.is_(None)),
)


def find(tx: Tx, refund_no: str) -> Any | None:
    return tx.one(_BY_NO, refund_no=refund_no)


def lock(tx: Tx, refund_no: str) -> Any | None:
    return tx.one(_LOCK, refund_no=refund_no)


def ask_of(order_no: str, payment_no: str | None):
    """The question for every refund of an order and of its payment; each row with how many `others` of the payment's
    orders may still give back."""
    return _OF, {"order_no": order_no, "payment_no": payment_no or ""}


def ask_of_orders(order_nos: list[str]):
    """The question for the refunds of these orders and of their payments, each with its order's number."""
    return _OF_ORDERS, {"order_nos": order_nos}


def pieces_since(tx: Tx, order_no: str, since: datetime) -> dict[str, int]:
    """How many pieces of each line of the order were refunded since then, by line id."""
    return {row.line_id: int(row.pieces) for row in tx.all(_PIECES_SINCE, order_no=order_no, since=since)}


def of_payment(tx: Tx, payment_no: str) -> list:
    return tx.all(_OF_PAYMENT, payment_no=payment_no)


def decide(tx: Tx, refund: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    """Write the refund down; raises AlreadyRefunded when the same thing was refunded before."""
    tx.insert(refunds, duplicate=AlreadyRefunded(), **refund)
    for line in lines:
        tx.insert(refund_lines, refund_no=refund["refund_no"], **line)


def trust_facts(tx: Tx, member_id: str, since: datetime) -> tuple[int, int]:
    """(orders that the member received and kept something of, flash refunds since then)."""
    (finished,), (flashed,) = tx.fetch((_FINISHED, {"member_id": member_id}),
                                       (_FLASHED, {"member_id": member_id, "since": since}))
    return finished.number, flashed.number


def add_flash(tx: Tx, order_no: str, member_id: str, amount_fen: int, now: datetime) -> None:
    tx.insert(flash_refunds, duplicate=AlreadyRefunded(), order_no=order_no, member_id=member_id,
              amount_fen=amount_fen, created_at=now)


def due(tx: Tx, state: RefundState, now: datetime, most: int) -> list:
    """Refunds in this state whose next step is due: DUE to be sent, SENT to be asked about."""
    return tx.all(_DUE, state=state.value, now=now, most=most)


def lease(tx: Tx, refund: Any, next_send_at: datetime) -> bool:
    """Take one refund for sending or asking; False when another instance has it."""
    return tx.change(_LEASE, of_refund=refund.refund_no, in_state=refund.state, seen_send_at=refund.send_at,
                     next_send_at=next_send_at) == 1


def postpone(tx: Tx, refund: Any, until: datetime) -> bool:
    """Not yet its turn. False, and nothing changed, when it was taken or sent meanwhile."""
    return tx.change(_POSTPONE, of_refund=refund.refund_no, seen_send_at=refund.send_at, next_send_at=until) == 1


def move(tx: Tx, refund: Any, verb: str, *, wechat_refund_id: str | None = None, problem: str | None = None,
         send_at: datetime | None = None, finished_at: datetime | None = None) -> None:
    """Take the refund along one move; raises IllegalMove when it is elsewhere."""
    FLOW.check(verb, refund.state)
    tx.write(_MOVE, rows=1, of_refund=refund.refund_no, from_state=refund.state, to_state=FLOW.target(verb),
             by_wechat=wechat_refund_id or refund.wechat_refund_id, why=problem, next_send_at=send_at, at=finished_at)


def settle_by_hand(tx: Tx, refund: Any, how: ByHand, number: str, note: str, now: datetime) -> None:
    """The money went back under a number of somebody else's; what the last try failed of stays in `problem`. Raises
    IllegalMove, OutsideNumberUsed."""
    FLOW.check("settle_by_hand", refund.state)
    tx.write(_SETTLE_BY_HAND, rows=1, duplicate=OutsideNumberUsed(field="number"), of_refund=refund.refund_no,
             from_state=refund.state, how=how.value, outside_no=number, note=note, now=now)


def transferred_fen(tx: Tx, payment_no: str) -> int:
    """What of a payment went back by bank transfer: WeChat still has it."""
    return int(tx.one(_TRANSFERRED, payment_no=payment_no).fen)


def renumber(tx: Tx, refund: Any, number: str) -> None:
    """From now on WeChat knows it by `number`; the row must be locked."""
    tx.write(_RENUMBER, rows=1, of_refund=refund.refund_no, old_number=refund.wechat_refund_no, new_number=number)


_OF_SELLER = newest_first(
    select(refunds, cases.c.next_step)
    .outerjoin(cases, and_(cases.c.kind == "REFUND_FAILED", cases.c.reference == refunds.c.refund_no,
                           refunds.c.state == RefundState.FAILED.value))
    .where(refunds.c.seller_id == bindparam("seller_id"), refunds.c.state == bindparam("state")),
    refunds.c.refund_no)


def page(tx: Tx, seller_id: str, state: str | None, before: str | None, most: int) -> list:
    """Refunds of this seller's orders and of payments for them (the platform's: of top-ups too), the newest first; a
    failed one with the next step of its case."""
    states = [state] if state else [each.value for each in RefundState]
    return newest_of(tx, _OF_SELLER, states, most, seller_id=seller_id, before=before or LAST)


_SELLERS = (
    select(orders.c.seller_id)
    .join_from(payment_lines, orders, payment_lines.c.order_no == orders.c.order_no)
    .where(payment_lines.c.payment_no == bindparam("payment_no"))
    .distinct().limit(2)
)


def seller_of(tx: Tx, payment_no: str) -> str:
    """Whose orders the payment paid for; of several sellers, and of a top-up, it is the platform."""
    rows = tx.all(_SELLERS, payment_no=payment_no)
    return rows[0].seller_id if len(rows) == 1 else DEFAULT_SELLER
