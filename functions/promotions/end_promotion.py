"""End a promotion before its time (结束活动): from the next price on it takes nothing off."""

from mall.app import Ctx, Id, Input, Nothing, command, harmless
from mall.domains.promotions import store


class EndPromotion(Input):
    promotion_id: Id


@command("promotions.end_promotion", allow="staff", repeat=harmless("ends once"))
def end_promotion(ctx: Ctx, cmd: EndPromotion) -> Nothing:
    """Spec F6. Raises PromotionNotFound, also for one that has ended."""
    store.end(ctx.tx, cmd.promotion_id, ctx.seller_id)
    ctx.audit(before={"state": "ACTIVE"}, after={"state": "ENDED"})
    return Nothing()
