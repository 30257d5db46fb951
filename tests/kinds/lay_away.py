"""A lay-away (预留): pieces of a shelf of their own, at a price of their own, that stand paid in the shop until their
buyer calls for them. It is in no shop: it shows that a kind of order is one file, with its tables beside it.

The shelf's row counts the pieces that are laid on it; a piece leaves it when the order closes unpaid, when the piece is
given back, and when the order is called for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from mall.domains.instalments.rules import Part
from mall.domains.messaging.rules import about_order
from mall.domains.messaging.tells import Template, order_unpaid
from mall.domains.messaging.values import thing
from mall.domains.orders import store as orders
from mall.domains.orders.terms import Limits
from mall.domains.stock.rules import OutOfStock
from mall.flows.trade import settle_payment
from mall.flows.kinds.kind import After, Asked, Kind, Messages, Paid, Question, Terms
from mall.kit.db import Tx, among
from mall.kit.errors import Conflict, MallError, NotFound, RuleBroken
from mall.kit.invariants import Rule, Subject, following
from mall.kit.outbox import Event, emit
from mall.kit.schema import MYSQL, count_column, fen_column, flag_column, id_column, text_column, time_column
from sqlalchemy import MetaData, Table, bindparam, func, select, update

metadata = MetaData()
shelves = Table(
    "lay_away_shelves", metadata, id_column("shelf_id", key=True), id_column("sku_id"), fen_column("price_fen"),
    count_column("places"), count_column("taken"), fen_column("deposit_fen"), time_column("balance_from"),
    time_column("balance_until"), flag_column("forfeits"), **MYSQL)
laid = Table(
    "lay_aways", metadata, id_column("order_no", key=True), id_column("shelf_id"), id_column("member_id"),
    text_column("state", 16), count_column("pieces"), time_column("until"), **MYSQL)

PAY_WITHIN, LIES_FOR = timedelta(hours=2), timedelta(days=10)
HELD, LAID, CALLED, FREED = "HELD", "LAID", "CALLED", "FREED"

_SHELF = select(shelves).where(shelves.c.shelf_id == bindparam("shelf_id"))
_LAID = select(laid).where(laid.c.order_no == bindparam("order_no"))
_LOCK = _LAID.with_for_update()
_TAKE = (
    update(shelves)
    .where(shelves.c.shelf_id == bindparam("of_shelf"), shelves.c.taken + bindparam("by") <= shelves.c.places)
    .values(taken=shelves.c.taken + bindparam("by"))
)
_LEAVE = (
    update(shelves).where(shelves.c.shelf_id == bindparam("of_shelf"), shelves.c.taken >= bindparam("by"))
    .values(taken=shelves.c.taken - bindparam("by"))
)
_MOVE = (
    update(laid)
    .where(laid.c.order_no == bindparam("of_order"), laid.c.state == bindparam("seen_state"),
           laid.c.pieces == bindparam("seen_pieces"))
    .values(state=bindparam("to_state"), pieces=bindparam("to_pieces"))
)


class ShelfNotFound(NotFound):
    code, message = "SHELF_NOT_FOUND", "预留活动不存在"


class PriceStands(RuleBroken):
    code, message = "PRICE_STANDS", "预留订单的价格已经约定，不能修改"


class AddressNotTold(RuleBroken):
    code, message = "ADDRESS_NOT_TOLD", "买家还没有填写收货地址"


class TooLate(RuleBroken):
    code, message = "LAY_AWAY_OVER", "预留时间已过"


@dataclass(frozen=True)
class CalledFor(Event):
    kind: ClassVar[str] = "lay_aways.called_for"
    order_no: str
    member_id: str


class LayAway(Kind):
    name, words, waiting = "LAY_AWAY", "预留", "预留中"
    steps = {"pay_and_wait": "付款成功，商品已预留", "go_on": "已通知发货"}
    owned = {"lay_aways.member_id": "moved"}
    offers = "lay_aways"

    def ask(self, asked: Asked) -> Sequence[Question]:
        return ((_SHELF, {"shelf_id": asked.activity_id}),)

    def terms(self, asked: Asked, rows: Sequence[list[Any]], quantities: Mapping[str, int], settings: Any,
              now: datetime) -> Terms:
        """By twos, four at most; by WeChat alone, and without coupons."""
        shelf = rows[0][0] if rows[0] else None
        if shelf is None or set(quantities) != {shelf.sku_id}:
            raise ShelfNotFound(field=asked.called[0])
        return Terms(
            unit_fen={shelf.sku_id: shelf.price_fen}, pool={shelf.sku_id: shelf.places - shelf.taken},
            limits={shelf.sku_id: Limits(least=2, most=4, multiple=2)}, pay_within=PAY_WITHIN, coupons=False,
            points=False, balance=False, needs_address=False, instalments=_parts(shelf, quantities[shelf.sku_id]),
            found=(shelf, quantities[shelf.sku_id]))

    def columns(self, terms: Terms, new_id: Callable[[str], str], now: datetime) -> dict[str, Any]:
        return {"staff_note": "预留"}

    def hold(self, tx: Tx, order: Mapping[str, Any], terms: Terms, now: datetime) -> None:
        shelf, pieces = terms.found
        tx.insert(laid, order_no=order["order_no"], shelf_id=shelf.shelf_id, member_id=order["member_id"], state=HELD,
                  pieces=pieces, until=now + LIES_FOR)
        tx.write(_TAKE, rows=1, otherwise=OutOfStock(field="lines", sku_id=shelf.sku_id),
                 hot=("shelves", shelf.shelf_id), of_shelf=shelf.shelf_id, by=pieces)

    def ask_payable(self, order: Any) -> Sequence[Question]:
        return ((_LAID, {"order_no": order.order_no}),)

    def payable_until(self, order: Any, rows: Sequence[list[Any]]) -> datetime:
        return rows[0][0].until

    def lapsed(self) -> MallError:
        return TooLate()

    def over(self) -> MallError:
        return TooLate()

    def part_paid(self, tx: Tx, order: Any, part: int, now: datetime) -> bool:
        row = tx.one(_LOCK, order_no=order.order_no)
        return row.state == HELD and row.until > now

    def paid(self, tx: Tx, order: Any, now: datetime) -> Paid:
        row = tx.one(_LOCK, order_no=order.order_no)
        if row.state != HELD or row.until <= now:
            return Paid(After.OVER)
        _move(tx, row, LAID, row.pieces)
        return Paid(After.WAIT)

    def closed(self, tx: Tx, order: Any, now: datetime) -> None:
        row = tx.one(_LOCK, order_no=order.order_no)
        _move(tx, row, FREED, 0)
        _leave(tx, row, row.pieces)

    def given_back(self, tx: Tx, order: Any, decided: Any, now: datetime) -> None:
        row, pieces = tx.one(_LOCK, order_no=order.order_no), sum(each.quantity for each in decided.pieces)
        if row.state != LAID or not pieces:
            return
        _move(tx, row, FREED if decided.closes else LAID, row.pieces - pieces)
        _leave(tx, row, pieces)

    def check_price_change(self, order: Any) -> None:
        raise PriceStands()

    def not_to_ship(self) -> str:
        return "商品还在预留，买家通知后才能发货"

    def says(self, tx: Tx, order: Any, now: datetime) -> str:
        return f"已预留 {tx.one(_LAID, order_no=order.order_no).pieces} 件"

    def messages(self) -> Messages:
        return Messages((CalledFor,), {CalledFor.kind: _told}, {})

    def change_owner(self, tx: Tx, ended_id: str, member_id: str, order_nos: Sequence[str]) -> None:
        for order_no in order_nos:
            tx.write(update(laid).where(
                         laid.c.order_no == bindparam("of_order")).values(member_id=bindparam("to_member")),
                     of_order=order_no, to_member=member_id)

    def audits(self) -> Sequence[Any]:
        return (sys.modules[__name__],)

    def trace(self, tx: Tx, order: Any) -> Sequence[tuple[str, datetime, str, dict[str, Any]]]:
        row = tx.one(_LAID, order_no=order.order_no)
        return [("shelf", order.placed_at, row.shelf_id, {"state": row.state, "pieces": row.pieces})]


def _parts(shelf: Any, pieces: int) -> tuple[Part, ...]:
    """A deposit for each piece, where the shelf asks for one, and the balance in a window of the shelf's own."""
    if not shelf.deposit_fen:
        return ()
    return (Part("deposit", "定金", shelf.deposit_fen * pieces, forfeits=bool(shelf.forfeits)),
            Part("balance", "尾款", opens_at=shelf.balance_from, closes_at=shelf.balance_until))


def call_for(tx: Tx, order_no: str, settings: Any, now: datetime) -> bool:
    """The buyer wants it now: off the shelf, and on to shipping. False when it does not lie there."""
    order = orders.lock_whole(tx, order_no)
    if order.address is None:
        raise AddressNotTold()
    row = tx.one(_LOCK, order_no=order_no)
    if row.state != LAID:
        return False
    _move(tx, row, CALLED, 0)
    _leave(tx, row, row.pieces)
    emit(tx, CalledFor(order_no, order.member_id), now)
    return settle_payment.go_on(tx, order_no, settings, actor="member", now=now)


def _move(tx: Tx, row: Any, state: str, pieces: int) -> None:
    tx.write(_MOVE, rows=1, otherwise=Conflict(), of_order=row.order_no, seen_state=row.state, seen_pieces=row.pieces,
             to_state=state, to_pieces=pieces)


def _leave(tx: Tx, row: Any, pieces: int) -> None:
    tx.write(_LEAVE, rows=1, hot=("shelves", row.shelf_id), of_shelf=row.shelf_id, by=pieces)


def _told(tx: Tx, payload: dict[str, Any]) -> list[Any]:
    order = orders.find(tx, payload["order_no"])
    return [about_order(Template.ORDER_UNPAID, order, order_unpaid(
        order.order_no, thing("预留"), order.pay_fen, order.expires_at))]


# what must always be true

_lying = (
    select(laid.c.shelf_id, func.sum(laid.c.pieces).label("pieces"))
    .where(laid.c.shelf_id.in_(among("keys")))
    .group_by(laid.c.shelf_id)
    .subquery()
)
SUBJECTS = (Subject("shelves", following(shelves.c.shelf_id), "lay_"),)
RULES = (
    Rule("shelf-count", "shelves", ("shelf_id",), "shelf {shelf_id} counts {taken} pieces, and {pieces} lie on it",
         select(shelves.c.shelf_id, shelves.c.taken, func.coalesce(_lying.c.pieces, 0).label("pieces"))
         .join_from(shelves, _lying, _lying.c.shelf_id == shelves.c.shelf_id, isouter=True)
         .where(shelves.c.shelf_id.in_(among("keys")), shelves.c.taken != func.coalesce(_lying.c.pieces, 0))),
)

KIND = LayAway()
