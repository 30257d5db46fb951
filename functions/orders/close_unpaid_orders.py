"""Close unpaid orders whose time is over (超时关单): at WeChat first, then here; a payment in between wins."""

from collections import Counter
from collections.abc import Iterator

from mall.app import Ctx, timer
from mall.domains.orders import store as orders
from mall.domains.orders.rules import CloseReason
from mall.flows import close_order as flow
from mall.flows.each import each

MOST = 200


@timer("orders.close_unpaid_orders", every_minutes=1, uses=["wechat_pay"])
def close_unpaid_orders(ctx: Ctx) -> dict[str, int]:
    """Spec E4. Counts: closed, paid (settled instead), busy, failed (left for the next minute)."""
    counts = Counter(closed=0, paid=0, busy=0, failed=0)
    for order_no in _expired(ctx):
        counts[each(ctx, flow.close, ctx, order_no, CloseReason.EXPIRED)] += 1
    return dict(counts)


def _expired(ctx: Ctx) -> Iterator[str]:
    """All of them, batch after batch: a batch that WeChat will not close keeps no other waiting."""
    last = None
    while found := ctx.read(orders.expired, ctx.now, MOST, last):
        yield from (row.order_no for row in found)
        last = found[-1]
