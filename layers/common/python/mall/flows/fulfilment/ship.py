"""Ship paid orders (发货), whole or in parts (拆单发货): each one is decided under its lock, so that of shipping,
refunding and another clerk only one has a piece.

One transaction for the whole list, one outcome for each parcel: what cannot be shipped is left as it was
and says why, the others go out. An order is shipped with its last parcel. (spec E2, E11)
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mall.domains.fulfilment import codes, rules
from mall.domains.fulfilment import store as fulfilment
from mall.domains.fulfilment.store import Piece
from mall.domains.orders import store as orders
from mall.domains.orders.pieces import cancelled, owed
from mall.domains.orders.rules import Delivery, OrderNotFound, OrderReceived, OrderShipped, OrderState
from mall.domains.payments import store as payments
from mall.domains.pricing.rules import LineNotInOrder
from mall.flows import kinds
from mall.flows.money import order_value, points
from mall.flows.people import growth
from mall.kit.bounds import MAX_PARCELS
from mall.kit.db import Tx
from mall.kit.errors import Conflict, MallError
from mall.kit.outbox import emit


@dataclass(frozen=True)
class Parcel:
    """What goes out of one order. `pieces`: by line id how many, None for all that is owed of it; no pieces: all
    that is owed. Virtual goods have neither carrier nor number."""

    order_no: str
    carrier: str | None = None
    tracking_no: str | None = None
    pieces: tuple[tuple[str, int | None], ...] | None = None


@dataclass(frozen=True)
class Waiting:
    """A locked order, with its lines and all parcels that it ever had. `outside`: where it has several, the places of
    WeChat's list that orders of its payment need which are not being shipped here."""

    order: Any
    lines: list[Any]
    parcels: list[Any]
    outside: int = 0

    @property
    def places(self) -> int:
        """In the list that WeChat has of its payment."""
        return fulfilment.places_of(self.parcels)


def ship(tx: Tx, parcels: list[Parcel], *, seller_id: str, actor: str, now: datetime) -> list[MallError | None]:
    """Ship what can be shipped; for each parcel, in the order given, None or why not: OrderNotFound, NotToShip,
    PickupNotShipped, UnknownCarrier, BadTrackingNo, NotSplit, ParcelSent, TooManyParcels, LineNotInOrder,
    MoreThanOwed, CodesShort."""
    times = Counter(parcel.order_no for parcel in parcels)
    waiting = _lock(tx, sorted(times), seller_id, {order_no for order_no, many in times.items() if many > 1})
    outcomes: list[MallError | None] = []
    for parcel in map(_in_form, parcels):
        try:
            waiting[parcel.order_no] = _ship_one(
                tx, waiting.get(parcel.order_no), parcel, _beside(waiting, parcel.order_no), actor=actor, now=now)
            outcomes.append(None)
        except MallError as problem:
            outcomes.append(problem)
    return outcomes


def _lock(tx: Tx, order_nos: list[str], seller_id: str, again: set[str]) -> dict[str, Waiting]:
    """`again`: those that are to have several parcels at once."""
    locked, lines, parcels = tx.fetch(
        orders.ask_lock_several(order_nos), orders.ask_lines_of(order_nos), fulfilment.ask_parcels(order_nos))
    own = [order for order in locked if order.seller_id == seller_id]
    split = {order.payment_no for order in own if order.payment_no
             and (order.order_no in again or any(each.order_no == order.order_no for each in parcels))}
    outside = _outside(tx, sorted(split), {order.order_no for order in own})
    return {order.order_no: Waiting(order, [line for line in lines if line.order_no == order.order_no],
                                    [each for each in parcels if each.order_no == order.order_no],
                                    outside.get(order.payment_no, 0))
            for order in own}


def _outside(tx: Tx, payment_nos: list[str], own: set[str]) -> dict[str, int]:
    """Of these payments, locked so that shops which split their orders of one at the same moment add up: the places
    that orders need which are not `own`."""
    found: dict[str, int] = {}
    if payment_nos:
        _, places = tx.fetch(payments.ask_lock_several(payment_nos), fulfilment.ask_places(payment_nos))
        for row in places:
            if row.order_no not in own:
                found[row.payment_no] = found.get(row.payment_no, 0) + max(1, row.places)
    return found


def _beside(waiting: dict[str, Waiting], order_no: str) -> int:
    """The places that other orders of its payment need: one for each that has no parcel yet."""
    own = waiting.get(order_no)
    if own is None or not own.order.payment_no:
        return 0
    return own.outside + sum(max(1, each.places) for each in waiting.values() if each is not own
                             and each.order.payment_no == own.order.payment_no
                             and each.order.delivery == Delivery.EXPRESS.value)


def _in_form(parcel: Parcel) -> Parcel:
    """The parcel as it is kept: the carrier's id, the number in its form."""
    number = parcel.tracking_no and rules.tracking_no_of(parcel.tracking_no)
    return Parcel(parcel.order_no, rules.carrier_of(parcel.carrier or ""), number, parcel.pieces)


def _ship_one(tx: Tx, waiting: Waiting | None, parcel: Parcel, beside: int, *, actor: str, now: datetime) -> Waiting:
    """The order as the parcel leaves it. Raises why it cannot go out, and nothing is written then."""
    waiting = _check(waiting, parcel, beside)
    order = waiting.order
    chosen = _chosen(waiting.lines, parcel)
    _deliver_missing_codes(tx, order, [line for line in waiting.lines if line.line_id in chosen], now)
    express = order.delivery == Delivery.EXPRESS.value
    after = _send(tx, waiting, chosen, carrier=parcel.carrier if express else None,
                  tracking_no=parcel.tracking_no if express else None, report_at=now, now=now)
    if any(owed(line) for line in after.lines):
        orders.record(tx, order, "ship_part", actor=actor, reason=_words(parcel, chosen), now=now)
    else:
        orders.move(tx, order, "ship", actor=actor, now=now)
        after = replace(after, order=order._replace(state=OrderState.SHIPPED.value))
    emit(tx, OrderShipped(order.order_no, order.member_id, len(after.parcels)), now)
    return after


def _check(waiting: Waiting | None, parcel: Parcel, beside: int) -> Waiting:
    if waiting is None:
        raise OrderNotFound()
    order = waiting.order
    if order.state != OrderState.TO_SHIP.value:
        raise rules.NotToShip.of(order.state, kinds.of(order.kind).not_to_ship())
    kinds.of(order.kind).check_ship(order)
    if order.delivery == Delivery.PICKUP.value:
        raise rules.PickupNotShipped()
    if order.delivery == Delivery.VIRTUAL.value:
        if parcel.pieces is not None:
            raise rules.NotSplit(field="lines")
        return waiting
    problem = rules.parcel_problem(parcel.carrier, parcel.tracking_no)
    if problem is not None:
        raise problem
    living = fulfilment.living(waiting.parcels)
    if any(each.tracking_no == parcel.tracking_no for each in living):
        raise rules.ParcelSent(field="tracking_no")
    if waiting.parcels and waiting.places + beside >= MAX_PARCELS:
        raise rules.TooManyParcels(most=MAX_PARCELS)
    return waiting


def _chosen(lines: list[Any], parcel: Parcel) -> dict[str, int]:
    """How many pieces of each line go out. Codes take no room: those that are owed go along with any parcel."""
    left = {line.line_id: owed(line) for line in lines}
    wanted = left if parcel.pieces is None else _wanted(lines, left, parcel.pieces)
    chosen = {line_id: quantity for line_id, quantity in wanted.items() if quantity}
    if not chosen:
        raise rules.MoreThanOwed("这些商品没有待发的数量，请刷新后核对", field="lines")
    return chosen


def _wanted(lines: list[Any], left: dict[str, int], pieces: tuple[tuple[str, int | None], ...]) -> dict[str, int]:
    """The pieces that were asked for, and the codes that go along."""
    wanted = {line.line_id: left[line.line_id] for line in lines if line.is_virtual and left[line.line_id]}
    codes_alone = set(wanted)
    for line_id, quantity in pieces:
        if line_id not in left:
            raise LineNotInOrder(field="lines", line_id=line_id)
        if line_id not in codes_alone:
            wanted[line_id] = wanted.get(line_id, 0) + (left[line_id] if quantity is None else quantity)
    for line_id, quantity in wanted.items():
        if quantity > left[line_id]:
            raise rules.MoreThanOwed(field="lines", line_id=line_id, left=left[line_id])
    return wanted


def _words(parcel: Parcel, chosen: dict[str, int]) -> str:
    return f"{sum(chosen.values())} 件，{rules.CARRIERS[parcel.carrier]} {parcel.tracking_no}"


def _send(tx: Tx, waiting: Waiting, chosen: dict[str, int], *, carrier: str | None, tracking_no: str | None,
          report_at: datetime, now: datetime) -> Waiting:
    """One more parcel of an order with these pieces, counted at their lines."""
    number = len(waiting.parcels) + 1
    lines = _with_cancelled(tx, waiting.lines)
    going = [line for line in lines if chosen.get(line.line_id)]
    fulfilment.record_shipment(
        tx, waiting.order, [Piece(line.line_id, line.warehouse_id, chosen[line.line_id]) for line in going],
        parcel=number, carrier=carrier, tracking_no=tracking_no, report_at=report_at, now=now)
    for line in going:
        orders.ship_pieces(tx, line, chosen[line.line_id], otherwise=Conflict())
    after = [line._replace(shipped_quantity=line.shipped_quantity + chosen.get(line.line_id, 0)) for line in lines]
    return replace(waiting, lines=after, parcels=[*waiting.parcels, _Sent(number, tracking_no)])


def _with_cancelled(tx: Tx, lines: list[Any]) -> list[Any]:
    """What was cancelled is written down before anything is shipped: lines of before the count have it only as
    refunded and not shipped."""
    for line in lines:
        if line.cancelled_quantity != cancelled(line):
            orders.ship_pieces(tx, line, 0, otherwise=Conflict())
    return [line._replace(cancelled_quantity=cancelled(line)) for line in lines]


@dataclass(frozen=True)
class _Sent:
    """A parcel that this transaction writes, as far as the next one of the same order asks about it."""

    parcel: int
    tracking_no: str | None
    withdrawn_at: datetime | None = None
    told_wrong: bool = False


def send_all(tx: Tx, order: Any, lines: list[Any], *, report_at: datetime, now: datetime) -> None:
    """All of a locked order that is owed leaves the shop at once, without a carrier: over the counter, or as codes."""
    _send(tx, Waiting(order, lines, []), {line.line_id: owed(line) for line in lines}, carrier=None, tracking_no=None,
          report_at=report_at, now=now)


def _deliver_missing_codes(tx: Tx, order: Any, lines: list[Any], now: datetime) -> None:
    """Codes that the shop had run out of when the order was paid; no line is delivered in part. Raises CodesShort."""
    found: list[tuple[Any, list[codes.Free]]] = []
    for line in lines:
        missing = _codes_missing(line) if line.is_virtual else 0
        if missing:
            free = codes.free(tx, line.sku_id, missing)
            if len(free) < missing:
                raise rules.CodesShort(sku_id=line.sku_id, missing=missing - len(free))
            found.append((line, free))
    for line, free in found:
        codes.keep(tx, line.sku_id, free, order_no=order.order_no, now=now)
        orders.deliver_codes(tx, line.line_id, [*(line.delivered_codes or ()), *(each.code_id for each in free)])


def _codes_missing(line: Any) -> int:
    """Codes that the line still has to get; what was refunded before gets none."""
    return max(0, line.quantity - line.refunded_quantity - len(line.delivered_codes or ()))


def hand_over(tx: Tx, code: str, settings: Any, *, seller_id: str, actor: str, now: datetime) -> tuple[Any, list[Any]]:
    """Hand the goods of a pick-up order over the counter, once (自提核销); returns the order as it was, and its lines.
    Raises WrongPickupCode, CodesShort."""
    order_no = fulfilment.pickup_order_no(tx, code, seller_id)
    order = orders.lock(tx, order_no) if order_no else None
    if order is None or order.state != OrderState.TO_SHIP.value:
        raise rules.WrongPickupCode(field="code")
    kinds.of(order.kind).check_ship(order)
    lines, wallets, *standing = tx.fetch(
        orders.ask_lines(order.order_no), points.ask_wallet(order.member_id), *growth.ask(order.member_id))
    _deliver_missing_codes(tx, order, lines, now)
    send_all(tx, order, lines, report_at=now, now=now)
    orders.move(tx, order, "pick_up", actor=actor, now=now)
    order_value.end_received(tx, order, lines, wallets, now)
    growth.grow(tx, order, lines, standing, settings, actor=actor, now=now)
    emit(tx, OrderReceived(order.order_no, order.member_id), now)
    return order, lines
