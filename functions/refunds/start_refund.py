"""Refund an order: all of it, some pieces, or an amount (退款、退差价、退运费、补偿); the last piece closes it."""

from typing import Literal

from mall.app import KEY, Ctx, Fen, Id, Input, Output, TwoPeople, command
from mall.app.fields import Title
from mall.app.refund_parts import AmountBack, RefundLine
from mall.domains.pricing.rules import ThresholdRule
from mall.domains.refunds.rules import RefundCause, RefundOrder
from mall.flows.trade import given_away
from mall.flows.trade import refund as flow
from mall.flows.money.refund_plan import wanted_of
from pydantic import Field


class StartRefund(Input):
    order_no: Id
    reason: Title
    lines: list[RefundLine] | None = Field(None, min_length=1, max_length=50)  # None: all that is left
    freight: bool | None = None  # its share of the freight too; None: as long as nothing was shipped
    by_amount: AmountBack | None = None  # in place of both
    seen_state: Literal["GROUPING", "TO_SHIP", "SHIPPED", "RECEIVED"] | None = None  # refused when it has changed
    seen_refunded_fen: Fen | None = None  # what had gone back when this was decided: refused when it is more now


class RefundStarted(Output):
    refund_no: str | None  # None: nothing is to be paid back
    state: Literal["DUE", "DONE", "NOTHING_TO_REFUND"]  # DONE: nothing of it goes by WeChat
    amount_fen: int
    balance_fen: int  # the part of it that goes into the buyer's stored value, at once
    closes: bool  # no piece of the order is left


@command("refunds.start_refund", allow="staff", repeat=KEY,
         two_people=TwoPeople("REFUND", given_away.refund))
def start_refund(ctx: Ctx, cmd: StartRefund) -> RefundStarted:
    """Spec E6. The money is sent by `refunds.send_due_refunds`. Raises OrderNotFound, AlreadyRefunded,
    StateChanged, LinesOrAmount, LineNotInOrder, MoreThanBought, MoreThanPaid, TooManyRefunds, IllegalMove for an order
    that was never paid. Where two people decide, it counts against one person's limits (J6)."""
    refund_no, decided = flow.refund_order(
        ctx.tx, cmd.order_no, seller_id=ctx.seller_id, cause=RefundCause.STAFF, reason=cmd.reason, actor=ctx.actor,
        now=ctx.now, seen=flow.Seen(cmd.seen_state, cmd.seen_refunded_fen),
        wanted=wanted_of(cmd.lines, cmd.by_amount, cmd.freight),
        threshold=ThresholdRule(ctx.settings.refund_threshold_rule), first=RefundOrder(ctx.settings.refund_order))
    ctx.audit(**flow.told(ctx.tx, cmd.order_no, decided), refund_no=refund_no)
    sent = "DUE" if decided.parts.wechat_fen else "DONE"
    return RefundStarted(refund_no=refund_no, state=sent if refund_no else "NOTHING_TO_REFUND",
                         amount_fen=decided.amount_fen, balance_fen=decided.parts.balance_fen, closes=decided.closes)
