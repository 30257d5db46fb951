"""Shipments and their reports to WeChat, and pick-up codes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from mall.domains.fulfilment.rules import FLOW, ReportState
from mall.kit.db import Tx, among
from mall.kit.errors import Conflict
from mall.kit.ids import new_id
from mall.tables.trade import orders, shipment_changes, shipments

s = shipments.c
CORRECTED = "corrected"

_SET_PICKUP_CODE = (
    update(orders)
    .where(orders.c.order_no == bindparam("of_order"), orders.c.pickup_code.is_(None))
    .values(pickup_code=bindparam("code"))
)


def set_pickup_code(tx: Tx, order_no: str, code: str) -> None:
    """The code that the buyer shows at the store (提货码)."""
    tx.write(_SET_PICKUP_CODE, rows=1, of_order=order_no, code=code)


def record_shipment(tx: Tx, order_no: str, delivery: str, *, carrier: str | None, tracking_no: str | None,
                    report_at: datetime, now: datetime) -> str:
    """One shipment per order, to be reported to WeChat. Raises Conflict when there is one already."""
    shipment_id = new_id("shp")
    tx.insert(shipments, duplicate=Conflict(), shipment_id=shipment_id, order_no=order_no, delivery=delivery,
              carrier=carrier, tracking_no=tracking_no, report_state=ReportState.PENDING.value, report_attempts=0,
              report_at=report_at, report_problem=None, corrections=0, corrected_at=None, reports=0, created_at=now)
    return shipment_id


def lock_shipment(tx: Tx, order_no: str) -> Any | None:
    """The order's shipment, locked until the end; its order is locked before."""
    return tx.one(_LOCK_OF_ORDER, order_no=order_no)


def correct(tx: Tx, shipment: Any, carrier: str, tracking_no: str, *, is_reported: bool, otherwise: Exception,
            actor: str, now: datetime) -> int:
    """Another carrier and number of a parcel; those before are kept. `is_reported`: WeChat is told as soon as nobody is
    telling it. Returns the number of this correction."""
    number = shipment.corrections + 1
    tx.insert(shipment_changes, change_id=new_id("spc"), shipment_id=shipment.shipment_id, order_no=shipment.order_no,
              correction=number, carrier=shipment.carrier, tracking_no=shipment.tracking_no, changed_by=actor,
              created_at=now)
    again = {"again_state": FLOW.target("report_again"), "again_at": shipment.report_at or now}
    kept = {"again_state": shipment.report_state, "again_at": shipment.report_at}
    tx.write(_CORRECT, rows=1, otherwise=otherwise, of_shipment=shipment.shipment_id, seen_corrections=number - 1,
             seen_state=shipment.report_state, new_carrier=carrier, new_tracking_no=tracking_no, at=now,
             **(again if is_reported else kept))
    return number


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


def finish_report(tx: Tx, shipment: Any, verb: str, problem: str | None = None) -> str:
    """End a pending report along one move: report, skip or refuse; returns its state. CORRECTED when the parcel was
    corrected while WeChat was told: it stays to be told again."""
    state = FLOW.target(verb)
    if verb == "report":
        tx.write(_COUNT_REPORT, rows=1, of_shipment=shipment.shipment_id)
    changed = tx.change(_FINISH_REPORT, of_shipment=shipment.shipment_id, from_states=FLOW.sources(verb),
                        seen_corrections=shipment.corrections, to_state=state, why=problem)
    return state if changed else CORRECTED


_OF_ORDER = select(shipments).where(s.order_no == bindparam("order_no"))
_LOCK_OF_ORDER = _OF_ORDER.with_for_update()
_CORRECT = (
    update(shipments)
    .where(s.shipment_id == bindparam("of_shipment"), s.corrections == bindparam("seen_corrections"),
           s.report_state == bindparam("seen_state"))
    .values(carrier=bindparam("new_carrier"), tracking_no=bindparam("new_tracking_no"), corrections=s.corrections + 1,
            corrected_at=bindparam("at"), report_state=bindparam("again_state"), report_at=bindparam("again_at"),
            report_attempts=0)
)
_COUNT_REPORT = update(shipments).where(s.shipment_id == bindparam("of_shipment")).values(reports=s.reports + 1)
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
    .where(s.shipment_id == bindparam("of_shipment"), s.report_state.in_(among("from_states")),
           s.corrections == bindparam("seen_corrections"))
    .values(report_state=bindparam("to_state"), report_problem=bindparam("why"), report_at=None)
)
