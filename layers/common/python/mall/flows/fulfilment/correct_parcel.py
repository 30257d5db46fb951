"""Put right the carrier or number of a parcel that is on its way (更正快递信息), or take it back (撤回包裹) because it
did not go out after all; buyer and WeChat are told (E2, E11).

WeChat takes one more list of parcels of a payment (重新发货 once). Where that is used up, or refused, there is a case.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any, NamedTuple

from mall.domains.cases import store as cases
from mall.domains.fulfilment import rules
from mall.domains.fulfilment import store as fulfilment
from mall.domains.orders import store as orders
from mall.domains.orders.pieces import UNSHIPPED, cancelled_by_withdrawal, owed
from mall.domains.orders.rules import (
    Delivery, NotOnItsWay, OrderNotFound, OrderState, ParcelChanged, ParcelCorrected,
)
from mall.domains.refunds import store as refunds
from mall.domains.stock import store as stock
from mall.domains.stock.rules import by_place
from mall.flows.fulfilment.report_shipping import not_corrected
from mall.kit.db import Tx
from mall.kit.errors import Conflict
from mall.kit.outbox import emit
from mall.kit.scope import own

ON_ITS_WAY = (OrderState.TO_SHIP.value, OrderState.SHIPPED.value)


class Corrected(NamedTuple):
    """`wechat`: TOLD (by the next report), NOT_NEEDED, USED_UP (it takes no more)."""

    corrections: int
    wechat: str


def correct(tx: Tx, order_no: str, carrier: str | None, tracking_no: str, seen_tracking_no: str, *, seller_id: str,
            actor: str, now: datetime) -> Corrected:
    """Raises OrderNotFound, NotOnItsWay, UnknownCarrier, BadTrackingNo, ParcelSent, ParcelChanged when no parcel has
    the number that was seen. What it has already changes nothing."""
    order, parcels = _lock(tx, order_no, seller_id)
    problem = rules.parcel_problem(carrier, tracking_no)
    if problem is not None:
        raise problem
    carrier, living = rules.carrier_of(carrier), fulfilment.living(parcels)
    shipment = next((each for each in living if each.tracking_no == seen_tracking_no), None)
    if shipment is None:
        raise ParcelChanged(field="seen_tracking_no", tracking_no=living[-1].tracking_no, carrier=living[-1].carrier)
    if any(each.tracking_no == tracking_no and each is not shipment for each in living):
        raise rules.ParcelSent(field="tracking_no")
    reports = fulfilment.reports_of(parcels)
    again = rules.is_reported_again(shipment.report_state, reports)
    if (shipment.carrier, shipment.tracking_no) == (carrier, tracking_no):
        return Corrected(shipment.corrections, _wechat(shipment, again))
    number = fulfilment.correct(tx, shipment, carrier, tracking_no, is_reported=again,
                                told_wrong=_is_told_in_part(shipment, reports), otherwise=ParcelChanged(),
                                actor=actor, now=now)
    before, after = _words(shipment.carrier, shipment.tracking_no), _words(carrier, tracking_no)
    orders.record(tx, order, "correct_parcel", actor=actor, reason=f"{before} 更正为 {after}", now=now)
    emit(tx, ParcelCorrected(order_no, order.member_id, number, shipment.parcel), now)
    return Corrected(number, _told_or_case(tx, order, shipment, again, now))


class Withdrawn(NamedTuple):
    """The order's state before and after. `wechat`: TOLD (with what goes out instead), NOT_NEEDED, USED_UP."""

    before: str
    state: str
    wechat: str


def withdraw(tx: Tx, order_no: str, tracking_no: str, *, seller_id: str, actor: str, now: datetime) -> Withdrawn:
    """Take a parcel back before it was received: its pieces are to be shipped again, those that were refunded since
    are back in stock. Raises OrderNotFound, NotOnItsWay, ParcelNotFound."""
    order, parcels = _lock(tx, order_no, seller_id)
    shipment = next((each for each in fulfilment.living(parcels) if each.tracking_no == tracking_no), None)
    if shipment is None:
        raise rules.ParcelNotFound(field="tracking_no")
    reports = fulfilment.reports_of(parcels)
    again = rules.is_reported_again(shipment.report_state, reports)
    fulfilment.withdraw(tx, shipment, told_wrong=_is_told_in_part(shipment, reports),
                        otherwise=ParcelChanged(field="tracking_no"), actor=actor, now=now)
    is_owed = _take_back(tx, order, shipment, actor=actor, now=now)
    reason = _words(shipment.carrier, shipment.tracking_no)
    if is_owed and order.state not in UNSHIPPED:
        state = orders.move(tx, order, "withdraw_parcel", actor=actor, reason=reason, now=now)
    else:
        state = order.state
        orders.record(tx, order, "withdraw_parcel", actor=actor, reason=reason, now=now)
    if state == OrderState.SHIPPED.value and again:  # nothing goes out instead
        fulfilment.report_anew(tx, order_no, now)
    return Withdrawn(order.state, state, _told_or_case(tx, order, shipment, again, now))


def _lock(tx: Tx, order_no: str, seller_id: str) -> tuple[Any, list[Any]]:
    """An order with a parcel on its way, and all parcels it ever had. Raises OrderNotFound, NotOnItsWay."""
    order = own(orders.lock(tx, order_no), seller_id, OrderNotFound())
    parcels = fulfilment.lock_parcels(tx, order_no)
    is_sent = order.delivery == Delivery.EXPRESS.value and order.state in ON_ITS_WAY
    if not is_sent or not fulfilment.living(parcels):
        raise NotOnItsWay(state=order.state)
    return order, parcels


def _take_back(tx: Tx, order: Any, shipment: Any, *, actor: str, now: datetime) -> bool:
    """The pieces of the parcel are at home again; whether anything of the order is to be shipped now."""
    lines, pieces = tx.fetch(orders.ask_lines(order.order_no), fulfilment.ask_pieces([order.order_no]))
    held: Counter[str] = Counter()
    for piece in pieces:
        if piece.shipment_id == shipment.shipment_id:
            held[piece.line_id] += piece.quantity
    # a parcel of before parcels had lines was counted nowhere: what was refunded since is what comes back
    back = Counter() if held else Counter(refunds.pieces_since(tx, order.order_no, shipment.created_at))
    left = 0
    for line in lines:
        quantity = held[line.line_id]
        cancels = cancelled_by_withdrawal(line, quantity) if quantity else 0
        left += owed(line) + quantity - cancels
        if quantity:
            orders.ship_pieces(tx, line, -quantity, otherwise=Conflict(), cancels=cancels)
        back[line.line_id] += cancels
    for place in by_place((line.sku_id, line.warehouse_id, back[line.line_id]) for line in lines
                          if back[line.line_id] and not line.delivered_codes):
        stock.give_back(tx, *place, refund_no=shipment.shipment_id, actor=actor, now=now)
    return left > 0


def _is_told_in_part(shipment: Any, reports: int) -> bool:
    """Whether WeChat lists it beside what is still to come: its list only grows until all has gone out."""
    return not reports and fulfilment.may_be_told(shipment)


def _told_or_case(tx: Tx, order: Any, shipment: Any, again: bool, now: datetime) -> str:
    wechat = _wechat(shipment, again)
    if wechat == "USED_UP":
        cases.open_case(tx, **not_corrected(order), now=now)
    return wechat


def _wechat(shipment: Any, again: bool) -> str:
    if again:
        return "TOLD"
    return "NOT_NEEDED" if shipment.report_state == rules.ReportState.NOT_NEEDED.value else "USED_UP"


def _words(carrier: str | None, tracking_no: str | None) -> str:
    return f"{rules.CARRIERS.get(carrier, carrier or '')} {tracking_no or ''}".strip()
