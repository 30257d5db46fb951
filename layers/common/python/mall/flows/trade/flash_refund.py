"""A member's refund that is decided at once (极速退款, spec E6); it goes the way of any other from there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from mall.domains.members import store as members
from mall.domains.orders import store as orders
from mall.domains.orders.pieces import nothing_sent
from mall.domains.orders.rules import FLOW as ORDER_FLOW
from mall.domains.orders.rules import OrderNotFound
from mall.domains.pricing import rules as pricing
from mall.domains.refunds import store as refunds
from mall.domains.refunds import trust
from mall.domains.refunds.rules import RefundCause
from mall.flows.trade import refund
from mall.flows.money.refund_plan import Plan
from mall.kit.db import Tx
from mall.kit.state import IllegalMove


def request(tx: Tx, order_no: str, *, member_id: str, reason: str, settings_of: Callable[[str], Any], actor: str,
            now: datetime) -> tuple[str | None, Plan]:
    """Refund all that is left of the member's order, which was not shipped. The member is locked: requests at the
    same moment are counted one by one. `settings_of` a seller: the rule, and the limit of one order beyond which two
    people decide (J6), are those of the order's own.

    Raises OrderNotFound, IllegalMove, FlashRefundRefused, and what `refund.refund_order` raises."""
    order = _own(orders.lock(tx, order_no), member_id)
    joined_at = members.lock_joined(tx, member_id)
    ORDER_FLOW.check("flash_refund", order.state)
    amount_fen = order.pay_fen - order.refunded_fen
    finished_orders, recent = refunds.trust_facts(tx, member_id, now - trust.WINDOW)
    settings = settings_of(order.seller_id)
    alone_fen = settings.refund_approval_limit_fen - order.refunded_fen

    def agrees(lines: list[Any], others: list[Any]) -> None:
        if not nothing_sent(order, lines):
            raise IllegalMove(state=order.state, move="flash_refund")
        delivered = any(line.delivered_codes and line.refunded_quantity < line.quantity for line in lines)
        _check_alone(lines, others)
        trust.check(_rule(settings),
                    trust.Facts(amount_fen, finished_orders, joined_at, recent, alone_fen, delivered), now)
        refunds.add_flash(tx, order_no, member_id, amount_fen, now)

    return refund.refund_order(tx, order_no, seller_id=None, cause=RefundCause.FLASH, reason=reason, actor=actor,
                               now=now, agrees=agrees)


def _check_alone(lines: list[Any], others: list[Any]) -> None:
    """Where a bargain in another order of its checkout stands on these goods, a person decides."""
    gone = {line.sku_id for line in lines}
    if any(pricing.leans_on(pricing.from_json(other.price), gone) for other in others):
        raise trust.FlashRefundRefused(f"一起下单的其他订单因本单商品享受了优惠，{trust.INSTEAD}", reason="TOGETHER")


def _rule(settings: Any) -> trust.Rule:
    return trust.Rule(settings.flash_refund_finished_orders, settings.flash_refund_member_days,
                      settings.flash_refund_times, settings.flash_refund_most_fen)


def _own(order: Any | None, member_id: str) -> Any:
    if order is None or order.member_id != member_id:
        raise OrderNotFound()
    return order
