"""Ask WeChat how shares and returns have ended (查询分账结果): its notices may come or not."""

from collections import Counter

from mall.app import Ctx, timer
from mall.domains.settlements import store as settlements
from mall.domains.settlements.rules import ShareState
from mall.flows import share_orders, share_returns
from mall.flows.each import each

MOST = 100


@timer("settlements.poll_sharing_results", every_minutes=1, uses=["wechat_pay"])
def poll_sharing_results(ctx: Ctx) -> dict[str, int]:
    """Spec E7. Counts of both by their state afterwards; waiting: WeChat wants it later; failed: it did not answer,
    asked again later."""
    counts = Counter(SENT=0, DONE=0, FAILED=0, failed=0)
    for row in ctx.read(settlements.due, ShareState.SENT, ctx.now, MOST):
        counts[each(ctx, share_orders.send, ctx, row)] += 1
    for row in ctx.read(settlements.returns_due, ctx.now, MOST):
        counts[each(ctx, share_returns.settle, ctx, row)] += 1
    return dict(counts)
