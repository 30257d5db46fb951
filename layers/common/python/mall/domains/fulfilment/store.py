"""Parcels, what is in them and what WeChat is told of them, and pick-up codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, func, or_, select, true, update

from mall.domains.fulfilment.rules import FLOW, ReportState
from mall.kit.db import Instant, Tx, among
from mall.kit.errors import Conflict
from mall.kit.ids import new_id
from mall.tables.trade import orders, payment_lines, shipment_changes, shipment_lines, shipments

CORRECTED, WITH_REST = "corrected", "with_rest"

_SET_PICKUP_CODE = (
    update(orders)
    .where(orders.c.order_no == bindparam("of_order"), orders.c.pickup_code.is_(None))
    .values(pickup_code=bindparam("code"))
)


def set_pickup_code(tx: Tx, order_no: str, code: str) -> None:
    """The code that the buyer shows at the store (提货码)."""
    tx.write(_SET_PICKUP_CODE, rows=1, of_order=order_no, code=code)


class Piece(NamedTuple):
    """So many pieces of a line, taken from a warehouse."""

    line_id: str
    warehouse_id: str
    quantity: int


def record_shipment(tx: Tx, order: Any, pieces: Iterable[Piece], *, parcel: int, carrier: str | None,
                    tracking_no: str | None, report_at: datetime, now: datetime) -> str:
    """A parcel of a locked order, the `parcel`th, to be reported to WeChat. Raises Conflict when there is such a one.
    """
    shipment_id = new_id("shp")
    tx.insert(shipments, duplicate=Conflict(), shipment_id=shipment_id, order_no=order.order_no, parcel=parcel,
              delivery=order.delivery, carrier=carrier, tracking_no=tracking_no,
              report_state=ReportState.PENDING.value, report_attempts=0, report_at=report_at, report_problem=None,
              corrections=0, corrected_at=None, reports=0, told_at=None, told_wrong=False, created_at=now,
              withdrawn_at=None, withdrawn_by=None)
    for piece in pieces:
        tx.insert(shipment_lines, shipment_id=shipment_id, order_no=order.order_no, **piece._asdict())
    return shipment_id


def lock_parcels(tx: Tx, order_no: str) -> list[Any]:
    """All parcels that the order ever had, locked until the end; its order is locked before."""
    return tx.all(_LOCK_OF_ORDER, order_no=order_no)


def living(parcels: Iterable[Any]) -> list[Any]:
    """Those that were not withdrawn."""
    return [each for each in parcels if each.withdrawn_at is None]


def reports_of(parcels: Iterable[Any]) -> int:
    """How often WeChat was told that all of their order has gone out; once, of a parcel of before this was counted."""
    return sum(1 if _is_told_uncounted(each) else each.reports for each in parcels)


def _is_told_uncounted(shipment: Any) -> bool:
    return shipment.report_state == ReportState.REPORTED.value and not shipment.reports and shipment.told_at is None


def may_be_told(shipment: Any) -> bool:
    """Whether WeChat has heard of this parcel, or may just be hearing of it."""
    return shipment.told_at is not None or shipment.reports > 0 or shipment.report_attempts > 0


def withdraw(tx: Tx, shipment: Any, *, told_wrong: bool, otherwise: Exception, actor: str, now: datetime) -> None:
    """A parcel does not go out after all; what WeChat was to be told of it, it is not told any more."""
    waits = shipment.report_state == ReportState.PENDING.value
    tx.write(_WITHDRAW, rows=1, otherwise=otherwise, of_shipment=shipment.shipment_id,
             seen_corrections=shipment.corrections, seen_state=shipment.report_state, at=now, by=actor,
             wrong=shipment.told_wrong or told_wrong,
             new_state=FLOW.target("skip") if waits else shipment.report_state)


def report_anew(tx: Tx, order_no: str, now: datetime) -> None:
    """Tell WeChat of the order's parcels once more."""
    tx.write(_REPORT_ANEW, of_order=order_no, from_states=FLOW.sources("report_again"),
             to_state=FLOW.target("report_again"), at=now)


def correct(tx: Tx, shipment: Any, carrier: str, tracking_no: str, *, is_reported: bool, told_wrong: bool,
            otherwise: Exception, actor: str, now: datetime) -> int:
    """Another carrier and number of a parcel; those before are kept. `is_reported`: WeChat is told as soon as nobody is
    telling it; `told_wrong`: it lists the number of before. Returns the number of this correction."""
    number = shipment.corrections + 1
    tx.insert(shipment_changes, change_id=new_id("spc"), shipment_id=shipment.shipment_id, order_no=shipment.order_no,
              correction=number, carrier=shipment.carrier, tracking_no=shipment.tracking_no, changed_by=actor,
              created_at=now)
    again = {"again_state": FLOW.target("report_again"), "again_at": shipment.report_at or now}
    kept = {"again_state": shipment.report_state, "again_at": shipment.report_at}
    tx.write(_CORRECT, rows=1, otherwise=otherwise, of_shipment=shipment.shipment_id, seen_corrections=number - 1,
             seen_state=shipment.report_state, new_carrier=carrier, new_tracking_no=tracking_no, at=now,
             wrong=shipment.told_wrong or told_wrong,
             **(again if is_reported else kept))
    return number


def ask_parcels(order_nos: Sequence[str]):
    """The question for all parcels of these orders, those that were withdrawn too, in the order they went out."""
    return _OF_ORDERS, {"order_nos": order_nos}


def places_of(parcels: Iterable[Any]) -> int:
    """How many places they take of WeChat's list: of those that were withdrawn, where it lists them still."""
    return sum(each.withdrawn_at is None or each.told_wrong for each in parcels)


def ask_places(payment_nos: Sequence[str]):
    """The question for the places that the open orders of these payments take, where a carrier brings them."""
    return _PLACES, {"payment_nos": payment_nos}


def ask_pieces(order_nos: Sequence[str]):
    """The question for what is in them."""
    return _PIECES_OF_ORDERS, {"order_nos": order_nos}


def pickup_order_no(tx: Tx, code: str, seller_id: str) -> str | None:
    """The seller's order that has this pick-up code, in whatever state it is."""
    row = tx.one(_BY_PICKUP_CODE, code=code, seller_id=seller_id)
    return row.order_no if row else None


# the report to WeChat


def due_reports(tx: Tx, now: datetime, most: int) -> list:
    """Orders whose parcels WeChat should be told of now, by the one that has waited longest."""
    by_order: dict[str, Any] = {}
    for row in tx.all(_DUE_REPORTS, now=now, most=most):
        by_order.setdefault(row.order_no, row)
    return list(by_order.values())


def lease_report(tx: Tx, shipment: Any, now: datetime, next_report_at: datetime) -> bool:
    """Take the report of an order's parcels; False when another instance has it."""
    return tx.change(_LEASE_REPORT, of_order=shipment.order_no, now=now, next_report_at=next_report_at) > 0


def finish_report(tx: Tx, parcels: Sequence[Any], verb: str, problem: str | None = None, *, says_all: bool = False,
                  told_at: datetime | None = None) -> str:
    """End the pending report of these parcels along one move: report, skip or refuse; returns its state. `says_all`:
    WeChat took it that all of their orders has gone out. CORRECTED when one of them was corrected or joined while
    WeChat was told: it stays to be told again."""
    state = FLOW.target(verb)
    if says_all:
        for first in {each.order_no: each for each in reversed(parcels)}.values():
            tx.write(_COUNT_REPORT, rows=1, of_shipment=first.shipment_id)
    changed = [tx.change(_FINISH_REPORT, of_shipment=each.shipment_id, from_states=FLOW.sources(verb),
                         seen_corrections=each.corrections, to_state=state, why=problem, at=told_at)
               for each in parcels if each.report_state in FLOW.sources(verb)]
    return state if all(changed) else CORRECTED


def report_with_rest(tx: Tx, parcels: Sequence[Any]) -> str:
    """They are told with the report that says that all has gone out, and not before."""
    for each in parcels:
        tx.write(_REPORT_LATER, of_shipment=each.shipment_id)
    return WITH_REST


_LOCK_OF_ORDER = (
    select(shipments)
    .where(shipments.c.order_no == bindparam("order_no"))
    .order_by(shipments.c.parcel)
    .with_for_update()
)
_WITHDRAW = (
    update(shipments)
    .where(shipments.c.shipment_id == bindparam("of_shipment"), shipments.c.withdrawn_at.is_(None),
           shipments.c.corrections == bindparam("seen_corrections"),
           shipments.c.report_state == bindparam("seen_state"))
    .values(withdrawn_at=bindparam("at"), withdrawn_by=bindparam("by"), report_state=bindparam("new_state"),
            told_wrong=bindparam("wrong"), report_at=None)
)
_REPORT_ANEW = (
    update(shipments)
    .where(shipments.c.order_no == bindparam("of_order"), shipments.c.withdrawn_at.is_(None),
           shipments.c.report_state.in_(among("from_states")))
    .values(report_state=bindparam("to_state"), report_at=bindparam("at"), report_attempts=0)
)
_CORRECT = (
    update(shipments)
    .where(shipments.c.shipment_id == bindparam("of_shipment"),
           shipments.c.corrections == bindparam("seen_corrections"),
           shipments.c.report_state == bindparam("seen_state"), shipments.c.withdrawn_at.is_(None))
    .values(carrier=bindparam("new_carrier"), tracking_no=bindparam("new_tracking_no"),
            corrections=shipments.c.corrections + 1, corrected_at=bindparam("at"),
            report_state=bindparam("again_state"), report_at=bindparam("again_at"), report_attempts=0,
            told_wrong=bindparam("wrong"))
)
_COUNT_REPORT = (
    update(shipments)
    .where(shipments.c.shipment_id == bindparam("of_shipment"))
    .values(reports=shipments.c.reports + 1)
)
_OF_ORDERS = (
    select(shipments)
    .where(shipments.c.order_no.in_(among("order_nos")))
    .order_by(shipments.c.order_no, shipments.c.parcel)
)
_PLACES = (
    select(payment_lines.c.payment_no, orders.c.order_no, func.count(shipments.c.shipment_id).label("places"))
    .join_from(payment_lines, orders, orders.c.order_no == payment_lines.c.order_no)
    .join(shipments, and_(shipments.c.order_no == orders.c.order_no,
                          or_(shipments.c.withdrawn_at.is_(None), shipments.c.told_wrong == true())), isouter=True)
    .where(payment_lines.c.payment_no.in_(among("payment_nos")), orders.c.payment_no == payment_lines.c.payment_no,
           orders.c.state != "CLOSED", orders.c.delivery == "EXPRESS")
    .group_by(payment_lines.c.payment_no, orders.c.order_no)
)
_PIECES_OF_ORDERS = (
    select(shipment_lines).where(shipment_lines.c.order_no.in_(among("order_nos")))
    .order_by(shipment_lines.c.order_no, shipment_lines.c.shipment_id, shipment_lines.c.line_id,
              shipment_lines.c.warehouse_id)
)
_BY_PICKUP_CODE = select(orders.c.order_no).where(
    orders.c.pickup_code == bindparam("code"), orders.c.seller_id == bindparam("seller_id"))
_DUE_REPORTS = (
    select(shipments)
    .where(shipments.c.report_state == ReportState.PENDING.value, shipments.c.report_at <= bindparam("now"))
    .order_by(shipments.c.report_at)
    .limit(bindparam("most"))
)
_LEASE_REPORT = (
    update(shipments)
    .where(shipments.c.order_no == bindparam("of_order"), shipments.c.report_state == ReportState.PENDING.value,
           shipments.c.report_at <= bindparam("now"))
    .values(report_at=bindparam("next_report_at"), report_attempts=shipments.c.report_attempts + 1)
)
_FINISH_REPORT = (
    update(shipments)
    .where(shipments.c.shipment_id == bindparam("of_shipment"),
           shipments.c.report_state.in_(among("from_states")), shipments.c.corrections == bindparam("seen_corrections"))
    .values(report_state=bindparam("to_state"), report_problem=bindparam("why"), report_at=None,
            told_at=func.coalesce(bindparam("at", type_=Instant()), shipments.c.told_at))
)
_REPORT_LATER = (
    update(shipments)
    .where(shipments.c.shipment_id == bindparam("of_shipment"), shipments.c.report_state == ReportState.PENDING.value)
    .values(report_at=None, report_attempts=0)
)
