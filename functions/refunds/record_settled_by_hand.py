"""Record that staff gave a failed refund back by hand (登记线下退款): in WeChat's platform or by bank transfer."""

from typing import Annotated

from mall.app import Ctx, Id, Input, Line, Output, TwoPeople, command, seen
from mall.domains.refunds.rules import ByHand
from mall.flows.trade import given_away
from mall.flows.trade import refund
from pydantic import Field


class RecordSettledByHand(Input):
    """`number`: of a refund in the platform its merchant refund number (商户退款单号), as the bills show it; of a
    transfer the bank's reference."""

    refund_no: Id
    how: Annotated[ByHand, Field(strict=False)]
    number: Id
    note: Annotated[Line, Field(min_length=1)]


class SettledByHand(Output):
    refund_no: str
    state: str


@command("refunds.record_settled_by_hand", allow="staff", repeat=seen("number"),
         two_people=TwoPeople("BY_HAND", given_away.settled_by_hand))
def record_settled_by_hand(ctx: Ctx, cmd: RecordSettledByHand) -> SettledByHand:
    """Spec E6. Nothing is paid here. Where two people decide, it counts against one person's limits as the refund
    did: that the money went another way is said by a person alone (J6). Raises RefundNotFound, RefundNotFailed,
    OurOwnNumber, OutsideNumberUsed."""
    state = refund.settle_by_hand(ctx.tx, cmd.refund_no, ctx.seller_id, cmd.how, cmd.number, cmd.note, ctx.now)
    ctx.audit(before={"state": "FAILED"}, after={"state": state, "how": cmd.how})
    return SettledByHand(refund_no=cmd.refund_no, state=state)
