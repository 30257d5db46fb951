"""Ask WeChat how shares and returns have ended (查询分账结果): its notices may come or not."""

from collections import Counter

from mall.app import Ctx, Load, timer
from mall.domains.settlements import returns
from mall.domains.settlements import store as settlements
from mall.domains.settlements.rules import ShareState
from mall.flows.money import share_orders, share_returns
from mall.flows.each import work_through

MOST = 500


@timer("settlements.poll_sharing_results", every_minutes=1, uses=["wechat_pay"],
       load=Load("shares and returns under way", item_ms=200))
def poll_sharing_results(ctx: Ctx) -> dict[str, int]:
    """Spec E7. Counts of both by their state afterwards; waiting: WeChat wants it later; failed: it did not answer,
    asked again later."""
    counts = Counter(SENT=0, DONE=0, FAILED=0, failed=0)
    counts.update(work_through(ctx, lambda tx: settlements.due(tx, ShareState.SENT, ctx.now, MOST),
                               lambda row: share_orders.send(ctx, row), parts_left=2))
    counts.update(work_through(ctx, lambda tx: returns.returns_due(tx, ctx.now, MOST),
                               lambda row: share_returns.settle(ctx, row)))
    return dict(counts)
