"""Redeem a coupon code (兑换优惠券): a code gives one coupon to one person, once."""

from datetime import datetime
from typing import Annotated

from mall.app import Code, Ctx, Input, Output, command, in_form, seen
from mall.domains.coupons import codes, rules, store
from mall.domains.sellers.rules import refuse_suspended


class RedeemCode(Input):
    code: Annotated[Code, in_form(codes.meant)]  # as printed, or as somebody types it: `domains/coupons/codes.py`


class CodeRedeemed(Output):
    coupon_id: str
    title: str
    offer: str
    valid_from: datetime
    valid_until: datetime


@command("coupons.redeem_code", allow="member", repeat=seen("code"))
def redeem_code(ctx: Ctx, cmd: RedeemCode) -> CodeRedeemed:
    """Spec D4. Raises CodeUnknown, CodeAlreadyRedeemed, ClaimNotOpen, ClaimLimitReached, CouponsGone, and
    SellerSuspended: the code stays good."""
    me, code = ctx.me.member_id, cmd.code
    template, taken = store.find_code(ctx.tx, code, me)
    rules.check_code(template)
    refuse_suspended(template.seller_id, template.suspended)
    rules.check_claim(template, rules.Channel.CODE, taken.get(me, 0), ctx.now)
    store.redeem(ctx.tx, code, me, ctx.now)
    coupon_id, = store.give(ctx.tx, template, [me], taken, ctx.now)
    valid_from, valid_until = rules.validity(template, ctx.now)
    return CodeRedeemed(coupon_id=coupon_id, title=template.title, valid_from=valid_from, valid_until=valid_until,
                        offer=rules.offer_of(template.kind, template.document))
