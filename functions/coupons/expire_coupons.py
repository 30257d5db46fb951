"""End coupons whose time is over (优惠券过期); one that an order holds stays with its order."""

from mall.app import Ctx, Load, timer
from mall.domains.coupons import store
from mall.flows.each import in_batches


@timer("coupons.expire_coupons", every_minutes=10, load=Load("coupons whose time is over", item_ms=1))
def expire_coupons(ctx: Ctx) -> dict[str, int]:
    """Spec D4."""
    return {"expired": in_batches(ctx, store.expire_batch, ctx.now, full=store.BATCH)}
