"""Count what was sold (销量) when an order is paid."""

from typing import Any

from mall.app import Ctx, listener
from mall.domains.catalog import store as catalog
from mall.domains.orders import store as orders
from mall.domains.orders.rules import OrderPaid


@listener("catalog.on_order_paid_count_sold", on=[OrderPaid])
def on_order_paid_count_sold(ctx: Ctx, kind: str, payload: dict[str, Any]) -> None:
    """Spec B5 ("sold N"). A refund does not lower it: the goods were sold."""
    sold: dict[str, int] = {}
    for line in orders.lines(ctx.tx, payload["order_no"]):
        sold[line.spu_id] = sold.get(line.spu_id, 0) + line.quantity
    for spu_id, quantity in sorted(sold.items()):
        catalog.add_sold(ctx.tx, spu_id, quantity)
