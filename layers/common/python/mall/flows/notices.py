"""Notices of WeChat Pay (protocol: APIv3 通知): opened by the adapter, then told to our books.

The signature says that WeChat speaks, not that it speaks of us: merchant, app, currency, number and
amount are compared with our own rows. A repetition finds the work done, so the same notice twenty
times at once settles once. What does not fit is refused (WeChat sends again) and looked into by query.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mall.domains.payments import store as payments
from mall.domains.payments.rules import PaymentNotFound
from mall.domains.refunds import store as refunds
from mall.domains.refunds.rules import RefundNotFound, refund_of, send_next
from mall.domains.settlements import store as settlements
from mall.flows import ask_wechat, refund, share_orders, share_returns
from mall.kit import clock

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


@dataclass(frozen=True)
class SeenRefund:
    state: str
    refund_id: str | None
    refunded_at: datetime | None


def receive_payment(ctx: Any) -> None:
    """One about profit sharing may come here too. Raises NoticeRejected (signature), NotOurs, PaymentNotFound,
    OutcomeUnknown."""
    notice = _open(ctx)
    if _is_of_sharing(notice):
        return _hear_of_sharing(ctx, notice.resource)
    if notice.event_type != PAYMENT_EVENT:
        return
    told = notice.resource
    payment = ctx.read(payments.find, str(told.get("out_trade_no")))
    if payment is None:
        raise PaymentNotFound()
    amount = told.get("amount") or {}
    seen = SeenPayment(told.get("mchid"), told.get("appid"), amount.get("currency"), amount.get("total"),
                       told.get("transaction_id"), _moment(told.get("success_time")))
    if told.get("trade_state") != "SUCCESS" or seen.amount_fen != payment.amount_fen:
        ask_wechat.doubt_notice(ctx, payment.payment_no)
        raise ask_wechat.NotOurs()
    ask_wechat.receive(ctx, payment, seen)


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
    """Raises NoticeRejected (signature), NotOurs, RefundNotFound."""
    notice = _open(ctx)
    if notice.event_type not in REFUND_EVENTS:
        return
    told = notice.resource
    number = str(told.get("out_refund_no"))
    row = ctx.read(refunds.find, refund_of(number))
    if row is None:
        raise RefundNotFound()
    amount = told.get("amount") or {}
    if told.get("mchid") != ctx.world.deployment.wechat_pay_mchid or amount.get("refund") != row.amount_fen:
        raise ask_wechat.NotOurs()
    seen = SeenRefund(str(told.get("refund_status")), told.get("refund_id"), _moment(told.get("success_time")))
    ctx.transact(refund.keep_answer, number, seen, send_next(row.attempts, ctx.now), ctx.now)


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
