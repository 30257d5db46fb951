"""Send a failed refund again (重试退款); under a new number only when WeChat says that it closed the last one."""

from mall.app import KEY, Ctx, Id, Input, Output, remote
from mall.domains.refunds import store as refunds
from mall.domains.refunds.rules import RefundNotFound
from mall.flows.trade import send_refund


class RetryRefund(Input):
    refund_no: Id


class RefundRetried(Output):
    refund_no: str
    state: str


@remote("refunds.retry_refund", allow="staff", repeat=KEY, uses=["wechat_pay"], audits_itself=True)
def retry_refund(ctx: Ctx, cmd: RetryRefund) -> RefundRetried:
    """Spec E6. WeChat is asked first. Changes nothing of one that has not failed. Raises RefundNotFound,
    TooManyRefunds."""
    row = ctx.read(refunds.find, cmd.refund_no)
    if row is None or ctx.read(refunds.seller_of, row.payment_no or "") != ctx.seller_id:
        raise RefundNotFound()
    return RefundRetried(refund_no=cmd.refund_no, state=send_refund.retry(ctx, row))
