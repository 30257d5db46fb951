"""End a group-buy activity (结束拼团活动): nobody opens or joins any more; paid seats go on to their group's end."""

from mall.app import Ctx, Id, Input, Nothing, command, harmless
from mall.domains.group_buys import activities, rules, store


class EndGroupBuy(Input):
    group_buy_id: Id


@command("group_buys.end_group_buy", allow="staff", repeat=harmless("ends once"))
def end_group_buy(ctx: Ctx, cmd: EndGroupBuy) -> Nothing:
    """Spec F1. Harmless when it has ended. Raises GroupBuyNotFound."""
    found = ctx.tx.fetch(store.ask_activity(cmd.group_buy_id))[0]
    rules.check_owner(found[0] if found else None, ctx.seller_id)
    activities.end_activity(ctx.tx, cmd.group_buy_id, ctx.seller_id)
    ctx.audit(before={"state": found[0].state}, after={"state": "ENDED"})
    return Nothing()
