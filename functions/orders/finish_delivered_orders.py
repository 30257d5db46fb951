"""Orders that nobody confirmed count as received (自动确认收货) some days after shipping."""

from datetime import timedelta

from mall.app import Ctx, Load, timer
from mall.domains.orders import due as orders
from mall.flows.fulfilment import receive as flow
from mall.flows.each import work_through

MOST = 500


@timer("orders.finish_delivered_orders", every_minutes=5, load=Load("orders on their way for long", item_ms=40))
def finish_delivered_orders(ctx: Ctx) -> dict[str, int]:
    """Spec E4. Counts: received, elsewhere (meanwhile confirmed or refunded), failed (comes after the others)."""
    before = ctx.now - timedelta(days=ctx.settings.receive_after_days)

    def receive(order_no: str) -> str:
        return ctx.transact(flow.receive_overdue, order_no, before, ctx.settings, actor=ctx.actor, now=ctx.now)

    return {"received": 0, "elsewhere": 0, "failed": 0} | work_through(
        ctx, lambda tx: orders.shipped_before(tx, before, ctx.now, MOST), receive, purpose=orders.RECEIVING)
