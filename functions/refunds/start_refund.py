"""Refund an order in full (全额退款) and close it."""

from typing import Literal

from mall.app import Ctx, Id, Input, Output, command
from mall.app.fields import Title
from mall.domains.refunds.rules import RefundCause
from mall.flows import refund as flow


class StartRefund(Input):
    order_no: Id
    reason: Title
    seen_state: Literal["GROUPING", "TO_SHIP", "SHIPPED", "RECEIVED"] | None = None  # refused when it has changed


class RefundStarted(Output):
    refund_no: str | None  # None: nothing had been paid
    state: Literal["DUE", "NOTHING_TO_REFUND"]


@command("refunds.start_refund", allow="staff")
def start_refund(ctx: Ctx, cmd: StartRefund) -> RefundStarted:
    """Spec E6 (full). The money is sent by `refunds.send_due_refunds`. Raises OrderNotFound, AlreadyRefunded,
    StateChanged, IllegalMove for an order that was never paid."""
    refund_no = flow.refund_order(ctx.tx, cmd.order_no, seller_id=ctx.seller_id, cause=RefundCause.STAFF,
                                  reason=cmd.reason, actor=ctx.actor, now=ctx.now, seen_state=cmd.seen_state)
    return RefundStarted(refund_no=refund_no, state="DUE" if refund_no else "NOTHING_TO_REFUND")
