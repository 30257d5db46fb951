"""Send a failed refund again (重试退款), under the same number."""

from mall.app import Ctx, Id, Input, Output, command
from mall.domains.refunds import store as refunds
from mall.domains.refunds.rules import RefundNotFound


class RetryRefund(Input):
    refund_no: Id


class RefundRetried(Output):
    refund_no: str
    state: str


@command("refunds.retry_refund", allow="staff")
def retry_refund(ctx: Ctx, cmd: RetryRefund) -> RefundRetried:
    """Spec E6. Raises RefundNotFound, IllegalMove when it has not failed."""
    row = refunds.lock(ctx.tx, cmd.refund_no)
    if row is None or refunds.seller_of(ctx.tx, row.payment_no) != ctx.seller_id:
        raise RefundNotFound()
    refunds.move(ctx.tx, row, "retry", send_at=ctx.now)
    return RefundRetried(refund_no=cmd.refund_no, state="DUE")
