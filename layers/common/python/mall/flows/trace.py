"""The whole story of one order, in the order of time, from what every table says about it. No personal
data: the address is masked, openids and notes stay where they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mall.domains.cases import traces
from mall.domains.members.rules import mask_phone
from mall.domains.orders.rules import OrderNotFound
from mall.kit.db import Tx


@dataclass(frozen=True)
class Entry:
    """One thing that happened: when, in which book, under which number, and the facts."""

    at: datetime
    book: str
    number: str
    what: dict[str, Any]


def trace(tx: Tx, order_no: str, seller_id: str) -> tuple[Any, list[Entry]]:
    """The order's row and its entries. Raises OrderNotFound."""
    order = traces.find(tx, order_no, seller_id)
    if order is None:
        raise OrderNotFound(field="order_no")
    found = traces.around(tx, order)
    entries = [entry for book, rows in found.items() for row in rows for entry in _READ[book](row)]
    return order, sorted(entries, key=lambda entry: (entry.at, entry.book, entry.number))


def masked_address(address: dict[str, str] | None) -> dict[str, str] | None:
    """Where to, without who and without the door."""
    if address is None:
        return None
    return {"name": address["name"][:1] + "**", "phone": mask_phone(address["phone"]),
            "province": address["province"], "city": address["city"], "district": address["district"]}


def _timeline(row: Any) -> list[Entry]:
    return [Entry(row.created_at, "order", row.event_id, {
        "move": row.move, "from": row.from_state, "to": row.to_state, "actor": row.actor, "reason": row.reason})]


def _payment(row: Any) -> list[Entry]:
    facts = {"state": row.state, "channel": row.channel, "amount_fen": row.amount_fen}
    made = [Entry(row.created_at, "payment", row.payment_no, {"step": "created", **facts})]
    if row.paid_at:
        made.append(Entry(row.paid_at, "payment", row.payment_no, {
            "step": "paid", **facts, "refunded_fen": row.refunded_fen, "transaction_id": row.transaction_id}))
    return made


def _refund(row: Any) -> list[Entry]:
    facts = {"state": row.state, "cause": row.cause, "amount_fen": row.amount_fen, "payment_no": row.payment_no,
             "wechat_refund_no": row.wechat_refund_no, "attempts": row.attempts, "problem": row.problem}
    made = [Entry(row.created_at, "refund", row.refund_no, {"step": "decided", **facts})]
    if row.finished_at:
        made.append(Entry(row.finished_at, "refund", row.refund_no, {
            "step": "finished", **facts, "wechat_refund_id": row.wechat_refund_id}))
    return made


def _coupon(row: Any) -> list[Entry]:
    return [Entry(row.used_at or row.created_at, "coupon", row.coupon_id, {
        "state": row.state, "template_id": row.template_id})]


def _seat(row: Any) -> list[Entry]:
    return [Entry(row.changed_at, "seat", row.group_id, {"state": row.state, "is_leader": bool(row.is_leader)})]


def _shipment(row: Any) -> list[Entry]:
    return [Entry(row.created_at, "shipment", row.shipment_id, {
        "delivery": row.delivery, "carrier": row.carrier, "tracking_no": row.tracking_no, "report": row.report_state,
        "report_attempts": row.report_attempts, "problem": row.report_problem})]


def _stock(row: Any) -> list[Entry]:
    return [Entry(row.created_at, "stock", row.entry_id, {
        "move": row.kind, "sku_id": row.sku_id, "warehouse_id": row.warehouse_id, "available": row.available_change,
        "held": row.held_change})]


def _case(row: Any) -> list[Entry]:
    return [Entry(row.created_at, "case", row.case_id, {
        "kind": row.kind, "state": row.state, "reference": row.reference})]


def _event(row: Any) -> list[Entry]:
    return [Entry(row.created_at, "event", row.event_id, {
        "kind": row.kind, "state": row.state, "attempts": row.attempts, "waiting": row.waiting,
        "problem": row.last_error, "request_id": row.request_id})]


def _message(row: Any) -> list[Entry]:
    return [Entry(row.sent_at or row.created_at, "message", row.message_id, {
        "template": row.template, "state": row.state, "attempts": row.attempts, "problem": row.problem})]


_READ = {"timeline": _timeline, "payments": _payment, "refunds": _refund, "coupons": _coupon, "seats": _seat,
         "shipments": _shipment, "entries": _stock, "cases": _case, "events": _event, "messages": _message}
