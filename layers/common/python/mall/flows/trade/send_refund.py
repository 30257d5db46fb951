"""Send one refund to WeChat, or ask about it; leased, so that two timers do not do the same.

WeChat takes one refund of a payment a minute: each send takes the payment's turn first. After a send whose
outcome is unknown (a timeout, 429) WeChat is asked under the same number before it is sent again. Only a number that
WeChat itself says it closed is ever followed by a new one, when staff retry. What was shared of the order is called
back first (`share_returns`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mall.domains.payments import store as payments
from mall.domains.refunds import store as refunds
from mall.domains.refunds.rules import (
    REFUND_GAP,
    RefundContradicts,
    RefundState,
    check_number,
    next_number,
    send_next,
    tries_of,
)
from mall.flows.money import share_returns
from mall.flows.trade import refund
from mall.flows.trade.start_payment import notify_url
from mall.kit.db import Tx
from mall.kit.errors import RuleBroken

TAKEN, WAITING = "taken", "waiting"
KNOWN = ("PROCESSING", "SUCCESS", "CLOSED")  # one that is ABNORMAL is sent again, as staff asked


def send(ctx: Any, row: Any) -> str:
    """Send a DUE refund; returns its state, WAITING when another refund of its payment was sent within the
    minute or what was shared of its order is still being called back, TAKEN when another instance has it. An
    unknown outcome raises and is resolved under the same number next time; a refusal makes it FAILED, with a case."""
    again_at = send_next(row.attempts + 1, ctx.now)
    shared = share_returns.is_shared(ctx, row)
    if row.attempts or shared:
        if not ctx.transact(refunds.postpone, row, again_at):  # without an answer it comes after the others
            return TAKEN
        row = row._replace(send_at=again_at)
    if row.attempts:
        seen = ctx.world.wechat_pay.query_refund(row.wechat_refund_no)
        if seen is not None and seen.state in KNOWN:
            return keep(ctx, row, row.wechat_refund_no, seen, again_at)
    waits_until = share_returns.before_refund(ctx, row) if shared else None
    if waits_until is not None:
        ctx.transact(refunds.postpone, row, waits_until)
        return WAITING
    taken, payment = ctx.transact(_take, row, again_at, ctx.now)
    if taken is not None:
        return taken
    try:
        seen = ctx.world.wechat_pay.refund(
            refund_no=row.wechat_refund_no, payment_no=row.payment_no, refund_fen=row.amount_fen,
            total_fen=payment.amount_fen, reason=row.reason, notify_url=notify_url(ctx, "refund"))
    except RuleBroken as refused:
        code = refused.data.get("wechat_code", refused.code)
        return ctx.transact(refund.keep_failure, row.wechat_refund_no, f"微信拒绝退款（{code}）", ctx.now)
    return keep(ctx, row, row.wechat_refund_no, seen, again_at)


def keep(ctx: Any, row: Any, number: str, seen: Any, again_at: datetime) -> str:
    """Write down what WeChat says of the refund; its state. Raises RefundContradicts after opening a case."""
    try:
        return ctx.transact(refund.keep_answer, number, seen, again_at, ctx.now)
    except RefundContradicts:
        ctx.transact(refund.doubt, row, ctx.now)
        raise


def retry(ctx: Any, row: Any) -> str:
    """Staff retry a FAILED refund; returns its state. WeChat is asked first: only a number that it closed gets a
    successor. Any other stays, so that what is on its way or has arrived after all is found and not paid twice.
    One that has not failed, or was retried before, stays as it is. Raises TooManyRefunds."""
    if row.state != RefundState.FAILED.value:
        return row.state
    seen = ctx.world.wechat_pay.query_refund(row.wechat_refund_no)
    return ctx.transact(_retry, ctx, row, seen is not None and seen.state == "CLOSED")


def _retry(tx: Tx, ctx: Any, asked: Any, is_closed: bool) -> str:
    row = refunds.lock(tx, asked.refund_no)
    if row.state != RefundState.FAILED.value:
        return row.state
    refunds.move(tx, row, "retry", send_at=ctx.now)
    ctx.audit(before={"state": row.state}, after={"state": RefundState.DUE.value, "amount_fen": row.amount_fen})
    if is_closed and row.wechat_refund_no == asked.wechat_refund_no:
        check_number(sum(tries_of(each.wechat_refund_no) for each in refunds.of_payment(tx, row.payment_no)),
                     is_last=True)
        refunds.renumber(tx, row, next_number(row.wechat_refund_no))
    return RefundState.DUE.value


def _take(tx: Tx, row: Any, again_at: datetime, now: datetime) -> tuple[str | None, Any]:
    """The payment's turn and the refund itself, or why not; the payment."""
    if not payments.take_refund_turn(tx, row.payment_no, now, REFUND_GAP):
        payment = payments.find(tx, row.payment_no)
        refunds.postpone(tx, row, payment.refund_sent_at + REFUND_GAP)
        return WAITING, payment
    if not refunds.lease(tx, row, again_at):
        return TAKEN, None
    return None, payments.find(tx, row.payment_no)


def ask(ctx: Any, row: Any) -> str:
    """Ask about a SENT refund; returns its state."""
    again_at = send_next(row.attempts + 1, ctx.now)
    if not ctx.transact(refunds.lease, row, again_at):
        return TAKEN
    seen = ctx.world.wechat_pay.query_refund(row.wechat_refund_no)
    if seen is None:
        return ctx.transact(refund.keep_failure, row.wechat_refund_no, "微信没有这笔退款", ctx.now)
    return keep(ctx, row, row.wechat_refund_no, seen, again_at)
