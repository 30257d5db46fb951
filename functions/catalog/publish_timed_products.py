"""List and unlist the products whose time has come (定时上下架)."""

from mall.app import Ctx, timer
from mall.domains.catalog import store
from mall.flows import shelf


@timer("catalog.publish_timed_products", every_minutes=1)
def publish_timed_products(ctx: Ctx) -> dict[str, int]:
    """Spec B4. One transaction for each product; safe when two run at the same moment."""
    total = {"listed": 0, "unlisted": 0, "incomplete": 0}
    for row in ctx.read(store.due, ctx.now):
        counts = ctx.transact(shelf.do_what_is_due, row.spu_id, row.seller_id, ctx.now)
        total = {name: total[name] + counts[name] for name in total}
    return total
