"""A buyer takes a request for a refund back (撤销退款申请) that the shop has not answered."""

from mall.app import Ctx, Id, Input, Output, command, seen
from mall.flows.trade import refund_requests as flow


class WithdrawRequest(Input):
    request_id: Id


class RequestWithdrawn(Output):
    request_id: str
    state: str


@command("refunds.withdraw_request", allow="member", repeat=seen("request_id"))
def withdraw_request(ctx: Ctx, cmd: WithdrawRequest) -> RequestWithdrawn:
    """Spec E6. Raises RequestNotFound, also for somebody else's, RequestEnded."""
    flow.withdraw(ctx.tx, cmd.request_id, member_id=ctx.me.member_id, now=ctx.now)
    return RequestWithdrawn(request_id=cmd.request_id, state="WITHDRAWN")
