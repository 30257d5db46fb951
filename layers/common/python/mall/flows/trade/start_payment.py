"""Start a payment: intention, prepay, answer (spec E5).

A checkout has at most one payment that can still be paid. The intention is written under the order's
lock while the order is unpaid, so closing and paying never miss each other. A payment of another
channel or amount is closed at WeChat before a new one is made.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from mall.domains.cases import store as cases
from mall.domains.cases.rules import CaseKind
from mall.domains.orders import store as orders
from mall.domains.orders.checkouts import to_pay_for
from mall.domains.orders.rules import OrderLapsed, OrderNotFound, OrderState, by_wechat_fen
from mall.domains.payments import store as payments
from mall.domains.payments.rules import NothingToPay, PaymentState, PaymentUnderWay, ask_next, nothing_to_pay
from mall.domains.settlements import frozen as freezer
from mall.flows import kinds
from mall.flows.trade import ask_wechat
from mall.kit import clock
from mall.kit.db import Tx
from mall.kit.errors import BadInput, MallError
from mall.kit.ids import new_id
from mall.kit.schema import DEFAULT_SELLER

PREPAY_KEEPS = {  # a prepay_id and a code_url are good for two hours, an h5_url for five minutes
    "jsapi": timedelta(minutes=110), "native": timedelta(minutes=110), "h5": timedelta(minutes=4, seconds=30)}
TRIES = 3
USED_UP = ("ORDERPAID", "ORDER_CLOSED", "OUT_TRADE_NO_USED")  # this number cannot be prepaid any more


def start(ctx: Any, order_no: str, channel: str) -> Any:
    """The payment's row, prepaid. Raises OrderNotFound, NothingToPay, OrderLapsed, PaymentUnderWay."""
    return prepaid(ctx, channel, f"订单{order_no[-8:]}", _intend, order_no)


def prepaid(ctx: Any, channel: str, about: str, intend: Callable[..., tuple[Any, bool, bool]], subject: Any) -> Any:
    """The row of the payment that `intend(tx, subject, channel, ctx)` wants, prepaid. It gives the payment that may
    still be paid, or a new one, whether that is the one asked for (another is closed first), and whether its money is
    frozen to be shared. `about`: what the buyer reads. Raises BadInput for JSAPI outside WeChat."""
    payer_of(ctx, channel)
    for _ in range(TRIES):
        payment, fits, shared = ctx.transact(intend, subject, channel, ctx)
        if not fits:
            ask_wechat.close_for_another(ctx, payment, paid=NothingToPay())
            continue
        if payment.state == PaymentState.PREPAID.value and ctx.now - payment.created_at < PREPAY_KEEPS[channel]:
            return payment
        if _prepay(ctx, payment, about, shared):
            found = ctx.read(payments.find, payment.payment_no)
            if found.state == PaymentState.PREPAID.value:  # else it was paid or closed while WeChat answered
                return found
    raise PaymentUnderWay()


def _intend(tx: Tx, order_no: str, channel: str, ctx: Any) -> tuple[Any, bool, bool]:
    """The open payment of the order's checkout, or a new one; whether it fits what is asked for; whether it is made
    to be shared (分账), as the settings said when it was new."""
    me, now = ctx.me, ctx.now
    order = orders.find(tx, order_no)
    if order is None or order.member_id != me.member_id:
        raise OrderNotFound()
    if order.instalments:
        return _intend_part(tx, order, channel, ctx)
    kind = kinds.of(order.kind)
    locked, found, frozen, *of_kind = tx.fetch(
        orders.ask_lock_checkout(order.checkout_id), payments.ask_open(order.checkout_id),
        freezer.ask_frozen_of_open(order.checkout_id), *kind.ask_payable(order))
    paid_for = to_pay_for(locked)
    order = next(each for each in locked if each.order_no == order_no)
    if any(each.state != OrderState.UNPAID.value for each in (order, *paid_for)):
        raise nothing_to_pay(order.state, closed=order.state == OrderState.CLOSED.value)
    expires_at = min(kind.payable_until(order, of_kind), *(each.expires_at for each in paid_for))
    if expires_at <= now:
        raise OrderLapsed() if order.expires_at <= now else kind.lapsed()
    amount_fen = sum(by_wechat_fen(each) for each in paid_for)
    if found:
        return found[0], fits(found[0], ctx, channel, amount_fen), bool(frozen)
    payment = intention(tx, ctx, order.checkout_id, paid_for, channel, amount_fen=amount_fen, expires_at=expires_at)
    shared = ctx.settings.sharing_mode != "off"
    if shared:
        freezer.freeze(tx, payment.payment_no, now)
    return payment, True, shared


def _intend_part(tx: Tx, order: Any, channel: str, ctx: Any) -> tuple[Any, bool, bool]:
    """The same of the part that is due."""
    from mall.flows.trade import pay_part  # for the few orders that are paid in parts

    due = pay_part.due_now(tx, order, ctx.now)
    for old in due.found:
        return old, old.part == due.part and fits(old, ctx, channel, due.amount_fen), due.is_frozen
    payment = intention(tx, ctx, order.checkout_id, [due.order], channel, amount_fen=due.amount_fen,
                        expires_at=due.expires_at, part=due.part)
    shared = ctx.settings.sharing_mode != "off"
    if shared:
        freezer.freeze(tx, payment.payment_no, ctx.now)
    return payment, True, shared


def fits(old: Any, ctx: Any, channel: str, amount_fen: int) -> bool:
    """Whether a payment that may still be paid is the one that is asked for. A code or a page is good in any app."""
    appid, openid = payer_of(ctx, channel)
    same_app = openid is None or old.appid == appid
    return same_app and (old.channel, old.amount_fen, old.openid) == (channel, amount_fen, openid)


def payer_of(ctx: Any, channel: str) -> tuple[str, str | None]:
    """(appid, openid) that a payment is made for: those of the session that pays, since an openid is good in its own
    app alone. A code or a page is for whoever has it: no openid, and the mini program's appid where the session is of
    no app of ours. Raises BadInput for JSAPI there."""
    me, ours = ctx.me, ctx.world.deployment.wechat_appids
    if channel == "jsapi" and not (me.openid and me.appid in ours):
        raise BadInput("请在微信中打开后支付", field="channel")
    return me.appid if me.appid in ours else ctx.world.deployment.require("wechat_appid"), (
        me.openid if channel == "jsapi" else None)


def intention(tx: Tx, ctx: Any, checkout_id: str, paid_for: list[Any], channel: str, *, amount_fen: int,
              expires_at: datetime, part: int = 0) -> Any:
    """A new payment, written down before WeChat hears of it; `paid_for`: its orders, none for a top-up; `part`: of an
    order that is paid in parts."""
    payment_no, me, now = new_id("pay"), ctx.me, ctx.now
    appid, openid = payer_of(ctx, channel)
    return payments.create(tx, {
        "payment_no": payment_no, "checkout_id": checkout_id, "member_id": me.member_id, "channel": channel,
        "state": PaymentState.CREATED.value, "amount_fen": amount_fen, "refunded_fen": 0,
        "part": part, "openid": openid, "appid": appid,
        "prepay_id": None, "code_url": None, "h5_url": None, "transaction_id": None, "active_key": checkout_id,
        "asked": 0, "ask_at": ask_next(2, now), "expires_at": expires_at, "created_at": now, "paid_at": None,
    }, paid_for)


def _prepay(ctx: Any, payment: Any, about: str, shared: bool) -> bool:
    """Ask WeChat for the prepay and keep its answer. False when this number is used up: start anew."""
    pay = ctx.world.wechat_pay
    try:
        got = pay.prepay(
            channel=payment.channel, payment_no=payment.payment_no, amount_fen=payment.amount_fen,
            description=f"{ctx.settings.shop_name}-{about}{_part(ctx, payment)}", expires_at=payment.expires_at,
            notify_url=notify_url(ctx, "payment"), appid=payment.appid, openid=payment.openid,
            client_ip=ctx.incoming.client_ip or "127.0.0.1", profit_sharing=shared)
    except MallError as refused:
        if refused.data.get("wechat_code") in USED_UP:
            ask_wechat.close_for_another(ctx, payment, paid=NothingToPay())
            return False
        if not refused.retryable:
            ctx.transact(_open_case, refused.data.get("wechat_code") or refused.code, payment, ctx.now)
        raise
    ctx.transact(payments.keep_prepay, payment.payment_no, prepay_id=got.prepay_id, code_url=got.code_url,
                 h5_url=got.h5_url)
    return True


def _part(ctx: Any, payment: Any) -> str:
    """What the buyer reads of the part that it pays: 定金, 尾款."""
    if not payment.part:
        return ""
    from mall.domains.instalments import store as instalments

    return ctx.read(instalments.words_of_payment, payment.payment_no)


def _open_case(tx: Tx, code: str, payment: Any, now: datetime) -> None:
    """WeChat takes no payment, and every buyer is told so: one case for each reason, open again while it lasts."""
    cases.open_case(tx, kind=CaseKind.PAYMENT_REFUSED, reference=code, seller_id=DEFAULT_SELLER, now=now,
                    sentence=f"微信支付拒绝受理付款（{code}），买家无法支付",
                    next_step="在微信商户平台核对产品权限、AppID 绑定与账户状态，再核对支付配置；处理后请买家重新支付",
                    data={"wechat_code": code, "payment_no": payment.payment_no, "channel": payment.channel},
                    comes_again=True)


def answer(ctx: Any, payment: Any) -> dict[str, Any]:
    """What the client needs in order to pay: `request_payment`, the signed parameters of wx.requestPayment or of
    WeixinJSBridge, is None where the buyer pays by a code or a page."""
    signed = ctx.world.wechat_pay.client_parameters(
        payment.prepay_id, clock.wall(), payment.appid) if payment.prepay_id else None
    return {"payment_no": payment.payment_no, "amount_fen": payment.amount_fen, "expires_at": payment.expires_at,
            "request_payment": signed, "code_url": payment.code_url, "h5_url": payment.h5_url}


def notify_url(ctx: Any, what: str) -> str:
    """Where WeChat Pay notifies us: "payment" or "refund"."""
    return f"{ctx.world.deployment.require('notify_url')}/webhooks/wechat-pay/{what}"
