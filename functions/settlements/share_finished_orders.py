"""Share orders that are due for it (分账): as soon as they are paid, or some days after receipt."""

from collections import Counter

from mall.app import Ctx, Load, timer
from mall.domains.settlements import frozen as freezer
from mall.domains.settlements import store as settlements
from mall.domains.settlements.rules import ShareState
from mall.flows.money import share_orders as flow
from mall.flows.each import in_batches, work_through

MOST = 500


@timer("settlements.share_finished_orders", every_minutes=1, uses=["wechat_pay"],
       load=Load("orders to be shared", item_ms=200))
def share_finished_orders(ctx: Ctx) -> dict[str, int]:
    """Spec E7. Counts: decided, nothing (nobody is to get anything), elsewhere (meanwhile shared or refunded); then
    by the share's state after sending, waiting: WeChat wants it later, failed: asked about and tried again later."""
    counts = Counter(decided=0, nothing=0, elsewhere=0, SENT=0, DONE=0, FAILED=0, waiting=0, failed=0)

    def decide(order_no: str) -> str:
        state = ctx.transact(flow.decide, order_no, ctx.settings, ctx.now)
        return {ShareState.DUE.value: "decided", ShareState.NOTHING.value: "nothing"}.get(state, state)

    counts.update(work_through(ctx, lambda tx: flow.candidates(tx, ctx.settings, ctx.now, MOST), decide,
                               purpose=freezer.DECIDING, parts_left=4))
    if not ctx.read(flow.candidates, ctx.settings, ctx.now, 1):
        in_batches(ctx, freezer.share_later, ctx.now, full=freezer.LOOKED_AT, parts_left=4)
    counts.update(work_through(ctx, lambda tx: settlements.due(tx, ShareState.DUE, ctx.now, MOST),
                               lambda row: flow.send(ctx, row)))
    return dict(counts)
