"""Close an order that is unpaid, or paid in part: at WeChat first, then here (spec E4).

Only when WeChat has closed every payment that could still be paid, the order closes and gives its
stock, coupons, points and what its kind held back. A payment that came in between wins: it is settled instead. The
other orders of its checkout stay, to be paid together; where the buyer ends one, those go with it whose bargains stood
on its goods.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any

from mall.domains.ledger import store as ledger
from mall.domains.orders import store as orders
from mall.domains.orders.rules import TO_PAY, CloseReason, OrderClosed, OrderNotFound, OrderState, by_wechat_fen
from mall.domains.payments import store as payments
from mall.domains.pricing import rules as pricing
from mall.domains.stock import store as stock
from mall.domains.stock.rules import by_place
from mall.flows import kinds
from mall.flows.money import order_coupons, points
from mall.flows.trade import ask_wechat, settle_payment
from mall.kit.db import Tx
from mall.kit.outbox import emit

CLOSED, PAID, BUSY = "closed", "paid", "busy"
TRIES = 3


class _LookAgain(Exception):
    """Another payment was opened meanwhile, or the prepay of the closed one came: nothing is written."""


def close(ctx: Any, order_no: str, reason: Enum, *, note: str = "", kept_fen: int = 0) -> str:
    """Close one order that is to be paid for a `CloseReason`, or one of its kind's. Returns CLOSED, PAID (it, or a part
    of it, was paid meanwhile, its time is not over, or nothing is to be paid any more) or BUSY (a new payment is
    opened again and again). `kept_fen`: what a buyer agrees to leave of parts that he paid. Raises OrderNotFound,
    PartsAreKept, and OutcomeUnknown when WeChat does not answer: nothing has changed then, and the timer comes
    again."""
    for _ in range(TRIES):
        order, payment = ctx.read(_look, order_no)
        if order.state not in TO_PAY or (reason is CloseReason.EXPIRED and order.expires_at > ctx.now):
            return CLOSED if order.state == OrderState.CLOSED.value else PAID
        if payment is not None:
            at_wechat = ask_wechat.close_payment(ctx, payment)
            if at_wechat != CLOSED:
                return PAID if at_wechat == PAID else BUSY
        try:
            return ctx.giving(_close_here, ctx, order, reason, note, payment, kept_fen)
        except _LookAgain:
            continue
    return BUSY


def _look(tx: Tx, order_no: str) -> tuple[Any, Any | None]:
    order = orders.find(tx, order_no)
    if order is None:
        raise OrderNotFound()
    found = tx.fetch(payments.ask_open(order.checkout_id))[0]
    return order, found[0] if found else None


def _close_here(tx: Tx, ctx: Any, seen: Any, reason: Enum, note: str, closed: Any | None,
                kept_fen: int) -> str:
    """PAID also when a part of it was paid since it was `seen`. All of the checkout is locked, since a payment is for
    all that is left of it. Raises _LookAgain, PartsAreKept."""
    actor, now = ctx.actor, ctx.now
    locked, open_payments = tx.fetch(orders.ask_lock_checkout(seen.checkout_id), payments.ask_open(seen.checkout_id))
    order = next(each for each in locked if each.order_no == seen.order_no)
    if (order.state, order.expires_at) != (seen.state, seen.expires_at):
        return CLOSED if order.state == OrderState.CLOSED.value else PAID
    if any(closed is None or each.payment_no != closed.payment_no for each in open_payments):
        raise _LookAgain()
    if closed is not None and not payments.close_as_seen(tx, closed, now):
        raise _LookAgain()
    ending = _ending(order, locked) if reason is CloseReason.BUYER else [order]
    for each in ending:
        _end(tx, each, reason, note, kept_fen, actor=actor, now=now)
    _release_stock(tx, [each.order_no for each in ending], actor=actor, now=now)
    ctx.audit(before={"state": seen.state}, after={"state": OrderState.CLOSED.value})
    _pay_rest(tx, ctx, [each for each in locked if each not in ending and each.state == OrderState.UNPAID.value])
    return CLOSED


def _ending(order: Any, locked: list[Any]) -> list[Any]:
    """The order, and those of its checkout whose bargains stood on its goods: a buyer does not keep the one without
    the other."""
    ending, rest = [order], [each for each in locked if each is not order and each.state == OrderState.UNPAID.value]
    while rest:
        gone = {line["sku_id"] for each in ending for line in each.price["lines"]}
        more = [each for each in rest if pricing.leans_on(pricing.from_json(each.price), gone)]
        if not more:
            break
        ending += more
        rest = [each for each in rest if each not in more]
    return ending


def _end(tx: Tx, order: Any, reason: Enum, note: str, kept_fen: int, *, actor: str, now: datetime) -> None:
    """One of them closes, and gives back what it held but its stock."""
    if order.instalments:
        from mall.flows.trade import settle_part  # for the few orders that are paid in parts

        settle_part.end(tx, order, reason.value, kept_fen, actor=actor, now=now)
    points.release(tx, order, now)
    orders.move(tx, order, "close_unpaid", actor=actor, now=now, reason=note, close_reason=reason.value)
    order_coupons.give_back(tx, order, now)
    if order.balance_fen:
        ledger.release_balance(tx, order, now)
    kinds.of(order.kind).closed(tx, order, now)
    emit(tx, OrderClosed(order.order_no, order.member_id, reason.value), now)


def _release_stock(tx: Tx, order_nos: list[str], *, actor: str, now: datetime) -> None:
    """After the last read of all, which would send what is held back: so its rows are touched last, in one order."""
    lines, = tx.fetch(orders.ask_lines_of(order_nos))
    for order_no in order_nos:
        for place in by_place((line.sku_id, line.warehouse_id, line.quantity) for line in lines
                              if line.order_no == order_no):
            stock.release(tx, *place, order_no=order_no, actor=actor, now=now)


def _pay_rest(tx: Tx, ctx: Any, rest: list[Any]) -> None:
    """What is left of the checkout leaves WeChat nothing to collect: it is paid, as it would have been when it was
    placed. Not when its time is over too."""
    if rest and not any(by_wechat_fen(each) or each.expires_at <= ctx.now for each in rest):
        settle_payment.settle_free(tx, rest[0].checkout_id, ctx.settings, actor=ctx.actor, now=ctx.now)
