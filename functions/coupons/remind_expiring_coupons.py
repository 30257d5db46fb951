"""Remind of coupons that end soon (到期提醒): once for each coupon, some days before."""

from datetime import timedelta

from mall.app import Ctx, Load, timer
from mall.domains.coupons import store
from mall.domains.coupons.rules import CouponExpiring
from mall.flows.each import in_batches


@timer("coupons.remind_expiring_coupons", daily_at="10:00", timeout_s=300,
       load=Load("coupons that end soon", item_ms=0.8, enough_s=250))
def remind_expiring_coupons(ctx: Ctx) -> dict[str, int]:
    """Spec D4, I2: `settings.coupon_remind_days` before the end. A coupon is marked in the transaction that
    tells of it, so two runs at the same moment tell it once."""
    return {"reminded": in_batches(ctx, _tell, ctx, full=store.BATCH)}


def _tell(tx, ctx: Ctx) -> int:
    ending = store.remind_batch(tx, ctx.now, ctx.now + timedelta(days=ctx.settings.coupon_remind_days))
    for row in ending:
        ctx.emit(CouponExpiring(row.coupon_id, row.member_id))
    return len(ending)
