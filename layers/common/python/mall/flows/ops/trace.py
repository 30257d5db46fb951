"""The whole story of one order, in the order of time, from what every table says about it. No personal
data: the address is masked, openids and notes stay where they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from mall.domains.cases import traces
from mall.domains.coupons.rules import used_in
from mall.domains.ledger.rules import shown_to
from mall.domains.members.rules import mask_name, mask_phone
from mall.domains.orders.rules import OrderNotFound
from mall.flows import kinds
from mall.kit import outbox
from mall.kit.db import Tx
from mall.kit.idempotency import key_hash, listener_scope

BOOKS = ("order", "coupon", "stock", "payment", "ledger", "refund", "shipment", "growth", "audit", "event",
         "delivery", "message", "case")  # as they follow from one another at one instant


@dataclass(frozen=True)
class Entry:
    """One thing that happened: when, in which book, under which number, and the facts."""

    at: datetime
    book: str
    number: str
    what: dict[str, Any]


def trace(tx: Tx, order_no: str, seller_id: str,
          listeners_of: Callable[[str], list[str]]) -> tuple[Any, list[Entry]]:
    """The order's row and its entries. `listeners_of`: who hears events of a kind. Raises OrderNotFound."""
    order = traces.find(tx, order_no, seller_id)
    if order is None:
        raise OrderNotFound(field="order_no")
    kind = kinds.shown(order.kind)
    found = traces.around(tx, order, kind.about(order))
    entries = _deliveries(tx, found["events"], listeners_of) + _movements(
        shown_to(seller_id, found.pop("ledger")))
    found["coupons"] = [row for row in found["coupons"] if row.coupon_id in used_in(order.price)]
    entries += _events(tx, found.pop("events"))
    entries += [entry for book, rows in found.items() for row in rows for entry in _READ[book](row)]
    entries += [Entry(at, book, number, facts) for book, at, number, facts in kind.trace(tx, order)]
    return order, sorted(entries, key=lambda entry: (entry.at, _place(entry.book), entry.number))


def _place(book: str) -> float:
    """A kind's own book comes behind the order."""
    return BOOKS.index(book) if book in BOOKS else 0.5


def masked_address(address: dict[str, str] | None) -> dict[str, str] | None:
    """Where to, without who and without the door."""
    if address is None:
        return None
    return {"name": mask_name(address["name"]), "phone": mask_phone(address["phone"]),
            "province": address["province"], "city": address["city"], "district": address["district"]}


def _timeline(row: Any) -> list[Entry]:
    return [Entry(row.created_at, "order", row.event_id, {
        "move": row.move, "from": row.from_state, "to": row.to_state, "actor": row.actor, "reason": row.reason})]


def _payment(row: Any) -> list[Entry]:
    facts = {"state": row.state, "channel": row.channel, "amount_fen": row.for_order_fen}
    made = [Entry(row.created_at, "payment", row.payment_no, {
        "step": "created", **facts, "prepaid": row.prepay_id or row.code_url or row.h5_url, "asked": row.asked})]
    if row.paid_at:
        paid_at = max(row.paid_at, row.created_at)  # WeChat tells whole seconds
        made.append(Entry(paid_at, "payment", row.payment_no, {
            "step": "paid", **facts, "transaction_id": row.transaction_id}))
    return made


def _refund(row: Any) -> list[Entry]:
    facts = {"state": row.state, "cause": row.cause, "amount_fen": row.amount_fen, "balance_fen": row.balance_fen,
             "payment_no": row.payment_no, "wechat_refund_no": row.wechat_refund_no, "attempts": row.attempts,
             "problem": row.problem}
    made = [Entry(row.created_at, "refund", row.refund_no, {"step": "decided", **facts})]
    if row.finished_at:
        made.append(Entry(row.finished_at, "refund", row.refund_no, {
            "step": "finished", **facts, "wechat_refund_id": row.wechat_refund_id, "settled_how": row.settled_how,
            "settled_number": row.settled_number}))
    return made


def _coupon(row: Any) -> list[Entry]:
    return [Entry(row.used_at or row.created_at, "coupon", row.coupon_id, {
        "state": row.state, "template_id": row.template_id})]


def _shipment(row: Any) -> list[Entry]:
    return [Entry(row.created_at, "shipment", row.shipment_id, {
        "delivery": row.delivery, "carrier": row.carrier, "tracking_no": row.tracking_no, "report": row.report_state,
        "report_attempts": row.report_attempts, "problem": row.report_problem, "withdrawn": bool(row.withdrawn_at)})]


def _growth(row: Any) -> list[Entry]:
    return [Entry(row.created_at, "growth", row.reference, {"reason": row.reason, "amount": row.amount,
                                                            "year": row.year})]


def _stock(row: Any) -> list[Entry]:
    return [Entry(row.created_at, "stock", row.entry_id, {
        "move": row.kind, "sku_id": row.sku_id, "warehouse_id": row.warehouse_id, "available": row.available_change,
        "held": row.held_change})]


def _case(row: Any) -> list[Entry]:
    return [Entry(row.created_at, "case", row.case_id, {
        "kind": row.kind, "state": row.state, "reference": row.reference})]


def _events(tx: Tx, events: list[Any]) -> list[Entry]:
    """What was told, and which listeners have not heard it yet, with the last problem: DONE when all have."""
    rows = outbox.undelivered(tx, [row.event_id for row in events])
    left = {event_id: list(same) for event_id, same in groupby(rows, lambda row: row.event_id)}
    return [_event(row, left.get(row.event_id, [])) for row in events]


def _event(row: Any, left: list[Any]) -> Entry:
    states = [each.state for each in left]
    state = next((each for each in ("PARKED", "PENDING") if each in states), row.state)
    problem = next((f"{each.listener}: {each.last_error}" for each in left if each.last_error), row.last_error)
    return Entry(row.created_at, "event", row.event_id, {
        "kind": row.kind, "state": state, "attempts": max([row.attempts, *[each.attempts for each in left]]),
        "waiting": [each.listener for each in left], "problem": problem, "request_id": row.request_id})


def _message(row: Any) -> list[Entry]:
    return [Entry(row.sent_at or row.created_at, "message", row.message_id, {
        "template": row.template, "state": row.state, "attempts": row.attempts, "problem": row.problem,
        "request_id": row.request_id})]


def _audit(row: Any) -> list[Entry]:
    return [Entry(row.created_at, "audit", row.entry_id, {
        "action": row.action, "actor_id": row.actor_id, "request_id": row.request_id})]


def _movements(legs: list[Any]) -> list[Entry]:
    """One entry for each movement of the ledger: account and amount of its legs."""
    return [Entry(same[0].created_at, "ledger", reference, {
        "reason": same[0].reason, "legs": [[leg.account, leg.amount, leg.about] for leg in same]})
            for reference, same in ((key, list(legs)) for key, legs in groupby(legs, lambda leg: leg.reference))]


def _deliveries(tx: Tx, events: list[Any], listeners_of: Callable[[str], list[str]]) -> list[Entry]:
    """When each listener heard each event: from the keys under which they hear one but once."""
    keys = {key_hash(listener_scope(listener), event.event_id): (event, listener)
            for event in events for listener in listeners_of(event.kind)}
    return [Entry(at, "delivery", keys[key][0].event_id, {"kind": keys[key][0].kind, "listener": keys[key][1]})
            for key, at in traces.heard(tx, list(keys)).items()]


_READ = {"timeline": _timeline, "payments": _payment, "refunds": _refund, "coupons": _coupon,
         "shipments": _shipment, "growth": _growth, "entries": _stock, "cases": _case,
         "messages": _message, "audit": _audit}
