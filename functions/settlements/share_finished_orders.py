"""Share orders that are due for it (分账): as soon as they are paid, or some days after receipt."""

from collections import Counter

from mall.app import Ctx, timer
from mall.domains.settlements import store as settlements
from mall.domains.settlements.rules import ShareState
from mall.flows import share_orders as flow
from mall.flows.each import each

MOST = 100


@timer("settlements.share_finished_orders", every_minutes=5, uses=["wechat_pay"])
def share_finished_orders(ctx: Ctx) -> dict[str, int]:
    """Spec E7. Counts: decided, nothing (nobody is to get anything), elsewhere (meanwhile shared or refunded); then
    by the share's state after sending, waiting: WeChat wants it later, failed: asked about and tried again later."""
    counts = Counter(decided=0, nothing=0, elsewhere=0, SENT=0, DONE=0, FAILED=0, waiting=0, failed=0)
    for order_no in ctx.read(flow.candidates, ctx.settings, ctx.now, MOST):
        counts[each(ctx, _decide, ctx, order_no)] += 1
    for row in ctx.read(settlements.due, ShareState.DUE, ctx.now, MOST):
        counts[each(ctx, flow.send, ctx, row)] += 1
    return dict(counts)


def _decide(ctx: Ctx, order_no: str) -> str:
    state = ctx.transact(flow.decide, order_no, ctx.settings, ctx.now)
    return {ShareState.DUE.value: "decided", ShareState.NOTHING.value: "nothing"}.get(state, state)
