"""All rows that tell of one order, whatever table they stand in: read only, for flows.trace."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Text, and_, bindparam, or_, select, type_coerce

from mall.kit.db import Tx, among
from mall.kit.idempotency import idempotency_keys
from mall.kit.ledger import ledger_entries
from mall.kit.outbox import outbox_events
from mall.tables.goods import stock_entries
from mall.tables.marketing import coupons
from mall.tables.reach import messages
from mall.tables.people import audit_entries, growth_entries
from mall.tables.trade import (
    cases, order_events, order_lines, orders, payment_lines, payments, refunds, shipments,
)

MOST = 500  # rows of each kind
REFUNDS = 5  # of an order, whose own numbers are looked for in the audit log
EVENT, MESSAGE, AUDIT = "evt_", "msg_", "aud_"
STAMP = slice(4, 14)  # the time in an id

_ORDER = select(orders).where(orders.c.order_no == bindparam("order_no"), orders.c.seller_id == bindparam("seller_id"))
_TIMELINE = (
    select(order_events).where(order_events.c.order_no == bindparam("order_no"))
    .order_by(order_events.c.event_id).limit(MOST)
)
_LINES = select(order_lines.c.line_id).where(order_lines.c.order_no == bindparam("order_no"))
_PAYMENTS = (
    select(payments, payment_lines.c.amount_fen.label("for_order_fen"))
    .join_from(payments, payment_lines, payment_lines.c.payment_no == payments.c.payment_no)
    .where(payment_lines.c.order_no == bindparam("order_no"))
    .order_by(payments.c.payment_no).limit(MOST)
)
_REFUNDS = (
    select(refunds)
    .where(or_(refunds.c.order_no == bindparam("order_no"),
               and_(refunds.c.order_no.is_(None), refunds.c.payment_no.in_(
                   select(payment_lines.c.payment_no).where(payment_lines.c.order_no == bindparam("order_no"))))))
    .order_by(refunds.c.refund_no).limit(MOST)
)
_first, _its = orders.alias("first_order"), orders.alias("its_checkout")
_COUPONS = (  # a coupon has the number of the first order of its checkout
    select(coupons)
    .join_from(_its, _first, _first.c.checkout_id == _its.c.checkout_id)
    .join(coupons, coupons.c.order_no == _first.c.order_no)
    .where(_its.c.order_no == bindparam("order_no"))
    .order_by(coupons.c.coupon_id)
)
_SHIPMENT = select(shipments).where(shipments.c.order_no == bindparam("order_no")).order_by(shipments.c.parcel)
_GROWTH = (
    select(growth_entries).where(growth_entries.c.order_no == bindparam("order_no"))
    .order_by(growth_entries.c.entry_id).limit(MOST)
)
_ENTRIES = (
    select(stock_entries).where(stock_entries.c.reference.in_(among("references")))
    .order_by(stock_entries.c.entry_id).limit(MOST)
)
_CASES = select(cases).where(cases.c.reference.in_(among("references"))).order_by(cases.c.case_id).limit(MOST)
_EVENTS = (
    select(outbox_events)
    .where(outbox_events.c.event_id >= bindparam("since"), or_(
        *[type_coerce(outbox_events.c.payload, Text).like(bindparam(f"like_{name}")) for name in ("order", "kind")]))
    .order_by(outbox_events.c.event_id).limit(MOST)
)
_MESSAGES = (
    select(messages)
    .where(messages.c.member_id == bindparam("member_id"), messages.c.message_id >= bindparam("since"))
    .order_by(messages.c.message_id).limit(MOST)
)
_LEDGER = (
    select(ledger_entries)
    .where(ledger_entries.c.reference.in_(select(ledger_entries.c.reference)
                                          .where(ledger_entries.c.about.in_(among("numbers")))))
    .order_by(ledger_entries.c.created_at, ledger_entries.c.reference, ledger_entries.c.leg).limit(MOST)
)
_AUDIT = (
    select(audit_entries)
    .where(audit_entries.c.entry_id >= bindparam("since"),
           or_(*[type_coerce(audit_entries.c.target, Text)
                 .like(bindparam(f"like_{name}")) for name in ("order", *range(REFUNDS))]))
    .order_by(audit_entries.c.entry_id).limit(MOST)
)
_HEARD = select(idempotency_keys.c.key_hash, idempotency_keys.c.created_at).where(
    idempotency_keys.c.key_hash.in_(among("key_hashes")), idempotency_keys.c.answer.is_not(None))


def find(tx: Tx, order_no: str, seller_id: str) -> Any | None:
    return tx.one(_ORDER, order_no=order_no, seller_id=seller_id)


def around(tx: Tx, order: Any, beside: str | None) -> dict[str, list]:
    """{"timeline": rows, "payments": rows, ...}: what stands beside the order, each in key order. `beside`: another id
    under which events and messages tell of it."""
    key = {"order_no": order.order_no}
    names = ("timeline", "lines", "payments", "refunds", "coupons", "shipments", "growth")
    found = dict(zip(names, tx.fetch(*[(question, key) for question in (
        _TIMELINE, _LINES, _PAYMENTS, _REFUNDS, _COUPONS, _SHIPMENT, _GROWTH)]), strict=True))
    numbers = [order.order_no, *[row.refund_no for row in found["refunds"]]]
    about = [*numbers, *[row.payment_no for row in found["payments"]], *[row.line_id for row in found.pop("lines")]]
    entries, opened, told, sent, moved, did = tx.fetch(
        (_ENTRIES, {"references": numbers}), (_CASES, {"references": about}),
        (_EVENTS, {"since": EVENT + order.order_no[STAMP], **_likes(order, beside)}),
        (_MESSAGES, {"since": MESSAGE + order.order_no[STAMP], "member_id": order.member_id}),
        (_LEDGER, {"numbers": about}),
        (_AUDIT, {"since": AUDIT + order.order_no[STAMP], **_audit_likes(numbers)}))
    keys = {*numbers, *([beside] if beside else [])}
    sent = [row for row in sent if any(each in row.once_key for each in keys)]
    return found | {"entries": entries, "cases": opened, "events": told, "messages": sent, "ledger": moved,
                    "audit": did}


def heard(tx: Tx, key_hashes: list[str]) -> dict[str, Any]:
    """When each of these deliveries was heard, by its key; those that were not are left out."""
    return {row.key_hash: row.created_at for row in tx.all(_HEARD, key_hashes=key_hashes)} if key_hashes else {}


def _audit_likes(numbers: list[str]) -> dict[str, str]:
    """The order's own number and those of its first refunds: what staff did with either belongs to its story."""
    kept = {f"like_{at}": f'%"{number}"%' for at, number in enumerate(numbers[1:REFUNDS + 1])}
    nothing = {f"like_{at}": "" for at in range(REFUNDS)}
    return {"like_order": f'%"{numbers[0]}"%', **nothing, **kept}


def _likes(order: Any, beside: str | None) -> dict[str, str]:
    return {"like_order": f'%"{order.order_no}"%', "like_kind": f'%"{beside or order.order_no}"%'}
