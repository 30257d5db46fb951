"""Ask WeChat about refunds that nobody told us the end of (退款查询)."""

from collections import Counter

from mall.app import Ctx, timer
from mall.domains.refunds import store as refunds
from mall.domains.refunds.rules import RefundState
from mall.flows import send_refund
from mall.flows.each import each

MOST = 100


@timer("refunds.query_stuck_refunds", every_minutes=1, uses=["wechat_pay"])
def query_stuck_refunds(ctx: Ctx) -> dict[str, int]:
    """Spec E6: for those that never answer. Counts by the refund's state afterwards."""
    counts = Counter(SENT=0, DONE=0, FAILED=0, failed=0)
    for row in ctx.read(refunds.due, RefundState.SENT, ctx.now, MOST):
        counts[each(ctx, send_refund.ask, ctx, row)] += 1
    return dict(counts)
