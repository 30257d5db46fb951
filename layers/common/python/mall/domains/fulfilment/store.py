"""Shipments, pick-up codes and the codes of virtual goods."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from mall.domains.fulfilment.rules import ReportState
from mall.kit.db import Tx, among
from mall.kit.errors import Conflict
from mall.kit.ids import new_id
from mall.tables.trade import orders, shipments, virtual_codes

v = virtual_codes.c

_FREE_CODES = (
    select(v.code_id, v.code)
    .where(v.sku_id == bindparam("sku_id"), v.order_no.is_(None))
    .order_by(v.code_id)
    .limit(bindparam("most"))
    .with_for_update()
)
_TAKE_CODES = (
    update(virtual_codes)
    .where(v.code_id.in_(among("code_ids")), v.order_no.is_(None))
    .values(order_no=bindparam("for_order"), delivered_at=bindparam("at"))
)
_SET_PICKUP_CODE = (
    update(orders)
    .where(orders.c.order_no == bindparam("of_order"), orders.c.pickup_code.is_(None))
    .values(pickup_code=bindparam("code"))
)


def take_codes(tx: Tx, sku_id: str, quantity: int, *, order_no: str, now: datetime) -> list[str]:
    """Deliver codes of a virtual SKU to an order; fewer than asked for when the shop has run out."""
    free = tx.all(_FREE_CODES, sku_id=sku_id, most=quantity)
    if free:
        tx.write(_TAKE_CODES, rows=len(free), otherwise=Conflict(), code_ids=[row.code_id for row in free],
                 for_order=order_no, at=now)
    return [row.code for row in free]


def set_pickup_code(tx: Tx, order_no: str, code: str) -> None:
    """The code that the buyer shows at the store (提货码)."""
    tx.write(_SET_PICKUP_CODE, rows=1, of_order=order_no, code=code)


def record_shipment(tx: Tx, order_no: str, delivery: str, *, carrier: str | None, tracking_no: str | None,
                    report_at: datetime, now: datetime) -> str:
    """One shipment per order, to be reported to WeChat. Raises Conflict when there is one already."""
    shipment_id = new_id("shp")
    tx.insert(shipments, duplicate=Conflict(), shipment_id=shipment_id, order_no=order_no, delivery=delivery,
              carrier=carrier, tracking_no=tracking_no, report_state=ReportState.PENDING.value, report_attempts=0,
              report_at=report_at, report_problem=None, created_at=now)
    return shipment_id


def shipment_of(tx: Tx, order_no: str) -> Any | None:
    return tx.one(_OF_ORDER, order_no=order_no)


_OF_ORDER = select(shipments).where(shipments.c.order_no == bindparam("order_no"))
