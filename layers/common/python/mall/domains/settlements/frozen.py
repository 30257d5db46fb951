"""Payments whose money is frozen at WeChat: what may be shared of them now, and of which the rest may be unfrozen.

Nobody tells a frozen payment that its order was received long enough ago, or that its last refund has arrived. So each
is looked at: soon while it is young, every hour later on (`rules.look_next`), at once where something has become of it
(`look_again`). `share_at` and `unfreeze_at` say when next, and a timer reads what is due by an index.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, or_, select, update

from mall.domains.settlements.rules import (
    FROZEN_FLOW, SETTLED_AFTER, UNFINISHED, UNFROZEN_BY, FrozenState, look_next,
)
from mall.domains.settlements.store import FAILED_CASE
from mall.kit.db import Tx, among
from mall.kit.ids import new_id
from mall.kit.postponed import not_postponed
from mall.tables.settlements import frozen_payments, shares
from mall.tables.trade import cases, instalments, orders, payment_lines, payments, refunds

DECIDING, UNFREEZING_REST = "share", "unfreeze"  # what a failed order, a failed payment is postponed for
LOOKED_AT = 500  # to a transaction


def _is_due(column: Any) -> tuple[Any, Any]:
    return frozen_payments.c.state == FrozenState.FROZEN.value, column <= bindparam("now")


_FROZEN_OF_OPEN = (
    select(frozen_payments.c.payment_no)
    .join_from(frozen_payments, payments, payments.c.payment_no == frozen_payments.c.payment_no)
    .where(payments.c.active_key == bindparam("checkout_id"))
)
_LOCK_FROZEN = select(frozen_payments).where(frozen_payments.c.payment_no == bindparam("payment_no")).with_for_update()
_waits_for_staff = and_(cases.c.state == "OPEN", orders.c.state != "CLOSED", payments.c.paid_at > bindparam("last"))
_not_ended = or_(shares.c.state.in_(UNFINISHED), _waits_for_staff,
                 and_(shares.c.share_no.is_(None), orders.c.state != "CLOSED", bindparam("waits") == 1,
                      payments.c.paid_at > bindparam("last")))
# it paid the order, or a part of it, and did not come too late or twice
_has_paid = or_(orders.c.payment_no == payment_lines.c.payment_no,
                exists(select(instalments.c.number).where(instalments.c.order_no == payment_lines.c.order_no,
                                                          instalments.c.payment_no == payment_lines.c.payment_no)))
_its_share = and_(shares.c.order_no == orders.c.order_no, shares.c.payment_no == payment_lines.c.payment_no)
_to_be_shared = (
    select(orders.c.order_no)
    .join_from(payment_lines, orders, and_(orders.c.order_no == payment_lines.c.order_no, _has_paid))
    .join(shares, _its_share, isouter=True)
    .join(cases, and_(cases.c.kind == FAILED_CASE, cases.c.reference == shares.c.share_no), isouter=True)
    .where(payment_lines.c.payment_no == frozen_payments.c.payment_no, _not_ended)
    .exists()
)
_being_refunded = (
    select(refunds.c.refund_no)
    .where(refunds.c.payment_no == frozen_payments.c.payment_no, refunds.c.state != "DONE")
    .exists()
)
_DONE_WITH = (
    select(frozen_payments.c.payment_no, payments.c.amount_fen, payments.c.refunded_fen)
    .join_from(frozen_payments, payments, payments.c.payment_no == frozen_payments.c.payment_no)
    .where(frozen_payments.c.state == FrozenState.FROZEN.value, payments.c.state == "PAID",
           payments.c.paid_at <= bindparam("before"), ~_to_be_shared, ~_being_refunded)
    .limit(bindparam("most"))
)
_IS_DONE_WITH = _DONE_WITH.where(frozen_payments.c.payment_no == bindparam("payment_no"))
_may_be_unfrozen = not_postponed(UNFREEZING_REST, frozen_payments.c.payment_no)
_DONE_WITH_DUE = _DONE_WITH.where(
    _may_be_unfrozen, *_is_due(frozen_payments.c.unfreeze_at)).order_by(frozen_payments.c.unfreeze_at)
_NEVER_PAID = (
    select(frozen_payments)
    .join_from(frozen_payments, payments, payments.c.payment_no == frozen_payments.c.payment_no)
    .where(*_is_due(frozen_payments.c.unfreeze_at), payments.c.state != "PAID",
           frozen_payments.c.created_at <= bindparam("before"), _may_be_unfrozen)
    .order_by(frozen_payments.c.unfreeze_at)
    .limit(bindparam("most"))
)
_UNFREEZING = (
    select(frozen_payments, payments.c.transaction_id)
    .join_from(frozen_payments, payments, payments.c.payment_no == frozen_payments.c.payment_no)
    .where(frozen_payments.c.state == FrozenState.UNFREEZING.value, frozen_payments.c.ask_at <= bindparam("now"))
    .order_by(frozen_payments.c.ask_at)
    .limit(bindparam("most"))
)
_LEASE_FROZEN = (
    update(frozen_payments)
    .where(frozen_payments.c.payment_no == bindparam("of_payment"),
           frozen_payments.c.state == FrozenState.UNFREEZING.value,
           frozen_payments.c.ask_at == bindparam("seen_ask_at"))
    .values(ask_at=bindparam("next_ask_at"), attempts=frozen_payments.c.attempts + 1)
)
_MOVE_FROZEN = (
    update(frozen_payments)
    .where(frozen_payments.c.payment_no == bindparam("of_payment"), frozen_payments.c.state.in_(among("sources")))
    .values(state=bindparam("to_state"), ask_at=bindparam("next_ask_at"), ended_at=bindparam("at"))
)


def ask_frozen_of_open(checkout_id: str):
    """The question whether the checkout's open payment was made to be shared."""
    return _FROZEN_OF_OPEN, {"checkout_id": checkout_id}


def freeze(tx: Tx, payment_no: str, now: datetime) -> None:
    """The payment is made to be shared: WeChat will hold its money until it is told to unfreeze the rest."""
    tx.insert(frozen_payments, payment_no=payment_no, state=FrozenState.FROZEN.value, unfreeze_no=new_id("unf"),
              attempts=0, ask_at=None, share_at=now, unfreeze_at=now, created_at=now, ended_at=None)


def lock_frozen(tx: Tx, payment_no: str) -> Any | None:
    return tx.one(_LOCK_FROZEN, payment_no=payment_no)


def done_with(tx: Tx, waits: bool, now: datetime, most: int) -> list:
    """Frozen payments that are to be looked at, and of which nothing is to be shared or refunded any more; `waits`:
    orders that are not shared yet will be."""
    return tx.all(_DONE_WITH_DUE, waits=int(waits), last=now - UNFROZEN_BY, before=now - SETTLED_AFTER, now=now,
                  most=most)


def is_done_with(tx: Tx, payment_no: str, waits: bool, now: datetime) -> bool:
    return bool(tx.all(_IS_DONE_WITH, payment_no=payment_no, waits=int(waits), last=now - UNFROZEN_BY,
                       before=now - SETTLED_AFTER, most=1))


def never_paid(tx: Tx, now: datetime, most: int) -> list:
    return tx.all(_NEVER_PAID, before=now - UNFROZEN_BY, now=now, most=most)


def unfreezing(tx: Tx, now: datetime, most: int) -> list:
    return tx.all(_UNFREEZING, now=now, most=most)


def lease_frozen(tx: Tx, row: Any, next_ask_at: datetime) -> bool:
    return tx.change(_LEASE_FROZEN, of_payment=row.payment_no, seen_ask_at=row.ask_at, next_ask_at=next_ask_at) == 1


def move_frozen(tx: Tx, payment_no: str, verb: str, *, ask_at: datetime | None = None,
                ended_at: datetime | None = None) -> None:
    """Take it along one move; nothing when it is elsewhere already."""
    tx.write(_MOVE_FROZEN, of_payment=payment_no, sources=FROZEN_FLOW.sources(verb),
             to_state=FROZEN_FLOW.target(verb), next_ask_at=ask_at, at=ended_at)


# when they are looked at

_LOOK_AGAIN = (
    update(frozen_payments)
    .where(frozen_payments.c.payment_no == bindparam("of_payment"), frozen_payments.c.state == FrozenState.FROZEN.value)
    .values(share_at=bindparam("at"), unfreeze_at=bindparam("at"))
)
_SHARED_LATER = (
    select(frozen_payments.c.payment_no, frozen_payments.c.created_at)
    .where(*_is_due(frozen_payments.c.share_at))
    .order_by(frozen_payments.c.share_at)
    .limit(LOOKED_AT)
)
_UNFROZEN_LATER = (
    select(frozen_payments.c.payment_no, frozen_payments.c.created_at)
    .where(*_is_due(frozen_payments.c.unfreeze_at))
    .order_by(frozen_payments.c.unfreeze_at)
    .limit(LOOKED_AT)
)
_SHARE_AT = (
    update(frozen_payments)
    .where(frozen_payments.c.payment_no.in_(among("payment_nos")), *_is_due(frozen_payments.c.share_at))
    .values(share_at=bindparam("next_look"))
)
_UNFREEZE_AT = (
    update(frozen_payments)
    .where(frozen_payments.c.payment_no.in_(among("payment_nos")), *_is_due(frozen_payments.c.unfreeze_at))
    .values(unfreeze_at=bindparam("next_look"))
)
# from before there were looks
_not_taken_up = (frozen_payments.c.state == FrozenState.FROZEN.value, frozen_payments.c.share_at.is_(None))
_NOT_TAKEN_UP = select(frozen_payments.c.payment_no).where(*_not_taken_up).limit(LOOKED_AT)
_TAKE_UP = (
    update(frozen_payments)
    .where(frozen_payments.c.payment_no.in_(among("payment_nos")), *_not_taken_up)
    .values(share_at=bindparam("next_look"), unfreeze_at=bindparam("next_look"))
)


def look_again(tx: Tx, payment_no: str, now: datetime) -> None:
    """Something has become of it: it may be shared, or its rest unfrozen."""
    tx.write(_LOOK_AGAIN, of_payment=payment_no, at=now)


def share_later(tx: Tx, now: datetime) -> int:
    """A batch of those that are due, and of which nothing was to be shared: looked at again later; and of those that
    were never looked at; how many."""
    return _look_later(tx, _SHARED_LATER, _SHARE_AT, now)


def unfreeze_later(tx: Tx, now: datetime) -> int:
    """The same of those whose rest stays frozen."""
    return _look_later(tx, _UNFROZEN_LATER, _UNFREEZE_AT, now)


def _look_later(tx: Tx, due: Any, move: Any, now: datetime) -> int:
    by_moment: dict[datetime, list[str]] = {}
    for row in tx.all(due, now=now):
        by_moment.setdefault(look_next(row.created_at, now), []).append(row.payment_no)
    for moment, payment_nos in by_moment.items():
        tx.write(move, payment_nos=payment_nos, now=now, next_look=moment)
    return sum(map(len, by_moment.values())) + _take_up(tx, now)


def _take_up(tx: Tx, now: datetime) -> int:
    """A batch from before there were looks: due with the next fire, and not in this one, which looks no more."""
    payment_nos = [row.payment_no for row in tx.all(_NOT_TAKEN_UP)]
    if payment_nos:
        tx.write(_TAKE_UP, payment_nos=payment_nos, next_look=look_next(now, now))
    return len(payment_nos)


# which orders are to be shared

_unfinished_refund = (
    select(refunds.c.refund_no)
    .where(refunds.c.order_no == orders.c.order_no, refunds.c.state != "DONE")
    .exists()
)
_CANDIDATES = (
    select(orders.c.order_no)
    .join_from(frozen_payments, payment_lines, payment_lines.c.payment_no == frozen_payments.c.payment_no)
    .join(orders, and_(orders.c.order_no == payment_lines.c.order_no, _has_paid))
    .join(shares, _its_share, isouter=True)
    .where(*_is_due(frozen_payments.c.share_at), shares.c.share_no.is_(None), ~_unfinished_refund,
           not_postponed(DECIDING, orders.c.order_no))
    .order_by(frozen_payments.c.share_at)
    .limit(bindparam("most"))
)
_PAID_BEFORE = _CANDIDATES.where(orders.c.state.in_(("TO_SHIP", "SHIPPED", "RECEIVED")),
                                 orders.c.paid_at <= bindparam("before"))
_RECEIVED_BEFORE = _CANDIDATES.where(orders.c.state == "RECEIVED", orders.c.received_at <= bindparam("before"),
                                     orders.c.paid_at <= bindparam("paid_before"))


def paid_before(tx: Tx, before: datetime, now: datetime, most: int) -> list[str]:
    """Orders whose payment is frozen, paid before that moment and not shared yet (at once)."""
    return _once(tx.all(_PAID_BEFORE, before=before, now=now, most=most))


def received_before(tx: Tx, before: datetime, now: datetime, most: int) -> list[str]:
    """As `paid_before`, received before that moment (frozen until receipt)."""
    return _once(tx.all(_RECEIVED_BEFORE, before=before, paid_before=now - SETTLED_AFTER, now=now, most=most))


def _once(rows: list) -> list[str]:
    """An order that was paid in parts is found by each of its payments."""
    return list(dict.fromkeys(row.order_no for row in rows))
