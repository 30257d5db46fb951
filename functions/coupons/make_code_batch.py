"""Make a batch of coupon codes (批量生成兑换码): shown once, in this answer, for print or for a partner."""

from typing import Annotated

from pydantic import Field

from mall.app import KEY, Ctx, Id, Input, Output, TwoPeople, command
from mall.domains.coupons import codes, rules, store
from mall.flows.marketing import given_away_coupons


class MakeCodeBatch(Input):
    template_id: Id
    count: Annotated[int, Field(ge=1, le=5_000)]


class CodeBatch(Output):
    batch_id: str
    codes: list[str]


@command("coupons.make_code_batch", allow="staff", repeat=KEY,
         two_people=TwoPeople("COUPON", given_away_coupons.codes_made), timeout_s=30)
def make_code_batch(ctx: Ctx, cmd: MakeCodeBatch) -> CodeBatch:
    """Spec D4. There are never more codes than the quota, so that none disappoints. Raises TemplateNotFound,
    WrongChannel, CouponEnded, TooManyCodes."""
    template, before = store.lock_template(ctx.tx, cmd.template_id)
    rules.check_owner(template, ctx.seller_id)
    rules.check_batch(template, before, cmd.count)
    batch_id = ctx.new_id("bat")
    made = store.make_codes(ctx.tx, template.template_id, batch_id, cmd.count, ctx.now)
    ctx.audit(before={"codes": before}, after={"codes": before + cmd.count}, batch_id=batch_id)
    return CodeBatch(batch_id=batch_id, codes=[codes.printed(code) for code in made])
