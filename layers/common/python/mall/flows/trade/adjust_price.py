"""Change the price of an order that is to be paid (改价): its open payment is closed at WeChat first (spec E11).

A payment that came in between wins: it is settled, and the price stays. A payment that was started in between is
closed too. The price changes under the order's lock, only when it still is what the person saw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mall.domains.instalments import store as instalments
from mall.domains.instalments.rules import check_rest
from mall.domains.orders import store as orders
from mall.domains.orders.checkouts import to_pay_for
from mall.domains.orders.rules import (
    TO_PAY, NotUnpaid, OrderLapsed, OrderNotFound, OrderPriceChanged, OrderState, by_wechat_fen,
)
from mall.domains.payments import store as payments
from mall.domains.payments.rules import PaymentUnderWay
from mall.domains.pricing import rules as pricing
from mall.flows import kinds
from mall.flows.trade import ask_wechat, settle_payment
from mall.kit.db import Tx
from mall.kit.errors import RuleBroken
from mall.kit.money import yuan
from mall.kit.outbox import emit
from mall.kit.scope import own

TRIES = 3


class BelowBalance(RuleBroken):
    code, message = "BELOW_BALANCE", "买家已用储值余额支付部分金额，改后的应付金额不能低于该部分"


class _PaymentStarted(Exception):
    """Since the look: nothing is written, and another look is taken."""


@dataclass(frozen=True)
class Wanted:
    """What the goods and the freight shall cost, all reductions taken off; None leaves it as it is."""

    goods_fen: int | None
    freight_fen: int | None
    seen_pay_fen: int
    reason: str


def adjust(ctx: Any, order_no: str, wanted: Wanted) -> str:
    """Returns the order's state: as it was, or what follows at once when nothing is left to pay. Asked again, with
    the price as wanted already, it changes nothing. Raises OrderNotFound, NotUnpaid (also when it was paid
    meanwhile), OrderLapsed, PriceChanged, AboveOffer, BelowBalance, PartsDoNotFit, PaymentUnderWay, and
    what its kind refuses."""
    for _ in range(TRIES):
        order, payment, quote = ctx.read(_look, order_no, ctx.seller_id, wanted, ctx.now)
        if quote is None:
            return order.state
        if payment is not None:
            ask_wechat.close_for_another(ctx, payment, paid=NotUnpaid())
        try:
            return ctx.giving(_change, ctx, order, wanted)
        except _PaymentStarted:
            continue
    raise PaymentUnderWay()


def _look(tx: Tx, order_no: str, seller_id: str, wanted: Wanted, now: datetime) -> tuple[Any, Any, Any]:
    """The order, its open payment, and what `decide` says."""
    order = orders.find(tx, order_no)
    quote = decide(order, seller_id, wanted, now, parts=parts_of(tx, order))
    found = tx.fetch(payments.ask_open(order.checkout_id))[0]
    return order, found[0] if found else None, quote


def parts_of(tx: Tx, order: Any | None) -> list[Any]:
    """The parts that it is paid in; none of one that is paid at once."""
    return instalments.of_order(tx, order) if order is not None else []


def decide(order: Any | None, seller_id: str, wanted: Wanted, now: datetime, lines: Sequence[Any] = (),
           parts: Sequence[Any] = ()) -> pricing.Quote | None:
    """The price that the order shall have; None when it has it. `lines`: its rows, where it is to be stored; `parts`:
    those that it is paid in, of which the last one bears the difference."""
    order = own(order, seller_id, OrderNotFound())
    is_unpaid = order.state in TO_PAY
    if not is_unpaid and (order.paid_at is None or by_wechat_fen(order)):
        closed = order.state == OrderState.CLOSED.value
        raise NotUnpaid("订单已关闭，不能再改价" if closed else None, state=order.state)
    if is_unpaid and order.expires_at <= now:
        raise OrderLapsed("订单已超过付款时间，不能再改价，请买家重新下单")
    before = pricing.before_balance(pricing.from_json(order.price, lines))
    quote = pricing.change_price(before, wanted.goods_fen, wanted.freight_fen)
    if quote == before:
        return None  # also of an order that this very change has given away
    if not is_unpaid:
        raise NotUnpaid(state=order.state)
    kinds.of(order.kind).check_price_change(order)
    if order.pay_fen != wanted.seen_pay_fen:
        raise pricing.PriceChanged(expected_fen=wanted.seen_pay_fen, actual_fen=order.pay_fen)
    if quote.pay_fen < order.balance_fen:
        raise BelowBalance(least_fen=order.balance_fen)
    if parts:
        check_rest(order, parts, quote.pay_fen)
    return quote


def _change(tx: Tx, ctx: Any, seen: Any, wanted: Wanted) -> str:
    """The order's state afterwards. Raises _PaymentStarted when one was meanwhile."""
    actor, now = ctx.actor, ctx.now
    locked, lines, open_payments = tx.fetch(
        orders.ask_lock_checkout(seen.checkout_id), orders.ask_lines(seen.order_no),
        payments.ask_open(seen.checkout_id))
    order = next(each for each in locked if each.order_no == seen.order_no)
    parts = parts_of(tx, order)
    quote = decide(order, seen.seller_id, wanted, now, lines, parts)
    if quote is None:
        return order.state
    if open_payments:
        raise _PaymentStarted()
    goods = {line.line_id: quote.line(line.line_id).goods_pay_fen for line in lines}
    told = pricing.to_json(pricing.with_balance(quote, order.balance_fen))
    freight_fen = quote.pay_fen - sum(goods.values())
    orders.change_price(tx, order, told, goods, freight_fen=freight_fen, otherwise=pricing.PriceChanged())
    if parts:
        instalments.change_amount(tx, parts[-1], check_rest(order, parts, quote.pay_fen))
    ctx.audit(before={"pay_fen": order.pay_fen, "freight_fen": order.freight_fen},
              after={"pay_fen": quote.pay_fen, "freight_fen": freight_fen})
    orders.record(tx, order, "change_price", actor=actor, now=now,
                  reason=f"{yuan(order.pay_fen)} 元改为 {yuan(quote.pay_fen)} 元：{wanted.reason}")
    emit(tx, OrderPriceChanged(order.order_no, order.member_id, order.pay_fen, quote.pay_fen), now)
    others_fen = sum(by_wechat_fen(each) for each in to_pay_for(locked) if each.order_no != order.order_no)
    if quote.pay_fen - order.balance_fen or others_fen:
        return order.state
    return _settle_free(tx, order, ctx.settings, actor=actor, now=now)


def _settle_free(tx: Tx, order: Any, settings: Any, *, actor: str, now: datetime) -> str:
    """Nothing is left to pay: paid at once. Raises what its kind says when it is over: nothing has changed then."""
    settle_payment.settle_free(tx, order.checkout_id, settings, actor=actor, now=now)
    state = orders.find(tx, order.order_no).state
    if state == OrderState.UNPAID.value:
        raise kinds.of(order.kind).over()
    return state
