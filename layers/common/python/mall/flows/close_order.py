"""Close an unpaid order: at WeChat first, then here (spec E4).

Only when WeChat has closed every payment that could still be paid, the order closes and gives its
stock, coupons, points and seat back. A payment that came in between wins: it is settled instead.
"""

from __future__ import annotations

from collections import Counter
from time import monotonic
from typing import Any

from mall.domains.coupons import store as coupons
from mall.domains.group_buys import store as group_buys
from mall.domains.group_buys.rules import SeatState
from mall.domains.ledger import store as ledger
from mall.domains.orders import due
from mall.domains.orders import store as orders
from mall.domains.orders.rules import CloseReason, OrderClosed, OrderKind, OrderNotFound, OrderState, close_next
from mall.domains.payments import store as payments
from mall.domains.refunds.rules import RefundCause
from mall.domains.stock import store as stock
from mall.domains.stock.rules import by_place
from mall.flows import ask_wechat, points, refund
from mall.flows.each import each
from mall.kit.db import Tx
from mall.kit.outbox import emit

CLOSED, PAID, BUSY = "closed", "paid", "busy"
REFUNDED, ELSEWHERE = "refunded", "elsewhere"
TRIES = 3


def close(ctx: Any, order_no: str, reason: CloseReason, *, note: str = "") -> str:
    """Close one unpaid order; returns CLOSED, PAID (it was paid meanwhile, or is no longer unpaid) or BUSY
    (a new payment is opened again and again). Raises OrderNotFound, and OutcomeUnknown when WeChat does
    not answer: nothing has changed then, and the timer comes again."""
    for _ in range(TRIES):
        order, payment = ctx.read(_look, order_no)
        if order.state != OrderState.UNPAID.value:
            return CLOSED if order.state == OrderState.CLOSED.value else PAID
        if payment is not None:
            at_wechat = ask_wechat.close_payment(ctx, payment)
            if at_wechat != CLOSED:
                return PAID if at_wechat == PAID else BUSY
        done = ctx.transact(_close_now, ctx, order_no, reason, note, payment)
        if done:
            return done
    return BUSY


def _close_now(tx: Tx, ctx: Any, order_no: str, reason: CloseReason, note: str, payment: Any | None) -> str | None:
    done = _close_here(tx, order_no, reason, note, payment, ctx.actor, ctx.now)
    if done == CLOSED:
        ctx.audit(before={"state": OrderState.UNPAID.value}, after={"state": OrderState.CLOSED.value})
    return done


def _look(tx: Tx, order_no: str) -> tuple[Any, Any | None]:
    order = orders.find(tx, order_no)
    if order is None:
        raise OrderNotFound()
    found = tx.fetch(payments.ask_open(order.checkout_id))[0]
    return order, found[0] if found else None


def _close_here(tx: Tx, order_no: str, reason: CloseReason, note: str, closed: Any | None, actor: str,
                now: Any) -> str | None:
    """None when another payment was opened meanwhile, or the prepay of the `closed` one came: look again."""
    order = orders.lock(tx, order_no)
    if order.state != OrderState.UNPAID.value:
        return CLOSED if order.state == OrderState.CLOSED.value else PAID
    open_payments = tx.fetch(payments.ask_open(order.checkout_id))[0]
    if any(closed is None or each.payment_no != closed.payment_no for each in open_payments):
        return None
    if closed is not None and not payments.close_as_seen(tx, closed, now):
        return None
    points.release(tx, order, now)
    orders.move(tx, order, "close_unpaid", actor=actor, now=now, reason=note, close_reason=reason.value)
    coupons.give_back(tx, order_no, now)
    if order.balance_fen:
        ledger.release_balance(tx, order, now)
    if order.kind == OrderKind.GROUP.value:
        group_buys.release_seat(tx, order_no, now)
    for place in by_place((line.sku_id, line.warehouse_id, line.quantity) for line in orders.lines(tx, order_no)):
        stock.release(tx, *place, order_no=order_no, actor=actor, now=now)
    emit(tx, OrderClosed(order_no, order.member_id, reason.value), now)
    return CLOSED


def close_failed_group(ctx: Any, group: Any) -> Counter[str]:
    """A group (group_id, expires_at) is over: refund every paid seat once, close every unpaid one, as long as there
    is time. Counts refunded, closed and failed. Safe to repeat: the group is leased, and each seat before WeChat is
    asked about it, so that one that WeChat refuses, or on which it hangs, holds up nobody else's money."""
    counts: Counter[str] = Counter()
    again_at = close_next(group.expires_at, ctx.now)
    if not ctx.transact(group_buys.lease, group.group_id, ctx.now, again_at):
        return counts
    for seat in ctx.read(group_buys.unsettled_seats, group.group_id):
        if monotonic() >= ctx.until:
            break
        if seat.state == SeatState.PAID.value:
            counts[each(ctx, _refund_seat, ctx, seat.order_no)] += 1
        elif ctx.transact(due.lease_close, seat.order_no, ctx.now, again_at):
            counts[each(ctx, close, ctx, seat.order_no, CloseReason.GROUP_FAILED)] += 1
    ctx.transact(group_buys.mark_settled, group.group_id)
    return counts


def _refund_seat(ctx: Any, order_no: str) -> str:
    return ctx.transact(_refund_here, order_no, ctx.actor, ctx.now)


def _refund_here(tx: Tx, order_no: str, actor: str, now: Any) -> str:
    order = orders.lock(tx, order_no)
    if order.state != OrderState.GROUPING.value:
        return ELSEWHERE
    refund.refund_order(tx, order_no, seller_id=None, cause=RefundCause.GROUP_FAILED, reason="拼团未成功，自动退款",
                        actor=actor, now=now)
    return REFUNDED
