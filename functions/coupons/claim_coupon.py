"""Claim a coupon in the claim centre (领券): never more than the quota, nor than one person may have."""

from datetime import datetime

from mall.app import KEY, Ctx, Id, Input, Output, command
from mall.domains.coupons import rules, store
from mall.domains.sellers.rules import refuse_suspended


class ClaimCoupon(Input):
    template_id: Id


class CouponClaimed(Output):
    coupon_id: str
    valid_from: datetime
    valid_until: datetime


@command("coupons.claim_coupon", allow="member", repeat=KEY)
def claim_coupon(ctx: Ctx, cmd: ClaimCoupon) -> CouponClaimed:
    """Spec D4. Raises TemplateNotFound, WrongChannel, ClaimNotOpen, ClaimLimitReached, CouponsGone,
    SellerSuspended."""
    me = ctx.me.member_id
    template, taken = store.find_template(ctx.tx, cmd.template_id, [me])
    rules.check_claim(template, rules.Channel.CENTRE, taken.get(me, 0), ctx.now)
    refuse_suspended(template.seller_id, template.suspended)
    coupon_id, = store.give(ctx.tx, template, [me], taken, ctx.now)
    valid_from, valid_until = rules.validity(template, ctx.now)
    return CouponClaimed(coupon_id=coupon_id, valid_from=valid_from, valid_until=valid_until)
