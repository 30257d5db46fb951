"""Make or change a coupon template (优惠券): what it gives, on what, to how many, and when."""

from typing import Annotated, Literal

from pydantic import Field

from mall.app import KEY, Count, Ctx, Id, Name, Output, Planned, Quantity, TwoPeople, Version, command
from mall.app.coupon_terms import CouponGives
from mall.domains.coupons import rules, store
from mall.flows.marketing import given_away_coupons, scope


class SaveCoupon(CouponGives):
    template_id: Id | None = None  # none: a new one
    version: Version | None = None  # of a change: the version that was read
    title: Name
    channel: Literal["CENTRE", "CODE", "STAFF"]
    quota: Count
    per_member: Quantity
    claim_from: Planned
    claim_until: Planned
    valid_from: Planned | None = None
    valid_until: Planned | None = None
    valid_days: Annotated[int, Field(ge=1, le=3650)] | None = None


class CouponSaved(Output):
    template_id: str
    version: int


@command("coupons.save_coupon", allow="staff", repeat=KEY,
         two_people=TwoPeople("COUPON", given_away_coupons.template_saved))
def save_coupon(ctx: Ctx, cmd: SaveCoupon) -> CouponSaved:
    """Spec D4. Raises BadTerms, TemplateNotFound, CouponEnded, QuotaBelowClaimed, TooManyCodes, TermsFixed,
    ChangedMeanwhile, and ProductNotFound, CategoryNotFound for a scope that names what the seller does not have."""
    wanted = cmd.model_dump(exclude={"template_id", "version", "terms"})
    wanted["document"] = scope.coupon_document(ctx.tx, cmd, ctx.seller_id)
    rules.check_windows(claim_from=cmd.claim_from, claim_until=cmd.claim_until, valid_from=cmd.valid_from,
                        valid_until=cmd.valid_until, valid_days=cmd.valid_days)
    told = ("kind", "document", "channel", "quota", "per_member", "claim_from", "claim_until")
    after = {name: wanted[name] for name in told}
    if cmd.template_id is None:
        rules.check_still_claimed(None, cmd.claim_until, ctx.now)
        template_id = ctx.new_id("cpt")
        ctx.audit(before={}, after=after, template_id=template_id)
        store.add_template(ctx.tx, template_id, ctx.seller_id, wanted, ctx.now)
        return CouponSaved(template_id=template_id, version=1)
    template, codes_made = store.lock_template(ctx.tx, cmd.template_id)
    rules.check_owner(template, ctx.seller_id)
    rules.check_still_claimed(template, cmd.claim_until, ctx.now)
    rules.check_change(template, wanted, codes_made)
    ctx.audit(before={name: getattr(template, name) for name in told}, after=after)
    version = store.change_template(ctx.tx, template, wanted, ctx.seen(cmd.version))
    return CouponSaved(template_id=cmd.template_id, version=version)
