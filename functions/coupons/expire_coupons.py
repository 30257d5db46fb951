"""End coupons whose time is over (优惠券过期); one that an order holds stays with its order."""

from mall.app import Ctx, timer
from mall.domains.coupons import store

BATCHES = 50  # at most in one run; the rest waits for the next


@timer("coupons.expire_coupons", every_minutes=10)
def expire_coupons(ctx: Ctx) -> dict[str, int]:
    """Spec D4."""
    expired = 0
    for _ in range(BATCHES):
        ended = ctx.transact(store.expire_batch, ctx.now)
        expired += ended
        if ended < store.BATCH:
            break
    return {"expired": expired}
