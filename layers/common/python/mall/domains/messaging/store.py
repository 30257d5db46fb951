"""Consents and messages, and what messages tell of (read from the tables of others). Spec I1, I2."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, func, select, update

from mall.domains.messaging.rules import FLOW, LEASE, NO_CONSENT, Message, MessageState, Outcome
from mall.domains.messaging.tells import Channel
from mall.kit.db import Tx, among
from mall.kit.ids import new_id
from mall.kit.postponed import not_postponed
from mall.tables.marketing import coupon_templates, coupons
from mall.tables.reach import message_consents, messages
from mall.tables.people import member_identities, members
from mall.tables.trade import (
    instalments, order_lines, orders, refund_requests, refunds, shipment_lines, shipments,
)

PENDING = MessageState.PENDING.value
TO_PAY = ("UNPAID", "PART_PAID")
REMINDING = "remind"  # what a failed order is postponed for
MOST_CONSENTS = 1_000  # of one template: a client that counts on and on changes nothing any more

_ONE_MORE = (
    update(message_consents)
    .where(message_consents.c.member_id == bindparam("of_member"),
           message_consents.c.template == bindparam("of_template"), message_consents.c.remaining < MOST_CONSENTS)
    .values(remaining=message_consents.c.remaining + 1, changed_at=bindparam("now"))
)
_ONE_LESS = (
    update(message_consents)
    .where(message_consents.c.member_id == bindparam("of_member"),
           message_consents.c.template == bindparam("of_template"), message_consents.c.remaining > 0)
    .values(remaining=message_consents.c.remaining - 1)
)
_NONE_LEFT = (
    update(message_consents)
    .where(message_consents.c.member_id == bindparam("of_member"),
           message_consents.c.template == bindparam("of_template"),
           message_consents.c.changed_at <= bindparam("asked_at"))
    .values(remaining=0)
)
_CONSENTS = select(message_consents).where(message_consents.c.member_id.in_(among("member_ids")),
                                           message_consents.c.template == bindparam("of_template"),
                                           message_consents.c.remaining > 0)
_CONSENTS_OF = (
    select(message_consents.c.template, message_consents.c.remaining, message_consents.c.changed_at)
    .where(message_consents.c.member_id == bindparam("member_id"))
    .order_by(message_consents.c.template)
)

_LIVING = select(members.c.member_id, members.c.merged_into).where(
    members.c.member_id.in_(among("member_ids")), members.c.merged_into.is_not(None))

_owner = func.coalesce(members.c.merged_into, messages.c.member_id)  # who it is by now
_DUE = (
    select(*[column for column in messages.c if column.name != "member_id"], _owner.label("member_id"),
           member_identities.c.openid)
    .join_from(messages, members, members.c.member_id == messages.c.member_id, isouter=True)
    .join(member_identities,
          and_(member_identities.c.member_id == _owner, member_identities.c.appid == bindparam("appid")), isouter=True)
    .where(messages.c.state == PENDING, messages.c.send_at <= bindparam("now"))
    .order_by(messages.c.send_at, messages.c.message_id)
    .limit(bindparam("most"))
)
_LEASE = (
    update(messages)
    .where(messages.c.message_id == bindparam("of_message"), messages.c.state == PENDING,
           messages.c.send_at == bindparam("seen_send_at"))
    .values(send_at=bindparam("lease_until"), attempts=messages.c.attempts + 1)
)
_SETTLE = (
    update(messages)
    .where(messages.c.message_id == bindparam("of_message"), messages.c.state.in_(FLOW.sources("send")))
    .values(state=bindparam("to_state"), problem=bindparam("why"), send_at=bindparam("next_send_at"),
            sent_at=bindparam("at"), channel=bindparam("by_channel"))
)
_PUT_OFF = (
    update(messages)
    .where(messages.c.message_id == bindparam("of_message"), messages.c.state == PENDING,
           messages.c.send_at == bindparam("seen_send_at"))
    .values(send_at=bindparam("until"))
)

_due_part = instalments.alias()  # of an order that is paid in parts: whose turn it is
_due = (_due_part.c.order_no == orders.c.order_no, _due_part.c.state == "UNPAID")
_next_number = select(func.min(_due_part.c.number)).where(*_due).correlate(orders).scalar_subquery()
_next_fen = select(_due_part.c.amount_fen).where(*_due).order_by(_due_part.c.number).limit(1).correlate(orders)
_TO_PAY_NOW = (
    func.coalesce(case((orders.c.instalments > 0, _next_number)), 1).label("due_part"),
    func.coalesce(case((orders.c.instalments > 0, _next_fen.scalar_subquery())), orders.c.pay_fen).label("due_fen"),
)
_ORDER = (
    select(orders.c.order_no, orders.c.member_id, orders.c.state, orders.c.delivery, orders.c.pay_fen,
           orders.c.expires_at, orders.c.placed_at, orders.c.paid_at, orders.c.shipped_at, *_TO_PAY_NOW)
    .where(orders.c.order_no == bindparam("order_no"))
)
_PART = select(instalments.c.amount_fen, instalments.c.paid_at).where(
    instalments.c.order_no == bindparam("order_no"), instalments.c.number == bindparam("part"))
_LINES = (
    select(order_lines.c.title, order_lines.c.quantity, order_lines.c.refunded_quantity)
    .where(order_lines.c.order_no == bindparam("order_no"))
    .order_by(order_lines.c.line_id)
)
_one = orders.alias("one_of_them")
_checkout = select(_one.c.checkout_id).where(_one.c.order_no == bindparam("order_no")).scalar_subquery()
_TOGETHER = (
    select(orders.c.order_no, orders.c.member_id, orders.c.state, orders.c.pay_fen, orders.c.expires_at,
           orders.c.placed_at, orders.c.paid_at, *_TO_PAY_NOW)
    .where(orders.c.checkout_id == _checkout).order_by(orders.c.order_no)
)
_LINES_TOGETHER = (
    select(order_lines.c.order_no, order_lines.c.title, order_lines.c.quantity, order_lines.c.refunded_quantity)
    .join_from(order_lines, orders, orders.c.order_no == order_lines.c.order_no)
    .where(orders.c.checkout_id == _checkout).order_by(order_lines.c.order_no, order_lines.c.line_id)
)
_SHIPMENT = select(shipments).where(
    shipments.c.order_no == bindparam("order_no"), shipments.c.parcel == bindparam("parcel"))
_IN_PARCEL = (
    select(order_lines.c.title, func.sum(shipment_lines.c.quantity).label("quantity"))
    .join_from(shipment_lines, order_lines, shipment_lines.c.line_id == order_lines.c.line_id)
    .where(shipment_lines.c.shipment_id == bindparam("shipment_id"))
    .group_by(order_lines.c.line_id, order_lines.c.title)
    .order_by(order_lines.c.line_id)
)
_REFUND = select(refunds).where(refunds.c.refund_no == bindparam("refund_no"))
_REQUEST = select(refund_requests).where(refund_requests.c.request_id == bindparam("request_id"))
_COUPON = (
    select(coupons.c.state, coupons.c.valid_until, coupon_templates.c.title, coupon_templates.c.kind,
           coupon_templates.c.document)
    .join_from(coupons, coupon_templates, coupons.c.template_id == coupon_templates.c.template_id)
    .where(coupons.c.coupon_id == bindparam("coupon_id"))
)
_UNPAID = (
    select(orders.c.order_no, orders.c.expires_at)
    .where(orders.c.state == bindparam("state"), orders.c.unpaid_reminded.is_(False),
           orders.c.expires_at > bindparam("now"), orders.c.expires_at <= bindparam("until"),
           not_postponed(REMINDING, orders.c.order_no))
    .order_by(orders.c.expires_at)
    .limit(bindparam("most"))
)


# consents

def record_consent(tx: Tx, member_id: str, template: str, now: datetime) -> None:
    """The buyer allowed one more message of this template."""
    tx.insert_if_absent(message_consents, member_id=member_id, template=template, remaining=0, changed_at=now)
    tx.write(_ONE_MORE, of_member=member_id, of_template=template, now=now)


def ask_consents(member_id: str) -> tuple[Any, dict[str, str]]:
    """How many messages of each template the member still allows."""
    return _CONSENTS_OF, {"member_id": member_id}


def consents_of(tx: Tx, member_id: str) -> dict[str, int]:
    """How many messages of each template the member still allows."""
    return {row.template: row.remaining for row in tx.all(_CONSENTS_OF, member_id=member_id)}


def consenting(tx: Tx, template: str, member_ids: list[str]) -> set[str]:
    """Which of the members allow at least one message of this template."""
    return {row.member_id for row in tx.all(_CONSENTS, of_template=template, member_ids=member_ids)}


# messages

def put(tx: Tx, message: Message, channel: Channel | None, now: datetime) -> None:
    """Write the message down, unless this member was told of this subject before. `channel`: the one that reaches the
    member; None: none does, and the row says so."""
    state, problem = (MessageState.PENDING, None) if channel else (MessageState.SKIPPED, NO_CONSENT)
    tx.insert_if_absent(messages, message_id=new_id("msg"), member_id=message.member_id,
                        template=message.template.value, once_key=message.once_key, page=message.page,
                        fields=message.fields, facts=message.facts, state=state.value, problem=problem, attempts=0,
                        request_id=tx.request_id, send_at=now, created_at=now, sent_at=None,
                        channel=(channel or Channel.SUBSCRIBE).value)


def due(tx: Tx, appid: str, now: datetime, most: int) -> list:
    """Messages to be sent now, each with the member's `openid` in this mini program, or None."""
    return tx.all(_DUE, appid=appid, now=now, most=most)


def lease(tx: Tx, message: Any, now: datetime) -> bool:
    """Take one message for sending; False when another sender has it."""
    return tx.change(_LEASE, of_message=message.message_id, seen_send_at=message.send_at,
                     lease_until=now + LEASE) == 1


def settle(tx: Tx, message: Any, outcome: Outcome, now: datetime) -> None:
    tx.write(_SETTLE, of_message=message.message_id, to_state=outcome.state.value, why=outcome.problem,
             next_send_at=outcome.send_at or now, at=now if outcome.state is MessageState.SENT else None,
             by_channel=outcome.channel.value if outcome.channel else message.channel)


def put_off(tx: Tx, message: Any, until: datetime) -> bool:
    """Let it wait, which is no try; False when another sender has it."""
    return tx.change(_PUT_OFF, of_message=message.message_id, seen_send_at=message.send_at, until=until) == 1


def spend_consent(tx: Tx, member_id: str, template: str) -> None:
    tx.write(_ONE_LESS, of_member=member_id, of_template=template)


def forget_consents(tx: Tx, member_id: str, template: str, asked_at: datetime) -> None:
    """WeChat says that none is left: ours are gone too, but for one given since it was asked."""
    tx.write(_NONE_LEFT, of_member=member_id, of_template=template, asked_at=asked_at)


# what messages tell of

def order(tx: Tx, order_no: str) -> tuple[Any, list]:
    """The order (None when there is none) and its lines."""
    found, lines = tx.fetch((_ORDER, {"order_no": order_no}), (_LINES, {"order_no": order_no}))
    return (found[0] if found else None), lines


def together(tx: Tx, order_no: str) -> tuple[list, list]:
    """The orders of the order's checkout, by number, and the lines of all of them."""
    found, lines = tx.fetch((_TOGETHER, {"order_no": order_no}), (_LINES_TOGETHER, {"order_no": order_no}))
    return found, lines


def part(tx: Tx, order_no: str, number: int) -> Any:
    """One of the parts that an order is paid in."""
    return tx.one(_PART, order_no=order_no, part=number)


def shipment(tx: Tx, order_no: str, parcel: int) -> Any | None:
    return tx.one(_SHIPMENT, order_no=order_no, parcel=parcel)


def in_parcel(tx: Tx, shipment_id: str) -> list[Any]:
    """Title and pieces of each line that a parcel holds."""
    return tx.all(_IN_PARCEL, shipment_id=shipment_id)


def refund(tx: Tx, refund_no: str) -> Any | None:
    return tx.one(_REFUND, refund_no=refund_no)


def refund_request(tx: Tx, request_id: str) -> Any | None:
    return tx.one(_REQUEST, request_id=request_id)


def coupon(tx: Tx, coupon_id: str) -> Any | None:
    return tx.one(_COUPON, coupon_id=coupon_id)


def unpaid_until(tx: Tx, until: datetime, now: datetime, most: int) -> list[str]:
    """Orders that close before `until` unless what is due is paid, and whose buyers were not reminded of it yet."""
    found = tx.fetch(*((_UNPAID, {"state": state, "until": until, "now": now, "most": most}) for state in TO_PAY))
    rows = sorted((row for rows in found for row in rows), key=lambda row: row.expires_at)
    return [row.order_no for row in rows[:most]]


# who it is by now

def living(tx: Tx, member_ids: list[str]) -> dict[str, str]:
    """Who these members are by now, of those that have become another one."""
    return {row.member_id: row.merged_into for row in tx.all(_LIVING, member_ids=member_ids)}
