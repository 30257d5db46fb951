"""Remind of coupons that end soon (到期提醒): once for each coupon, some days before."""

from datetime import timedelta

from mall.app import Ctx, timer
from mall.domains.coupons import store
from mall.domains.coupons.rules import CouponExpiring

BATCHES = 50  # at most in one run; the rest waits for the next


@timer("coupons.remind_expiring_coupons", daily_at="10:00")
def remind_expiring_coupons(ctx: Ctx) -> dict[str, int]:
    """Spec D4, I2: `settings.coupon_remind_days` before the end. A coupon is marked in the transaction that
    tells of it, so two runs at the same moment tell it once."""
    reminded = 0
    for _ in range(BATCHES):
        told = ctx.transact(_tell, ctx)
        reminded += told
        if told < store.BATCH:
            break
    return {"reminded": reminded}


def _tell(tx, ctx: Ctx) -> int:
    ending = store.remind_batch(tx, ctx.now, ctx.now + timedelta(days=ctx.settings.coupon_remind_days))
    for row in ending:
        ctx.emit(CouponExpiring(row.coupon_id, row.member_id))
    return len(ending)
