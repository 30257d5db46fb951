"""List and unlist the products whose time has come (定时上下架)."""

from collections import Counter
from typing import Any

from mall.app import Ctx, Load, timer
from mall.domains.catalog import store
from mall.flows.goods import shelf
from mall.flows.each import work_through


@timer("catalog.publish_timed_products", every_minutes=1, load=Load("products whose time has come", item_ms=30))
def publish_timed_products(ctx: Ctx) -> dict[str, int]:
    """Spec B4. One transaction for each product; safe when two run at the same moment."""
    total = Counter(listed=0, unlisted=0, incomplete=0)

    def publish(row: Any) -> str:
        total.update(ctx.transact(shelf.do_what_is_due, row.spu_id, row.seller_id, ctx.now))
        return "done"

    work_through(ctx, lambda tx: store.due(tx, ctx.now), publish, purpose=store.TIMED)
    return dict(total)
