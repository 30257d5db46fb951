"""Send one refund to WeChat, or ask about it; leased, so that two timers do not do the same."""

from __future__ import annotations

from typing import Any

from mall.domains.payments import store as payments
from mall.domains.refunds import store as refunds
from mall.domains.refunds.rules import send_next
from mall.flows import refund
from mall.flows.start_payment import notify_url
from mall.kit.errors import RuleBroken

TAKEN = "taken"


def send(ctx: Any, row: Any) -> str:
    """Send a DUE refund; returns its state. An unknown outcome raises and is tried again under the same
    number; a refusal makes it FAILED, with a case."""
    again_at = send_next(row.attempts + 1, ctx.now)
    if not ctx.transact(refunds.lease, row, again_at):
        return TAKEN
    payment = ctx.read(payments.find, row.payment_no)
    try:
        seen = ctx.world.wechat_pay.refund(
            refund_no=row.refund_no, payment_no=row.payment_no, refund_fen=row.amount_fen,
            total_fen=payment.amount_fen, reason=row.reason, notify_url=notify_url(ctx, "refund"))
    except RuleBroken as refused:
        code = refused.data.get("wechat_code", refused.code)
        return ctx.transact(refund.keep_failure, row.refund_no, f"微信拒绝退款（{code}）", ctx.now)
    return ctx.transact(refund.keep_answer, row.refund_no, seen, again_at, ctx.now)


def ask(ctx: Any, row: Any) -> str:
    """Ask about a SENT refund; returns its state."""
    again_at = send_next(row.attempts + 1, ctx.now)
    if not ctx.transact(refunds.lease, row, again_at):
        return TAKEN
    seen = ctx.world.wechat_pay.query_refund(row.refund_no)
    if seen is None:
        return ctx.transact(refund.keep_failure, row.refund_no, "微信没有这笔退款", ctx.now)
    return ctx.transact(refund.keep_answer, row.refund_no, seen, again_at, ctx.now)
