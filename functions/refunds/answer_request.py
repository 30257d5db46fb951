"""Staff answer a buyer's request for a refund (处理退款申请): accept it, which starts the refund, or say why not."""

from typing import Literal

from mall.app import KEY, Ctx, Fen, Id, Input, Line, Output, TwoPeople, command
from mall.flows.trade import given_away
from mall.flows.trade import refund_requests as flow
from mall.flows.trade.refund import Seen, told


class AnswerRequest(Input):
    """`answer`: what the buyer reads; a refusal needs it."""

    request_id: Id
    accept: bool
    answer: Line = ""
    seen_state: Literal["GROUPING", "TO_SHIP", "SHIPPED", "RECEIVED"] | None = None  # as in refunds.start_refund
    seen_refunded_fen: Fen | None = None


class RequestAnswered(Output):
    request_id: str
    state: Literal["ACCEPTED", "REFUSED"]
    refund_no: str | None
    amount_fen: int
    closes: bool  # no piece of the order is left


@command("refunds.answer_request", allow="staff", repeat=KEY,
         two_people=TwoPeople("REFUND", given_away.accepted_request))
def answer_request(ctx: Ctx, cmd: AnswerRequest) -> RequestAnswered:
    """Spec E6, J6: accepted, it counts against one person's limits as any refund. Raises RequestNotFound, RequestEnded,
    AnswerMissing, NothingToAskFor, and what refunds.start_refund would."""
    if not cmd.accept:
        flow.refuse(ctx.tx, cmd.request_id, cmd.answer, seller_id=ctx.seller_id, now=ctx.now)
        ctx.audit(before={"state": "OPEN"}, after={"state": "REFUSED"})
        return RequestAnswered(request_id=cmd.request_id, state="REFUSED", refund_no=None, amount_fen=0, closes=False)
    order_no, refund_no, decided = flow.accept(
        ctx.tx, cmd.request_id, cmd.answer, seller_id=ctx.seller_id, settings=ctx.settings,
        seen=Seen(cmd.seen_state, cmd.seen_refunded_fen), actor=ctx.actor, now=ctx.now)
    ctx.audit(**told(ctx.tx, order_no, decided), order_no=order_no, refund_no=refund_no)
    return RequestAnswered(request_id=cmd.request_id, state="ACCEPTED", refund_no=refund_no,
                           amount_fen=decided.amount_fen, closes=decided.closes)
