"""Ask WeChat about refunds that nobody told us the end of (退款查询)."""

from mall.app import Ctx, Load, timer
from mall.domains.refunds import store as refunds
from mall.domains.refunds.rules import RefundState
from mall.flows.trade import send_refund
from mall.flows.each import work_through

MOST = 500


@timer("refunds.query_stuck_refunds", every_minutes=1, uses=["wechat_pay"],
       load=Load("refunds that nobody told the end of", item_ms=200))
def query_stuck_refunds(ctx: Ctx) -> dict[str, int]:
    """Spec E6: for those that never answer. Counts by the refund's state afterwards."""
    return {"SENT": 0, "DONE": 0, "FAILED": 0, "failed": 0} | work_through(
        ctx, lambda tx: refunds.due(tx, RefundState.SENT, ctx.now, MOST), lambda row: send_refund.ask(ctx, row))
