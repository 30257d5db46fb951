"""From what happened to what the buyer reads: one message per member and event, where it is allowed (I2)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from mall.domains.coupons.rules import CouponExpiring, CouponState
from mall.domains.messaging import followers, store, templates, tells
from mall.domains.messaging.rules import Message, about_order, about_parcel, about_part, set_up
from mall.domains.messaging.tells import Channel, Template
from mall.domains.messaging.values import goods_name
from mall.domains.orders import due
from mall.domains.orders.checkouts import to_pay_for
from mall.domains.orders.rules import TO_PAY, OrderPaid, OrderPartPaid, OrderShipped, ParcelCorrected
from mall.domains.refunds.requests import RefundRequestRefused
from mall.domains.refunds.rules import RefundFinished
from mall.flows import kinds
from mall.kit.db import Tx

ORDERS = "pages/orders/orders"
OF_KINDS = [said for said in (kind.messages() for kind in kinds.every()) if said is not None]
HEARD = [OrderPaid, OrderPartPaid, OrderShipped, ParcelCorrected, CouponExpiring, RefundFinished,
         RefundRequestRefused,
         *(event for said in OF_KINDS for event in said.heard)]


class Reach(NamedTuple):
    """By what the shop reaches its members."""

    channels: list[str]  # the first that is open to a member is tried first
    web_appid: str  # the service account; "": there is none


def reach_of(ctx: Any) -> Reach:
    return Reach(ctx.settings.message_channels, ctx.world.deployment.wechat_web_appid)


def compose(tx: Tx, kind: str, payload: dict[str, Any], reach: Reach, now: datetime) -> None:
    """The messages of one event, each PENDING, or SKIPPED where no channel is open to the member. What an event tells
    of was committed with it; where it is gone all the same, nobody needs to hear of it."""
    _put(tx, _COMPOSERS[kind](tx, payload), reach, now)


def unpaid_to_remind(tx: Tx, minutes: int, now: datetime, most: int) -> list[str]:
    return store.unpaid_until(tx, now + timedelta(minutes=minutes), now, most)


def remind_unpaid(tx: Tx, order_no: str, reach: Reach, now: datetime) -> bool:
    """Remind the buyer of an order that will close, and of all that is to be paid with it now; False when it was paid,
    closed or told before."""
    if not due.mark_unpaid_reminded(tx, order_no):
        return False
    found, lines = store.together(tx, order_no)
    unpaid = [each for each in found if each.state in TO_PAY]
    first = unpaid[0]
    facts = tells.order_unpaid(first.order_no, _goods(_of(unpaid, lines)), sum(each.due_fen for each in unpaid),
                               min(each.expires_at for each in unpaid))
    told = replace(_about_all(Template.ORDER_UNPAID, unpaid, facts), subject=about_part(first.order_no, first.due_part))
    _put(tx, [told], reach, now)
    return True


def _put(tx: Tx, messages: list[Message], reach: Reach, now: datetime) -> None:
    if not messages:
        return
    living = store.living(tx, [each.member_id for each in messages])
    messages = [replace(each, member_id=living.get(each.member_id, each.member_id)) for each in messages]
    reached = open_channels(tx, messages[0].template.value, [each.member_id for each in messages], reach)
    for message in messages:
        open_to = (Channel(name) for name in reach.channels if message.member_id in reached[Channel(name)])
        store.put(tx, message, next(open_to, None), now)


def open_channels(tx: Tx, template: str, member_ids: list[str], reach: Reach) -> dict[Channel, Collection[str]]:
    """Which of the members each channel is open to: who allowed a message of this template, and who follows the
    service account, where its template is set up."""
    service = reach.web_appid and template in set_up(templates.every(tx, Channel.TEMPLATE), {})
    return {Channel.SUBSCRIBE: store.consenting(tx, template, member_ids),
            Channel.TEMPLATE: followers.following(tx, reach.web_appid, member_ids) if service else ()}


# one event each

def _order_paid(tx: Tx, payload: dict[str, Any]) -> list[Message]:
    """One message for all that was paid together: the first order's event tells of it."""
    found, lines = store.together(tx, payload["order_no"])
    paid = to_pay_for(found)
    if not paid or paid[0].order_no != payload["order_no"]:
        return []
    facts = tells.order_paid(paid[0].order_no, _goods(_of(paid, lines)), sum(each.pay_fen for each in paid),
                             paid[0].paid_at or paid[0].placed_at)
    return [_about_all(Template.ORDER_PAID, paid, facts)]


def _order_part_paid(tx: Tx, payload: dict[str, Any]) -> list[Message]:
    order, lines = store.order(tx, payload["order_no"])
    if order is None:
        return []
    part = store.part(tx, order.order_no, payload["part"])
    facts = tells.order_paid(order.order_no, _goods(lines), part.amount_fen, part.paid_at)
    return [replace(about_order(Template.ORDER_PAID, order, facts), subject=f"{order.order_no}:p{payload['part']}")]


def _order_shipped(tx: Tx, payload: dict[str, Any]) -> list[Message]:
    return _on_its_way(tx, payload["order_no"], payload["parcel"], 0)


def _parcel_corrected(tx: Tx, payload: dict[str, Any]) -> list[Message]:
    """The same template once more, with the number that is right."""
    return _on_its_way(tx, payload["order_no"], payload["parcel"], payload["correction"])


def _on_its_way(tx: Tx, order_no: str, parcel: int, correction: int) -> list[Message]:
    order, lines = store.order(tx, order_no)
    if order is None:
        return []
    shipment = store.shipment(tx, order.order_no, parcel)
    tracking_no = shipment.tracking_no if shipment else None
    held = store.in_parcel(tx, shipment.shipment_id) if shipment else []
    goods = goods_name(held[0].title, int(sum(each.quantity for each in held))) if held else _goods(lines)
    facts = tells.order_shipped(order.order_no, goods, order.delivery, tracking_no,
                                shipment.created_at if shipment else order.placed_at)
    return [replace(about_order(Template.ORDER_SHIPPED, order, facts),
                    subject=about_parcel(order_no, parcel, correction))]


def _coupon_expiring(tx: Tx, payload: dict[str, Any]) -> list[Message]:
    coupon = store.coupon(tx, payload["coupon_id"])
    if coupon is None or coupon.state != CouponState.USABLE.value:
        return []  # used since: there is nothing to remind of
    facts = tells.coupon_expiring(coupon.title, coupon.kind, coupon.document, coupon.valid_until)
    return [Message(Template.COUPON_EXPIRING, payload["coupon_id"], payload["member_id"], "pages/coupons/coupons",
                    facts)]


def _refund_finished(tx: Tx, payload: dict[str, Any]) -> list[Message]:
    refund = store.refund(tx, payload["refund_no"])
    if refund is None:
        return []
    number = payload["order_no"] or payload["refund_no"]
    page = f"pages/order/order?order_no={payload['order_no']}" if payload["order_no"] else ORDERS
    what_for = refund.cause if refund.kind == "GOODS" else refund.kind
    facts = tells.refund_done(number, payload["amount_fen"], refund.finished_at or refund.created_at, what_for)
    return [Message(Template.REFUND_DONE, payload["refund_no"], payload["member_id"], page, facts)]


def _request_refused(tx: Tx, payload: dict[str, Any]) -> list[Message]:
    """With the shop's own words: why."""
    request = store.refund_request(tx, payload["request_id"])
    order, lines = store.order(tx, payload["order_no"])
    if request is None or order is None:
        return []
    facts = tells.refund_refused(order.order_no, _goods(lines), request.asked_fen, request.ended_at or request.asked_at,
                                 request.answer or "")
    return [replace(about_order(Template.REFUND_REFUSED, order, facts), subject=request.request_id)]


_COMPOSERS = {
    OrderPaid.kind: _order_paid, OrderPartPaid.kind: _order_part_paid, OrderShipped.kind: _order_shipped,
    ParcelCorrected.kind: _parcel_corrected,
    CouponExpiring.kind: _coupon_expiring, RefundFinished.kind: _refund_finished,
    RefundRequestRefused.kind: _request_refused,
    **{kind: composer for said in OF_KINDS for kind, composer in said.compose.items()},
}


def _about_all(template: Template, together: list[Any], facts: dict[str, Any]) -> Message:
    """Under the number of the first of these orders; behind it that order's page, or the list where there are more."""
    message = about_order(template, together[0], facts)
    return message if len(together) == 1 else replace(message, page=ORDERS)


def _of(some: list[Any], lines: list[Any]) -> list[Any]:
    numbers = {each.order_no for each in some}
    return [line for line in lines if line.order_no in numbers]


def _goods(lines: list) -> str:
    """What the buyer keeps of the order; all of it where nothing is left."""
    kept = [(line.title, line.quantity - line.refunded_quantity) for line in lines]
    kept = [each for each in kept if each[1]] or [(line.title, line.quantity) for line in lines]
    return goods_name(kept[0][0], sum(pieces for _, pieces in kept))
