"""From what happened to what the buyer reads: one message per member and event, where it is allowed (I2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from mall.domains.coupons.rules import CouponExpiring, CouponState
from mall.domains.messaging import rules, store, tells
from mall.domains.messaging.rules import Message, MessageState, about_order
from mall.domains.messaging.tells import Template
from mall.domains.messaging.values import goods_name
from mall.domains.orders import due
from mall.domains.orders.rules import OrderPaid, OrderShipped, ParcelCorrected
from mall.domains.refunds.rules import RefundFinished
from mall.flows import kinds
from mall.kit.db import Tx

OF_KINDS = [said for said in (kind.messages() for kind in kinds.every()) if said is not None]
HEARD = [OrderPaid, OrderShipped, ParcelCorrected, CouponExpiring, RefundFinished,
         *(event for said in OF_KINDS for event in said.heard)]


def compose(tx: Tx, kind: str, payload: dict[str, Any], now: datetime) -> None:
    """The messages of one event, each PENDING, or SKIPPED where the member allowed none. What an event tells
    of was committed with it; where it is gone all the same, nobody needs to hear of it."""
    _put(tx, _COMPOSERS[kind](tx, payload), now)


def unpaid_to_remind(tx: Tx, minutes: int, now: datetime, most: int) -> list[str]:
    return store.unpaid_until(tx, now + timedelta(minutes=minutes), now, most)


def remind_unpaid(tx: Tx, order_no: str, now: datetime) -> bool:
    """Remind the buyer of an order that will close; False when it was paid, closed or told before."""
    if not due.mark_unpaid_reminded(tx, order_no):
        return False
    order, lines = store.order(tx, order_no)
    facts = tells.order_unpaid(order_no, _goods(lines), order.pay_fen, order.expires_at)
    _put(tx, [about_order(Template.ORDER_UNPAID, order, facts)], now)
    return True


def _put(tx: Tx, messages: list[Message], now: datetime) -> None:
    if not messages:
        return
    living = store.living(tx, [each.member_id for each in messages])
    messages = [replace(each, member_id=living.get(each.member_id, each.member_id)) for each in messages]
    allowed = store.consenting(tx, messages[0].template.value, [each.member_id for each in messages])
    for message in messages:
        if message.member_id in allowed:
            store.put(tx, message, MessageState.PENDING, None, now)
        else:
            store.put(tx, message, MessageState.SKIPPED, rules.NO_CONSENT, now)


# one event each

def _order_paid(tx: Tx, payload: dict[str, Any]) -> list[Message]:
    order, lines = store.order(tx, payload["order_no"])
    if order is None:
        return []
    facts = tells.order_paid(order.order_no, _goods(lines), payload["paid_fen"], order.paid_at or order.placed_at)
    return [about_order(Template.ORDER_PAID, order, facts)]


def _order_shipped(tx: Tx, payload: dict[str, Any]) -> list[Message]:
    return _on_its_way(tx, payload["order_no"], payload["order_no"])


def _parcel_corrected(tx: Tx, payload: dict[str, Any]) -> list[Message]:
    """The same template once more, with the number that is right."""
    return _on_its_way(tx, payload["order_no"], f"{payload['order_no']}:{payload['correction']}")


def _on_its_way(tx: Tx, order_no: str, subject: str) -> list[Message]:
    order, lines = store.order(tx, order_no)
    if order is None:
        return []
    shipment = store.shipment(tx, order.order_no)
    tracking_no = shipment.tracking_no if shipment else None
    facts = tells.order_shipped(order.order_no, _goods(lines), order.delivery, tracking_no,
                                 order.shipped_at or order.placed_at)
    return [replace(about_order(Template.ORDER_SHIPPED, order, facts), subject=subject)]


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
    page = f"pages/order/order?order_no={payload['order_no']}" if payload["order_no"] else "pages/orders/orders"
    what_for = refund.cause if refund.kind == "GOODS" else refund.kind
    facts = tells.refund_done(number, payload["amount_fen"], refund.finished_at or refund.created_at, what_for)
    return [Message(Template.REFUND_DONE, payload["refund_no"], payload["member_id"], page, facts)]


_COMPOSERS = {
    OrderPaid.kind: _order_paid, OrderShipped.kind: _order_shipped, ParcelCorrected.kind: _parcel_corrected,
    CouponExpiring.kind: _coupon_expiring, RefundFinished.kind: _refund_finished,
    **{kind: composer for said in OF_KINDS for kind, composer in said.compose.items()},
}


def _goods(lines: list) -> str:
    """What the buyer keeps of the order; all of it where nothing is left."""
    kept = [(line.title, line.quantity - line.refunded_quantity) for line in lines]
    kept = [each for each in kept if each[1]] or [(line.title, line.quantity) for line in lines]
    return goods_name(kept[0][0], sum(pieces for _, pieces in kept))
