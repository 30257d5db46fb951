"""End a coupon template (停止发放): nobody gets one any more; those in people's hands stay good."""

from mall.app import Ctx, Id, Input, Nothing, command, harmless
from mall.domains.coupons import rules, store


class EndCoupon(Input):
    template_id: Id


@command("coupons.end_coupon", allow="staff", repeat=harmless("ends once"))
def end_coupon(ctx: Ctx, cmd: EndCoupon) -> Nothing:
    """Spec D4. Harmless when it has ended. Raises TemplateNotFound."""
    template, _ = store.find_template(ctx.tx, cmd.template_id, [])
    rules.check_owner(template, ctx.seller_id)
    store.end_template(ctx.tx, cmd.template_id, ctx.seller_id)
    ctx.audit(before={"state": template.state}, after={"state": "ENDED"})
    return Nothing()
