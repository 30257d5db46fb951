"""Close unpaid orders whose time is over (超时关单): at WeChat first, then here; a payment in between wins."""

from typing import Any

from mall.app import Ctx, Load, timer
from mall.domains.orders import due as orders
from mall.domains.orders.rules import CloseReason, close_next
from mall.flows.trade import close_order as flow
from mall.flows.each import work_through

MOST = 500
TAKEN = "taken"


@timer("orders.close_unpaid_orders", every_minutes=1, uses=["wechat_pay"],
       load=Load("unpaid orders whose time is over", item_ms=200))
def close_unpaid_orders(ctx: Ctx) -> dict[str, int]:
    """Spec E4. Counts: closed, paid (settled instead), busy, failed (tried again ever more rarely). Each is leased
    before WeChat is asked: the oldest, on which it may hang until the run's time is over, come after the others."""

    def close(row: Any) -> str:
        if not ctx.transact(orders.lease_close, row.order_no, ctx.now, close_next(row.expires_at, ctx.now)):
            return TAKEN
        return flow.close(ctx, row.order_no, CloseReason.EXPIRED)

    counts = work_through(ctx, lambda tx: orders.expired(tx, ctx.now, MOST), close)
    del counts[TAKEN]
    return {"closed": 0, "paid": 0, "busy": 0, "failed": 0} | counts
