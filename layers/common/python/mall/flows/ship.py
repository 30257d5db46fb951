"""Ship paid orders (发货): each one is decided under its lock, so that shipping and refunding never both win.

One transaction for the whole list, one outcome for each order: what cannot be shipped is left as it was
and says why, the others go out. (spec E2, E11)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mall.domains.fulfilment import codes, rules
from mall.domains.fulfilment import store as fulfilment
from mall.domains.orders import store as orders
from mall.domains.orders.rules import Delivery, OrderNotFound, OrderReceived, OrderShipped, OrderState
from mall.flows import growth, kinds, order_value, points
from mall.kit.db import Tx
from mall.kit.errors import MallError
from mall.kit.outbox import emit


@dataclass(frozen=True)
class Parcel:
    """What goes out for one order. Virtual goods have neither carrier nor number."""

    order_no: str
    carrier: str | None = None
    tracking_no: str | None = None


def ship(tx: Tx, parcels: list[Parcel], *, seller_id: str, actor: str, now: datetime) -> list[MallError | None]:
    """Ship what can be shipped; for each parcel, in the order given, None or why not: OrderNotFound,
    NotToShip, PickupNotShipped, UnknownCarrier, BadTrackingNo, CodesShort."""
    order_nos = sorted({parcel.order_no for parcel in parcels})
    locked, lines = tx.fetch(orders.ask_lock_several(order_nos), orders.ask_lines_of(order_nos))
    waiting = {order.order_no: order for order in locked if order.seller_id == seller_id}
    outcomes: list[MallError | None] = []
    for parcel in map(_in_form, parcels):
        order = waiting.get(parcel.order_no)
        problem = _problem(order, parcel)
        if problem is None:
            own = [line for line in lines if line.order_no == order.order_no]
            problem = _deliver_missing_codes(tx, order, own, now)
        if problem is None:
            _ship_one(tx, order, parcel, actor=actor, now=now)
            waiting[order.order_no] = order._replace(state=OrderState.SHIPPED.value)  # named twice: refused
        outcomes.append(problem)
    return outcomes


def _in_form(parcel: Parcel) -> Parcel:
    """The parcel as it is kept: the carrier's id, the number in its form."""
    number = parcel.tracking_no and rules.tracking_no_of(parcel.tracking_no)
    return Parcel(parcel.order_no, rules.carrier_of(parcel.carrier or ""), number)


def _problem(order: Any | None, parcel: Parcel) -> MallError | None:
    if order is None:
        return OrderNotFound()
    if order.state != OrderState.TO_SHIP.value:
        return rules.NotToShip.of(order.state, kinds.of(order.kind).not_to_ship())
    try:
        kinds.of(order.kind).check_ship(order)
    except MallError as refused:
        return refused
    if order.delivery == Delivery.PICKUP.value:
        return rules.PickupNotShipped()
    if order.delivery == Delivery.VIRTUAL.value:
        return None
    return rules.parcel_problem(parcel.carrier, parcel.tracking_no)


def _deliver_missing_codes(tx: Tx, order: Any, lines: list[Any], now: datetime) -> MallError | None:
    """Codes that the shop had run out of when the order was paid; no line is delivered in part."""
    found: list[tuple[Any, list[codes.Free]]] = []
    for line in lines:
        missing = _codes_missing(line) if line.is_virtual else 0
        if missing:
            free = codes.free(tx, line.sku_id, missing)
            if len(free) < missing:
                return rules.CodesShort(sku_id=line.sku_id, missing=missing - len(free))
            found.append((line, free))
    for line, free in found:
        codes.keep(tx, line.sku_id, free, order_no=order.order_no, now=now)
        orders.deliver_codes(tx, line.line_id, [*(line.delivered_codes or ()), *(each.code_id for each in free)])
    return None


def _codes_missing(line: Any) -> int:
    """Codes that the line still has to get; what was refunded before gets none."""
    return max(0, line.quantity - line.refunded_quantity - len(line.delivered_codes or ()))


def _ship_one(tx: Tx, order: Any, parcel: Parcel, *, actor: str, now: datetime) -> None:
    express = order.delivery == Delivery.EXPRESS.value
    fulfilment.record_shipment(
        tx, order.order_no, order.delivery, carrier=parcel.carrier if express else None,
        tracking_no=parcel.tracking_no if express else None, report_at=now, now=now)
    orders.move(tx, order, "ship", actor=actor, now=now)
    emit(tx, OrderShipped(order.order_no, order.member_id), now)


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
    problem = _deliver_missing_codes(tx, order, lines, now)
    if problem is not None:
        raise problem
    fulfilment.record_shipment(tx, order.order_no, order.delivery, carrier=None, tracking_no=None, report_at=now,
                               now=now)
    orders.move(tx, order, "pick_up", actor=actor, now=now)
    order_value.end_received(tx, order, lines, wallets, now)
    growth.grow(tx, order, lines, standing, settings, actor=actor, now=now)
    emit(tx, OrderReceived(order.order_no, order.member_id), now)
    return order, lines
