"""Give a coupon to listed members (定向发券), such as a search found; who gets none is told apart with the reason."""

from pydantic import Field

from mall.app import KEY, Ctx, Id, Input, Output, TwoPeople, command
from mall.domains.coupons import store
from mall.domains.coupons.rules import Outcome
from mall.flows.marketing import given_away_coupons
from mall.flows.marketing import issue_coupons as flow


class IssueCoupons(Input):
    template_id: Id
    member_ids: list[Id] = Field(min_length=1, max_length=200)


class Result(Output):
    member_id: str
    outcome: Outcome
    coupon_id: str | None  # of ISSUED


class CouponsIssued(Output):
    issued: int
    results: list[Result]  # in the order of the list


@command("coupons.issue_coupons", allow="staff", repeat=KEY,
         two_people=TwoPeople("COUPON", given_away_coupons.issued))
def issue_coupons(ctx: Ctx, cmd: IssueCoupons) -> CouponsIssued:
    """Spec D4. In the order of the list until the quota is reached; never more than one person may have, nor to who is
    blocked. Raises TemplateNotFound, MemberListedTwice, WrongChannel, ClaimNotOpen."""
    plan = flow.plan(ctx.tx, cmd.template_id, cmd.member_ids, ctx.seller_id, ctx.now)
    getting, before = plan.getting, plan.template.claimed
    given = store.give(ctx.tx, plan.template, getting, plan.taken, ctx.now) if getting else []
    coupon_ids = dict(zip(getting, given, strict=True))
    ctx.audit(before={"claimed": before}, after={"claimed": before + len(getting)})
    return CouponsIssued(issued=len(getting), results=[
        Result(member_id=member_id, outcome=outcome, coupon_id=coupon_ids.get(member_id))
        for member_id, outcome in plan.outcomes.items()])
