"""Put right the carrier or number of a parcel that is on its way (更正快递信息): told to buyer and WeChat (E11).

WeChat takes one more report of a payment (重新发货 once). Where that is used up, or refused, there is a case.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from mall.domains.cases import store as cases
from mall.domains.fulfilment import rules
from mall.domains.fulfilment import store as fulfilment
from mall.domains.orders import store as orders
from mall.domains.orders.rules import (
    Delivery, NotOnItsWay, OrderNotFound, OrderState, ParcelChanged, ParcelCorrected,
)
from mall.flows.report_shipping import not_corrected
from mall.kit.db import Tx
from mall.kit.outbox import emit
from mall.kit.scope import own


class Corrected(NamedTuple):
    """`wechat`: TOLD (by the next report), NOT_NEEDED, USED_UP (it takes no more)."""

    corrections: int
    wechat: str


def correct(tx: Tx, order_no: str, carrier: str | None, tracking_no: str, seen_tracking_no: str, *, seller_id: str,
            actor: str, now: datetime) -> Corrected:
    """Raises OrderNotFound, NotOnItsWay, UnknownCarrier, BadTrackingNo, ParcelChanged when it has another number than
    the one that was seen. What it has already changes nothing."""
    order = own(orders.lock(tx, order_no), seller_id, OrderNotFound())
    if order.state != OrderState.SHIPPED.value or order.delivery != Delivery.EXPRESS.value:
        raise NotOnItsWay(state=order.state)
    problem = rules.parcel_problem(carrier, tracking_no)
    if problem is not None:
        raise problem
    carrier = rules.carrier_of(carrier)
    shipment = fulfilment.lock_shipment(tx, order_no)
    if shipment.tracking_no != seen_tracking_no:
        raise ParcelChanged(field="seen_tracking_no", tracking_no=shipment.tracking_no, carrier=shipment.carrier)
    again = rules.is_reported_again(shipment.report_state, shipment.reports)
    if (shipment.carrier, shipment.tracking_no) == (carrier, tracking_no):
        return Corrected(shipment.corrections, _wechat(shipment, again))
    number = fulfilment.correct(tx, shipment, carrier, tracking_no, is_reported=again, otherwise=ParcelChanged(),
                                actor=actor, now=now)
    before, after = _words(shipment.carrier, shipment.tracking_no), _words(carrier, tracking_no)
    orders.record(tx, order, "correct_parcel", actor=actor, reason=f"{before} 更正为 {after}", now=now)
    emit(tx, ParcelCorrected(order_no, order.member_id, number), now)
    if _wechat(shipment, again) == "USED_UP":
        cases.open_case(tx, **not_corrected(order), now=now)
    return Corrected(number, _wechat(shipment, again))


def _wechat(shipment: Any, again: bool) -> str:
    if again:
        return "TOLD"
    return "NOT_NEEDED" if shipment.report_state == rules.ReportState.NOT_NEEDED.value else "USED_UP"


def _words(carrier: str | None, tracking_no: str | None) -> str:
    return f"{rules.CARRIERS.get(carrier, carrier or '')} {tracking_no or ''}".strip()
