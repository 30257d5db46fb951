"""The part of an order that is to be paid now (定金、尾款), and a payment of it."""

from __future__ import annotations

from typing import Any

from mall.domains.instalments import store as instalments
from mall.domains.instalments.rules import check_open, due, due_fen
from mall.domains.orders import store as orders
from mall.domains.orders.rules import TO_PAY, OrderState
from mall.domains.payments import store as payments
from mall.domains.payments.rules import NothingToPay
from mall.domains.settlements import frozen as freezer
from mall.flows import kinds
from mall.flows.trade.start_payment import fits, intention
from mall.kit.db import Tx


def intend(tx: Tx, seen: Any, channel: str, ctx: Any) -> tuple[Any, bool, bool]:
    """As for a whole order (`start_payment`), for the part that is due. Raises NothingToPay, PartNotOpen, PartLapsed,
    and what its kind says when it is over."""
    kind, now = kinds.of(seen.kind), ctx.now
    (order,), parts, found, frozen, *of_kind = tx.fetch(
        orders.ask_lock_checkout(seen.checkout_id), instalments.ask(seen.order_no),
        payments.ask_open(seen.checkout_id), freezer.ask_frozen_of_open(seen.checkout_id), *kind.ask_payable(seen))
    if order.state not in TO_PAY:
        closed = order.state == OrderState.CLOSED.value
        raise NothingToPay("订单已关闭，不能再支付，请重新下单" if closed else None, state=order.state)
    part = due(parts)
    check_open(part, now)
    expires_at = min(part.closes_at, kind.payable_until(order, of_kind))
    if expires_at <= now:
        raise kind.lapsed()
    amount_fen = due_fen(order, part)
    if found:
        return found[0], found[0].part == part.number and fits(found[0], ctx, channel, amount_fen), bool(frozen)
    payment = intention(tx, ctx, order.checkout_id, [order], channel, amount_fen=amount_fen, expires_at=expires_at,
                        part=part.number)
    shared = ctx.settings.sharing_mode != "off"
    if shared:
        freezer.freeze(tx, payment.payment_no, now)
    return payment, True, shared
