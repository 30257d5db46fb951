"""What WeChat says of a payment, brought into our books: by query, by close, by notice.

A word about money is taken only when it names our merchant, our app, our currency and a payment of ours.
"""

from __future__ import annotations

from typing import Any

from mall.domains.cases import store as cases
from mall.domains.payments import store as payments
from mall.domains.payments.rules import OPEN, PaymentContradicts, PaymentState, PaymentUnderWay, Purpose
from mall.flows.trade import settle_payment
from mall.kit.db import Tx
from mall.kit.errors import RuleBroken
from mall.kit.schema import DEFAULT_SELLER

CLOSE_TRIES = 2
PAID_STATES = ("SUCCESS", "REFUND")  # REFUND: it was paid and (partly) refunded since


class NotOurs(RuleBroken):
    code, message = "NOTICE_NOT_OURS", "通知内容与商户或应用不符"


def check_ours(deployment: Any, seen: Any, payment: Any) -> None:
    """Raises NotOurs when WeChat speaks of another merchant, app or currency, or has no transaction."""
    ours = (
        seen.mchid == deployment.wechat_pay_mchid
        and seen.appid == payment.appid
        and (seen.currency or "CNY") == "CNY"
        and bool(seen.transaction_id)
        and seen.paid_at is not None
        and seen.amount_fen is not None
    )
    if not ours:
        raise NotOurs()


def query_payment(ctx: Any, payment: Any) -> str:
    """Ask WeChat about one payment and write down the answer; returns "paid", "closed" or "open"."""
    seen = ctx.world.wechat_pay.query(payment.payment_no)
    if seen is not None and seen.state in PAID_STATES:
        return receive(ctx, payment, seen)
    if seen is not None and seen.state == "CLOSED":
        ctx.transact(payments.mark_closed, payment.payment_no, ctx.now)
        return "closed"
    if payment.purpose == Purpose.TOP_UP.value and payment.state in OPEN and payment.expires_at <= ctx.now:
        return _close_lapsed(ctx, payment)  # an order's is closed with the order
    return "open"


def _close_lapsed(ctx: Any, payment: Any) -> str:
    outcome = ctx.world.wechat_pay.close(payment.payment_no)
    if outcome != "closed":
        return "open"  # paid in between, or not known yet: asked again
    ctx.transact(payments.mark_closed, payment.payment_no, ctx.now)
    return "closed"


def close_for_another(ctx: Any, payment: Any, *, paid: Exception) -> None:
    """Close a payment that another one shall take the place of. Raises `paid` when it was paid meanwhile (it is settled
    then), PaymentUnderWay."""
    for _ in range(CLOSE_TRIES):  # once more when its prepay came meanwhile: then WeChat knows it
        outcome = close_payment(ctx, payment)
        if outcome == "paid":
            raise paid
        if outcome == "closed" and ctx.transact(payments.close_as_seen, payment, ctx.now):
            return
        payment = ctx.read(payments.find, payment.payment_no)
    raise PaymentUnderWay()


def receive(ctx: Any, payment: Any, seen: Any) -> str:
    """Settle what WeChat says it received; "paid". Raises NotOurs after opening a case."""
    try:
        check_ours(ctx.world.deployment, seen, payment)
    except NotOurs:
        ctx.transact(_doubt, payment, ctx.now)
        raise
    received = settle_payment.Received(payment.payment_no, seen.transaction_id, seen.amount_fen, seen.paid_at,
                                       seen.openid)
    try:
        ctx.figures["settled"] = ctx.transact(settle_payment.settle, received, ctx.settings, actor=ctx.actor,
                                              now=ctx.now)
    except PaymentContradicts:
        ctx.transact(_doubt, payment, ctx.now)
        raise NotOurs() from None
    return "paid"


def close_payment(ctx: Any, payment: Any) -> str:
    """Close one payment at WeChat; "closed", or "paid" after settling what came in between."""
    if ctx.world.wechat_pay.close(payment.payment_no) == "closed":
        return "closed"
    return query_payment(ctx, payment)


def doubt_notice(ctx: Any, payment_no: str) -> None:
    """A notice that does not fit our books settles nothing: a case, and the timer asks WeChat itself."""
    payment = ctx.read(payments.find, payment_no)
    if payment is not None:
        ctx.transact(_doubt, payment, ctx.now)


def doubt(tx: Tx, reference: str, sentence: str, data: dict[str, Any], now: Any) -> None:
    """What WeChat says cannot be beside what our books say: no money moves, and staff look at it."""
    cases.open_case(tx, kind="NOTICE_MISMATCH", reference=reference, seller_id=DEFAULT_SELLER, sentence=sentence,
                    next_step="未据此改动任何账目；请在商户平台核对该笔交易，与账上不一致时联系微信支付",
                    data=data, now=now, comes_again=True)


def _doubt(tx: Tx, payment: Any, now: Any) -> None:
    if payments.find(tx, payment.payment_no).state == PaymentState.PAID.value:
        return doubt(tx, payment.payment_no, "已入账的支付又收到一条金额、交易号、商户或应用不符的通知",
                     {"payment_no": payment.payment_no}, now)
    cases.open_case(tx, kind="NOTICE_MISMATCH", reference=payment.payment_no, seller_id=DEFAULT_SELLER,
                    sentence="收到一条与商户、应用或金额不符的支付通知，未据此入账",
                    next_step="系统会自行向微信查询实际结果；若订单状态仍不对，请在商户平台核对该笔支付",
                    data={"payment_no": payment.payment_no}, now=now)
    payments.ask_soon(tx, payment.payment_no, now)
