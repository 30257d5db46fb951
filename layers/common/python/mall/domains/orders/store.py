"""Orders, their lines and their timeline. A state changes only by `move`: compare, swap, write history."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sqlalchemy import bindparam, case, func, or_, select, update

from mall.domains.orders.pieces import cancelled
from mall.domains.orders.rules import (
    ADDRESS_OPEN, FLOW, MOST_NOTES, TO_PAY, OrderNotFound, OrderState, TooManyNotes,
)
from mall.kit.db import Instant, Tx, among
from mall.kit.errors import Conflict
from mall.kit.ids import new_id
from mall.kit.page import LAST, newest_first, newest_of
from mall.kit.state import IllegalMove
from mall.kit.text import name_key
from mall.tables.trade import order_addresses, order_events, order_lines, order_notes, orders

# Whoever moves an order needs no receiver: what is not read is not opened, and no key is asked for.
_RECEIVER = ("address", "receiver_phone_hash", "receiver_name_hash")
_WITHOUT_RECEIVER = [column for column in orders.c if column.name not in _RECEIVER]
_BY_NO = select(orders).where(orders.c.order_no == bindparam("order_no"))
_LOCK = select(*_WITHOUT_RECEIVER).where(orders.c.order_no == bindparam("order_no")).with_for_update()
_LOCK_WHOLE = _BY_NO.with_for_update()
_LOCK_CHECKOUT = (
    select(*_WITHOUT_RECEIVER)
    .where(orders.c.checkout_id == bindparam("checkout_id"))
    .order_by(orders.c.order_no)
    .with_for_update()
)
_LINES = select(order_lines).where(order_lines.c.order_no == bindparam("order_no")).order_by(order_lines.c.line_id)
_EVER_PAID = (
    select(orders.c.order_no)
    .where(orders.c.member_id == bindparam("member_id"), orders.c.paid_at.is_not(None))
    .limit(1)
)
_LINES_OF_CHECKOUT = (
    select(order_lines)
    .join_from(order_lines, orders, order_lines.c.order_no == orders.c.order_no)
    .where(orders.c.checkout_id == bindparam("checkout_id"))
    .order_by(order_lines.c.line_id)
)
_UNPAID = select(func.count(orders.c.checkout_id.distinct()).label("number")).where(
    orders.c.member_id == bindparam("member_id"), orders.c.state == OrderState.UNPAID.value)
_TIMELINE = (
    select(order_events).where(order_events.c.order_no == bindparam("order_no")).order_by(order_events.c.event_id)
)


def _stamp(name: str):
    return func.coalesce(bindparam(name, type_=Instant()), orders.c[name.removeprefix("new_")])


_MOVE = (
    update(orders)
    .where(orders.c.order_no == bindparam("of_order"), orders.c.state == bindparam("from_state"))
    .values(
        state=bindparam("to_state"), paid_at=_stamp("new_paid_at"),
        shipped_at=case((bindparam("to_state") == "TO_SHIP", None), else_=_stamp("new_shipped_at")),
        received_at=_stamp("new_received_at"), closed_at=_stamp("new_closed_at"),
        payment_no=func.coalesce(bindparam("new_payment_no"), orders.c.payment_no),
        close_reason=func.coalesce(bindparam("new_close_reason"), orders.c.close_reason),
    )
)
_ADD_REFUNDED = (
    update(orders)
    .where(orders.c.order_no == bindparam("of_order"), orders.c.refunded_fen + bindparam("by_fen") <= orders.c.pay_fen,
           orders.c.balance_refunded_fen + bindparam("into_balance_fen") <= orders.c.balance_fen)
    .values(refunded_fen=orders.c.refunded_fen + bindparam("by_fen"),
            balance_refunded_fen=orders.c.balance_refunded_fen + bindparam("into_balance_fen"))
)
_ADD_REFUNDED_PIECES = (
    update(order_lines)
    .where(order_lines.c.line_id == bindparam("of_line"), order_lines.c.refunded_quantity == bindparam("seen_refunded"),
           order_lines.c.refunded_quantity + bindparam("by_pieces") <= order_lines.c.quantity,
           order_lines.c.allowance_fen == bindparam("seen_allowance"),
           order_lines.c.pay_fen >= bindparam("new_allowance"),
           order_lines.c.shipped_quantity == bindparam("seen_shipped"),
           order_lines.c.shipped_quantity + bindparam("new_cancelled") <= order_lines.c.quantity)
    .values(refunded_quantity=order_lines.c.refunded_quantity + bindparam("by_pieces"),
            allowance_fen=bindparam("new_allowance"), cancelled_quantity=bindparam("new_cancelled"))
)
_SHIP_PIECES = (
    update(order_lines)
    .where(order_lines.c.line_id == bindparam("of_line"), order_lines.c.shipped_quantity == bindparam("seen_shipped"),
           order_lines.c.refunded_quantity == bindparam("seen_refunded"),
           order_lines.c.shipped_quantity + bindparam("by_pieces") + bindparam("new_cancelled")
           <= order_lines.c.quantity,
           order_lines.c.shipped_quantity + bindparam("by_pieces") >= 0)
    .values(shipped_quantity=order_lines.c.shipped_quantity + bindparam("by_pieces"),
            cancelled_quantity=bindparam("new_cancelled"))
)
_CHANGE_PRICE = (
    update(orders)
    .where(orders.c.order_no == bindparam("of_order"), orders.c.state.in_(TO_PAY),
           orders.c.pay_fen == bindparam("seen_pay_fen"))
    .values(price=bindparam("new_price"), discount_fen=orders.c.discount_fen + bindparam("goods_off_fen"),
            freight_fen=bindparam("new_freight_fen"), pay_fen=bindparam("new_pay_fen"))
)
_PAY_UNTIL = (
    update(orders)
    .where(orders.c.order_no == bindparam("of_order"), orders.c.state == OrderState.PART_PAID.value)
    .values(expires_at=bindparam("until"), close_at=None, unpaid_reminded=False)
)
_CHANGE_LINE_PRICE = (
    update(order_lines).where(order_lines.c.line_id == bindparam("of_line")).values(pay_fen=bindparam("new_pay_fen"))
)
_CHANGE_ADDRESS = (
    update(orders)
    .where(orders.c.order_no == bindparam("of_order"), orders.c.state.in_(among("open_states")),
           orders.c.address_version == bindparam("seen_version"))
    .values(address=bindparam("new_address"), receiver_phone_hash=bindparam("new_phone"),
            receiver_name_hash=bindparam("new_name_key"), address_version=orders.c.address_version + 1)
)
_DELIVER = (
    update(order_lines)
    .where(order_lines.c.line_id == bindparam("of_line"))
    .values(delivered_codes=bindparam("codes"))
)


def find(tx: Tx, order_no: str) -> Any | None:
    return tx.one(_BY_NO, order_no=order_no)


def lock(tx: Tx, order_no: str) -> Any | None:
    """The order's row, locked until the transaction ends: the first lock that a money flow takes."""
    return tx.one(_LOCK, order_no=order_no)


def lock_whole(tx: Tx, order_no: str) -> Any | None:
    """The same with its receiver."""
    return tx.one(_LOCK_WHOLE, order_no=order_no)


def lock_with_sisters(tx: Tx, order_no: str) -> Any | None:
    """The same, with the other orders of its checkout locked in the order of their numbers: the first lock of a flow
    that goes on to lock them all."""
    found = find(tx, order_no)
    locked = tx.fetch(ask_lock_checkout(found.checkout_id))[0] if found else []
    return next((each for each in locked if each.order_no == order_no), None)


def ask_lock(order_no: str):
    return _LOCK, {"order_no": order_no}


def ask_lock_checkout(checkout_id: str):
    return _LOCK_CHECKOUT, {"checkout_id": checkout_id}


def ask_unpaid(member_id: str):
    """How many checkouts of the member wait for payment, as `number`."""
    return _UNPAID, {"member_id": member_id}


def ask_ever_paid(member_id: str):
    """One row when the member has paid for an order before."""
    return _EVER_PAID, {"member_id": member_id}


def ask_lines_of_checkout(checkout_id: str):
    return _LINES_OF_CHECKOUT, {"checkout_id": checkout_id}


def lines(tx: Tx, order_no: str) -> list:
    return tx.all(_LINES, order_no=order_no)


def timeline(tx: Tx, order_no: str) -> list:
    return tx.all(_TIMELINE, order_no=order_no)


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
    target = FLOW.target(verb)
    tx.write(_MOVE, rows=1, otherwise=IllegalMove(order_no=order.order_no), of_order=order.order_no,
             from_state=order.state, to_state=target, new_payment_no=payment_no, new_close_reason=close_reason,
             **FLOW.stamped(verb, now))
    _record(tx, order.order_no, verb, order.state, target, actor, reason or close_reason or "", now)
    return target


def add_refunded(tx: Tx, order_no: str, by_fen: int, otherwise: Exception | None = None, *,
                 into_balance_fen: int = 0) -> None:
    """Count money on its way back to the buyer, and the part of it that goes into stored value; neither is ever
    above what was paid."""
    tx.write(_ADD_REFUNDED, rows=1, otherwise=otherwise or Conflict(), of_order=order_no, by_fen=by_fen,
             into_balance_fen=into_balance_fen)


def add_refunded_pieces(tx: Tx, row: Any, quantity: int, allowance_fen: int, otherwise: Exception, *,
                        unsent: int = 0) -> None:
    """Count pieces of a line that are refunded, `unsent` of which had not gone out, and what of it was given back by
    amount for those that are kept; never more than were bought, never on a count that has moved."""
    tx.write(_ADD_REFUNDED_PIECES, rows=1, otherwise=otherwise, of_line=row.line_id,
             seen_refunded=row.refunded_quantity, by_pieces=quantity, seen_allowance=row.allowance_fen,
             new_allowance=allowance_fen, seen_shipped=row.shipped_quantity,
             new_cancelled=cancelled(row) + unsent)


def ship_pieces(tx: Tx, row: Any, quantity: int, otherwise: Exception, *, cancels: int = 0) -> None:
    """Count pieces of a line that go out in a parcel, or, below zero, whose parcel did not go out after all, `cancels`
    of which were refunded before; never more than are owed, never on a count that has moved."""
    tx.write(_SHIP_PIECES, rows=1, otherwise=otherwise, of_line=row.line_id, seen_shipped=row.shipped_quantity,
             seen_refunded=row.refunded_quantity, by_pieces=quantity, new_cancelled=cancelled(row) + cancels)


def pay_until(tx: Tx, order_no: str, until: datetime) -> None:
    """A part of it is paid: the next one's time counts from now on, and its own reminder."""
    tx.write(_PAY_UNTIL, rows=1, of_order=order_no, until=until)


def change_price(tx: Tx, order: Any, price: dict[str, Any], line_fens: dict[str, int], *, freight_fen: int,
                 otherwise: Exception) -> None:
    """Another price of an order that is to be paid: its explanation, what its goods cost by line id, its freight."""
    goods_fen, pay_fen = sum(line_fens.values()), sum(line_fens.values()) + freight_fen
    tx.write(_CHANGE_PRICE, rows=1, otherwise=otherwise, of_order=order.order_no, seen_pay_fen=order.pay_fen,
             new_price=price, goods_off_fen=order.pay_fen - order.freight_fen - goods_fen,
             new_freight_fen=freight_fen, new_pay_fen=pay_fen)
    for line_id, amount_fen in line_fens.items():
        tx.write(_CHANGE_LINE_PRICE, rows=1, of_line=line_id, new_pay_fen=amount_fen)


def change_address(tx: Tx, order: Any, address: dict[str, str], *, freight_fens: tuple[int, int], actor: str,
                   now: datetime, otherwise: Exception) -> int:
    """Another address of an order that has not gone out; the one before is kept, with what the freight to each of the
    two is. The new version."""
    if order.address is not None:
        tx.insert(order_addresses, change_id=new_id("oad"), order_no=order.order_no,
                  address_version=order.address_version, address=order.address, freight_before_fen=freight_fens[0],
                  freight_after_fen=freight_fens[1], changed_by=actor, created_at=now)
    tx.write(_CHANGE_ADDRESS, rows=1, otherwise=otherwise, of_order=order.order_no, open_states=list(ADDRESS_OPEN),
             seen_version=order.address_version, new_address=address, new_phone=address["phone"],
             new_name_key=name_key(address["name"]))
    return order.address_version + 1


def record(tx: Tx, order: Any, verb: str, *, actor: str, reason: str, now: datetime) -> None:
    """Something that the timeline tells and that leaves the order where it is."""
    _record(tx, order.order_no, verb, order.state, order.state, actor, reason, now)


def deliver_codes(tx: Tx, line_id: str, codes: list[str]) -> None:
    tx.write(_DELIVER, rows=1, of_line=line_id, codes=codes)


def _record(tx: Tx, order_no: str, verb: str, before: str | None, after: str, actor: str, reason: str,
            now: datetime) -> None:
    tx.insert(order_events, event_id=new_id("oev"), order_no=order_no, move=verb, from_state=before, to_state=after,
              actor=actor, reason=reason, created_at=now)


# what lists, pages and the order desk ask for

_OF_MEMBER = newest_first(
    select(orders)
    .where(orders.c.member_id == bindparam("member_id")),
    orders.c.order_no)
_OF_MEMBER_IN = _OF_MEMBER.where(orders.c.state == bindparam("state"))
_numbers_to_ship = (  # numbers alone are read from the index; for whole rows the server walks all orders instead
    select(orders.c.order_no)
    .where(orders.c.seller_id == bindparam("seller_id"), orders.c.state == "TO_SHIP",
           orders.c.delivery == bindparam("delivery"), orders.c.placed_at >= bindparam("last_at"),
           or_(orders.c.placed_at > bindparam("last_at"), orders.c.order_no > bindparam("last_no")))
    .order_by(orders.c.placed_at, orders.c.order_no)
    .limit(bindparam("most"))
    .subquery()
)
_TO_SHIP = (
    select(orders)
    .join_from(_numbers_to_ship, orders, _numbers_to_ship.c.order_no == orders.c.order_no)
    .order_by(orders.c.placed_at, orders.c.order_no)
)
_LINES_OF = (
    select(order_lines)
    .where(order_lines.c.order_no.in_(among("order_nos")))
    .order_by(order_lines.c.order_no, order_lines.c.line_id)
)
_LOCK_SEVERAL = (
    select(*_WITHOUT_RECEIVER)
    .where(orders.c.order_no.in_(among("order_nos")))
    .order_by(orders.c.order_no)
    .with_for_update()
)
_COUNT_BY_STATE = (
    select(orders.c.state, func.count().label("number"))
    .where(orders.c.member_id == bindparam("member_id"))
    .group_by(orders.c.state)
)
_NOTE = (
    update(orders)
    .where(orders.c.order_no == bindparam("of_order"), orders.c.seller_id == bindparam("of_seller"))
    .values(staff_note=bindparam("note"))
)
_NOTES = (
    select(order_notes.c.note, order_notes.c.written_by, order_notes.c.created_at)
    .where(order_notes.c.order_no == bindparam("order_no"))
    .order_by(order_notes.c.note_id.desc())
    .limit(MOST_NOTES)
)
_PLACED_AT = select(orders.c.placed_at).where(orders.c.order_no == bindparam("order_no"))
STATES = tuple(state.value for state in OrderState)
FIRST_MOMENT, LAST_MOMENT = datetime(2000, 1, 1, tzinfo=timezone.utc), datetime(9999, 1, 1, tzinfo=timezone.utc)


def ask(order_no: str):
    return _BY_NO, {"order_no": order_no}


def ask_lines(order_no: str):
    return _LINES, {"order_no": order_no}


def ask_timeline(order_no: str):
    return _TIMELINE, {"order_no": order_no}


def ask_lines_of(order_nos: list[str]):
    return _LINES_OF, {"order_nos": order_nos}


def ask_lock_several(order_nos: list[str]):
    """The rows of these orders, locked in the order of their numbers."""
    return _LOCK_SEVERAL, {"order_nos": order_nos}


def page_of_member(tx: Tx, member_id: str, states: tuple[str, ...], before: str | None, most: int) -> list:
    """A member's orders in these states, the newest first."""
    asked = {"member_id": member_id, "before": before or LAST}
    if set(states) == set(STATES):
        return tx.all(_OF_MEMBER, most=most, **asked)
    return newest_of(tx, _OF_MEMBER_IN, states, most, **asked)


def page_to_ship(tx: Tx, seller_id: str, delivery: str, after: str | None, most: int) -> list:
    """The seller's orders that wait for shipping, the oldest first."""
    return tx.all(_TO_SHIP, seller_id=seller_id, delivery=delivery, most=most, **behind(tx, after, FIRST_MOMENT, ""))


def count_by_state(tx: Tx, member_id: str) -> dict[str, int]:
    return {row.state: row.number for row in tx.all(_COUNT_BY_STATE, member_id=member_id)}


def add_note(tx: Tx, order_no: str, seller_id: str, text: str, *, who: str, now: datetime) -> None:
    """One more thing that staff want to remember of an order. Raises OrderNotFound, TooManyNotes."""
    tx.write(_NOTE, rows=1, otherwise=OrderNotFound(), of_order=order_no, of_seller=seller_id, note=text)
    if len(notes(tx, order_no)) >= MOST_NOTES:
        raise TooManyNotes(most=MOST_NOTES)
    tx.insert(order_notes, note_id=new_id("nte"), order_no=order_no, note=text, written_by=who, created_at=now)


def notes(tx: Tx, order_no: str) -> list[Any]:
    """All that staff have noted, the newest first."""
    return tx.all(_NOTES, order_no=order_no)


def behind(tx: Tx, order_no: str | None, moment: datetime, number: str) -> dict[str, Any]:
    """Where the page before ended: when that order was placed, and its number; `moment` and `number` without one."""
    last = tx.one(_PLACED_AT, order_no=order_no) if order_no else None
    return {"last_at": last.placed_at if last else moment, "last_no": order_no or number}
