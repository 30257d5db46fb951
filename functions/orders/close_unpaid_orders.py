"""Close unpaid orders whose time is over (超时关单): at WeChat first, then here; a payment in between wins."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from mall.app import Ctx, timer
from mall.domains.orders import store as orders
from mall.domains.orders.rules import CloseReason, close_next
from mall.flows import close_order as flow
from mall.flows.each import each

MOST = 200


@timer("orders.close_unpaid_orders", every_minutes=1, uses=["wechat_pay"])
def close_unpaid_orders(ctx: Ctx) -> dict[str, int]:
    """Spec E4. Counts: closed, paid (settled instead), busy, failed (tried again ever more rarely). Each is leased
    before WeChat is asked: the oldest, on which it may hang until the run's time is over, come after the others."""
    counts = Counter(closed=0, paid=0, busy=0, failed=0)
    for row in _expired(ctx):
        if ctx.transact(orders.lease_close, row.order_no, ctx.now, close_next(row.expires_at, ctx.now)):
            counts[each(ctx, flow.close, ctx, row.order_no, CloseReason.EXPIRED)] += 1
    return dict(counts)


def _expired(ctx: Ctx) -> Iterator[Any]:
    """All of them, batch after batch: a batch that WeChat will not close keeps no other waiting."""
    last = None
    while found := ctx.read(orders.expired, ctx.now, MOST, last):
        yield from found
        last = found[-1]
