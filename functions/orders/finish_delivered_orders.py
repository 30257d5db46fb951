"""Orders that nobody confirmed count as received (自动确认收货) some days after shipping."""

from collections import Counter
from datetime import datetime, timedelta

from mall.app import Ctx, timer
from mall.domains.orders import store as orders
from mall.flows import receive as flow
from mall.flows.each import each

MOST = 200


@timer("orders.finish_delivered_orders", every_minutes=10)
def finish_delivered_orders(ctx: Ctx) -> dict[str, int]:
    """Spec E4. Counts: received, elsewhere (meanwhile confirmed or refunded), failed (left for the next time)."""
    before = ctx.now - timedelta(days=ctx.settings.receive_after_days)
    counts = Counter(received=0, elsewhere=0, failed=0)
    for order_no in ctx.read(orders.shipped_before, before, MOST):
        counts[each(ctx, _receive, ctx, order_no, before)] += 1
    return dict(counts)


def _receive(ctx: Ctx, order_no: str, before: datetime) -> str:
    return ctx.transact(flow.receive_overdue, order_no, before, ctx.settings, actor=ctx.actor, now=ctx.now)
