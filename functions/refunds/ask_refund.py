"""A buyer asks for a refund (申请退款): of pieces, of an amount, or of all that is left; the shop answers."""

from typing import Annotated

from mall.app import Ctx, Id, Input, Line, Output, command, seen
from mall.app.refund_parts import AmountBack, RefundLine
from mall.domains.refunds.requests import MOST_EVIDENCE, RequestReason
from mall.flows.trade import refund_requests as flow
from mall.flows.money.refund_plan import wanted_of
from pydantic import Field


class AskRefund(Input):
    order_no: Id
    reason: Annotated[RequestReason, Field(strict=False)]
    note: Line = ""
    lines: list[RefundLine] | None = Field(None, min_length=1, max_length=50)  # None: all that is left
    by_amount: AmountBack | None = None  # in place of pieces
    evidence_ids: list[Id] = Field([], max_length=MOST_EVIDENCE)  # of checked uploads that show it


class RefundAsked(Output):
    request_id: str
    state: str
    asked_fen: int  # what it would give back by now


@command("refunds.ask_refund", allow="member", repeat=seen("order_no"))
def ask_refund(ctx: Ctx, cmd: AskRefund) -> RefundAsked:
    """Spec E6. One open request of an order; nothing moves before the shop accepts it. Raises OrderNotFound,
    IllegalMove, NotToBeAsked, TooManyRequests, RequestIsOpen, NothingToAskFor, LinesOrAmount, LineTwice,
    LineNotInOrder, MoreThanBought, MoreThanPaid, TooManyRefunds, NotChecked of evidence that is not the buyer's own."""
    request_id = ctx.new_id("rrq")
    asked = flow.Asked(cmd.order_no, wanted_of(cmd.lines, cmd.by_amount), cmd.reason, cmd.note,
                       tuple(cmd.evidence_ids))
    decided = flow.ask(ctx.tx, asked, request_id, member_id=ctx.me.member_id, settings_of=ctx.settings_of, now=ctx.now)
    return RefundAsked(request_id=request_id, state="OPEN", asked_fen=decided.amount_fen)
