"""Give a coupon to listed members (定向发券): to all of them or to none."""

from pydantic import Field

from mall.app import KEY, Ctx, Id, Input, Output, TwoPeople, command
from mall.domains.coupons import rules, store
from mall.flows import given_away_coupons


class IssueCoupons(Input):
    template_id: Id
    member_ids: list[Id] = Field(min_length=1, max_length=200)


class CouponsIssued(Output):
    coupon_ids: list[str]  # in the order of the members


@command("coupons.issue_coupons", allow="staff", repeat=KEY,
         two_people=TwoPeople("COUPON", given_away_coupons.issued))
def issue_coupons(ctx: Ctx, cmd: IssueCoupons) -> CouponsIssued:
    """Spec D4. Raises TemplateNotFound, MemberListedTwice, WrongChannel, ClaimNotOpen, MemberUnknown,
    ClaimLimitReached, CouponsGone."""
    template, taken = store.find_template(ctx.tx, cmd.template_id, cmd.member_ids)
    rules.check_owner(template, ctx.seller_id)
    rules.check_claim(template, rules.Channel.STAFF, max(taken.values(), default=0), ctx.now)
    rules.check_listed(cmd.member_ids, store.unknown_members(ctx.tx, cmd.member_ids))
    return CouponsIssued(coupon_ids=store.give(ctx.tx, template, cmd.member_ids, taken, ctx.now))
