"""Notices of WeChat Pay (protocol: APIv3 通知): opened by the adapter, then told to our books.

The signature says that WeChat speaks, not that it speaks of us: merchant, app, currency, number and
amount are compared with our own rows. A repetition finds the work done, so the same notice twenty
times at once settles once. What does not fit is refused (WeChat sends again) and looked into by query.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

from mall.domains.payments import store as payments
from mall.domains.payments.rules import PaymentNotFound
from mall.domains.refunds import store as refunds
from mall.domains.refunds.rules import RefundNotFound, refund_of, send_next
from mall.domains.settlements import store as settlements
from mall.flows.money import share_orders, share_returns
from mall.flows.trade import ask_wechat, refund, send_refund
from mall.kit import clock
from mall.kit.errors import RuleBroken

PAYMENT_EVENT = "TRANSACTION.SUCCESS"
REFUND_EVENTS = ("REFUND.SUCCESS", "REFUND.ABNORMAL", "REFUND.CLOSED")


@dataclass(frozen=True)
class SeenPayment:
    """A payment as the notice's resource tells it; the same fields as the adapter's answer to a query."""

    mchid: str | None
    appid: str | None
    currency: str | None
    amount_fen: int | None
    transaction_id: str | None
    paid_at: datetime | None
    openid: str | None = field(repr=False)


@dataclass(frozen=True)
class SeenRefund:
    state: str
    refund_id: str | None
    refunded_at: datetime | None
    amount_fen: int | None


class NoticeMisplaced(RuleBroken):
    """Of a kind that has another address: WeChat sends it again, and staff are told."""

    code, message = "NOTICE_MISPLACED", "通知类型与接收地址不符"


def receive_payment(ctx: Any) -> None:
    """One about profit sharing may come here too. Raises NoticeRejected (signature), NotOurs, NoticeMisplaced,
    PaymentNotFound, OutcomeUnknown."""
    notice = _open(ctx)
    if _is_of_sharing(notice):
        return _hear_of_sharing(ctx, notice.resource)
    if notice.event_type != PAYMENT_EVENT:
        _misplaced(ctx, notice)
    told = notice.resource
    payment = ctx.read(payments.find, str(told.get("out_trade_no")))
    if payment is None:
        raise PaymentNotFound()
    amount = told.get("amount") or {}
    seen = SeenPayment(told.get("mchid"), told.get("appid"), amount.get("currency"), amount.get("total"),
                       told.get("transaction_id"), _moment(told.get("success_time")), _payer(told))
    if told.get("trade_state") != "SUCCESS" or seen.amount_fen != payment.amount_fen:
        ask_wechat.doubt_notice(ctx, payment.payment_no)
        raise ask_wechat.NotOurs()
    ask_wechat.receive(ctx, payment, seen)


def _payer(told: dict[str, Any]) -> str | None:
    payer = told.get("payer") or {}
    return payer.get("sub_openid") or payer.get("openid")


def _misplaced(ctx: Any, notice: Any) -> NoReturn:
    ctx.transact(ask_wechat.doubt, notice.notice_id, "收到一条发错地址的微信支付通知，请检查商户平台与下单时的通知地址",
                 {"event_type": notice.event_type[:64]}, ctx.now)
    raise NoticeMisplaced()


def _is_of_sharing(notice: Any) -> bool:
    """By what it is about; the public documents do not settle how its event is called (protocol: 分账动账通知)."""
    told = notice.resource
    return notice.original_type == "profitsharing" or ("out_order_no" in told and "out_trade_no" not in told)


def _hear_of_sharing(ctx: Any, told: dict[str, Any]) -> None:
    """Only a reason to ask WeChat about a share of ours; a number that is none of ours (an unfreezing's) is let go."""
    if told.get("mchid") != ctx.world.deployment.wechat_pay_mchid:
        raise ask_wechat.NotOurs()
    share = ctx.read(settlements.find_by_number, str(told.get("out_order_no"))[:64])
    if share is not None:
        share_orders.hear(ctx, share)
        share_returns.hear(ctx, share.share_no)


def receive_refund(ctx: Any) -> None:
    """Raises NoticeRejected (signature), NotOurs, NoticeMisplaced, RefundContradicts, RefundNotFound."""
    notice = _open(ctx)
    if notice.event_type not in REFUND_EVENTS:
        _misplaced(ctx, notice)
    told = notice.resource
    number = str(told.get("out_refund_no"))
    row = ctx.read(refunds.find, refund_of(number))
    if row is None:
        raise RefundNotFound()
    amount = told.get("amount") or {}
    if not _is_of(ctx, told, row):
        ctx.transact(refund.doubt, row, ctx.now)
        raise ask_wechat.NotOurs()
    seen = SeenRefund(str(told.get("refund_status")), told.get("refund_id"), _moment(told.get("success_time")),
                      amount.get("refund"))
    send_refund.keep(ctx, row, number, seen, send_next(row.attempts, ctx.now))


def _is_of(ctx: Any, told: dict[str, Any], row: Any) -> bool:
    """Whether merchant, payment and, where it is told, transaction are this refund's."""
    payment = ctx.read(payments.find, row.payment_no)
    return (told.get("mchid") == ctx.world.deployment.wechat_pay_mchid and payment is not None
            and told.get("out_trade_no", row.payment_no) == row.payment_no
            and told.get("transaction_id", payment.transaction_id) == payment.transaction_id)


def _open(ctx: Any) -> Any:
    return ctx.world.wechat_pay.open_notice(ctx.incoming.headers, ctx.incoming.body, clock.wall())


def _moment(text: Any) -> datetime | None:
    """RFC 3339 as WeChat writes it, 2018-06-08T10:34:56+08:00."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
