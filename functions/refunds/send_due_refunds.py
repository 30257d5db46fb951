"""Send refunds that are due to WeChat (发送退款), each under its own number however often it is tried."""

from mall.app import Ctx, Load, timer
from mall.domains.refunds import store as refunds
from mall.domains.refunds.rules import RefundState
from mall.flows.trade import send_refund
from mall.flows.each import work_through

MOST = 500


@timer("refunds.send_due_refunds", every_minutes=1, uses=["wechat_pay"],
       load=Load("refunds that WeChat is to make", item_ms=200))
def send_due_refunds(ctx: Ctx) -> dict[str, int]:
    """Spec E6. Counts by the refund's state afterwards; waiting: another refund of its payment was sent within the
    minute; failed: WeChat did not answer, asked and tried again later."""
    return {"SENT": 0, "DONE": 0, "FAILED": 0, "waiting": 0, "failed": 0} | work_through(
        ctx, lambda tx: refunds.due(tx, RefundState.DUE, ctx.now, MOST), lambda row: send_refund.send(ctx, row))
