"""Shipments and their reports to WeChat, pick-up codes and the codes of virtual goods."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from mall.domains.fulfilment.rules import FLOW, ReportState
from mall.kit.db import Tx, among
from mall.kit.errors import Conflict
from mall.kit.ids import new_id
from mall.tables.trade import orders, shipments, virtual_codes

v, s = virtual_codes.c, shipments.c

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
    free = free_codes(tx, sku_id, quantity)
    if free:
        keep_codes(tx, free, order_no=order_no, now=now)
    return [row.code for row in free]


def free_codes(tx: Tx, sku_id: str, most: int) -> list:
    """Codes that no order has, locked for this one."""
    return tx.all(_FREE_CODES, sku_id=sku_id, most=most)


def keep_codes(tx: Tx, free: list, *, order_no: str, now: datetime) -> None:
    """These codes are the order's from now on."""
    tx.write(_TAKE_CODES, rows=len(free), otherwise=Conflict(), code_ids=[row.code_id for row in free],
             for_order=order_no, at=now)


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


def ask_shipment(order_no: str):
    """The question for an order's shipment: none or one."""
    return _OF_ORDER, {"order_no": order_no}


def shipments_of(tx: Tx, order_nos: list[str]) -> list[Any]:
    return tx.all(_OF_ORDERS, order_nos=order_nos)


def pickup_order_no(tx: Tx, code: str, seller_id: str) -> str | None:
    """The seller's order that has this pick-up code, in whatever state it is."""
    row = tx.one(_BY_PICKUP_CODE, code=code, seller_id=seller_id)
    return row.order_no if row else None


# the report to WeChat


def due_reports(tx: Tx, now: datetime, most: int) -> list:
    """Shipments that WeChat should be told of now."""
    return tx.all(_DUE_REPORTS, now=now, most=most)


def lease_report(tx: Tx, shipment: Any, next_report_at: datetime) -> bool:
    """Take one report; False when another instance has it."""
    return tx.change(_LEASE_REPORT, of_shipment=shipment.shipment_id, seen_report_at=shipment.report_at,
                     next_report_at=next_report_at) == 1


def finish_report(tx: Tx, shipment_id: str, verb: str, problem: str | None = None) -> str:
    """End a pending report along one move: report, skip or refuse; returns its state."""
    state = FLOW.target(verb)
    tx.write(_FINISH_REPORT, rows=1, of_shipment=shipment_id, from_states=FLOW.sources(verb), to_state=state,
             why=problem)
    return state


_OF_ORDER = select(shipments).where(s.order_no == bindparam("order_no"))
_OF_ORDERS = select(shipments).where(s.order_no.in_(among("order_nos")))
_BY_PICKUP_CODE = select(orders.c.order_no).where(
    orders.c.pickup_code == bindparam("code"), orders.c.seller_id == bindparam("seller_id"))
_DUE_REPORTS = (
    select(shipments)
    .where(s.report_state == ReportState.PENDING.value, s.report_at <= bindparam("now"))
    .order_by(s.report_at)
    .limit(bindparam("most"))
)
_LEASE_REPORT = (
    update(shipments)
    .where(s.shipment_id == bindparam("of_shipment"), s.report_state == ReportState.PENDING.value,
           s.report_at == bindparam("seen_report_at"))
    .values(report_at=bindparam("next_report_at"), report_attempts=s.report_attempts + 1)
)
_FINISH_REPORT = (
    update(shipments)
    .where(s.shipment_id == bindparam("of_shipment"), s.report_state.in_(among("from_states")))
    .values(report_state=bindparam("to_state"), report_problem=bindparam("why"), report_at=None)
)
