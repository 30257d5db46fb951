"""Learn who a new follower is (关注者的 unionid): an event of following names the openid alone."""

from typing import Any

from mall.app import Ctx, Load, timer
from mall.domains.messaging import followers
from mall.flows.each import work_through
from mall.kit.errors import RuleBroken

BATCH = 500


@timer("messaging.learn_followers", every_minutes=1, uses=["wechat_service"],
       load=Load("new followers of the service account", item_ms=200))
def learn_followers(ctx: Ctx) -> dict[str, int]:
    """Spec I1. By the unionid a follower is the member who orders in the mini program. One on whom WeChat stays silent
    is asked about again ten minutes later; whom it does not know or join, never. Counts: known, unknown, failed,
    elsewhere (another run was faster)."""

    def learn(follower: Any) -> str:
        if not ctx.transact(followers.lease, follower, ctx.now):
            return "elsewhere"
        try:
            unionid = ctx.world.wechat_service.unionid_of(follower.openid)
        except RuleBroken:
            unionid = None
        ctx.transact(followers.know, follower, unionid)
        return "known" if unionid else "unknown"

    return {"known": 0, "unknown": 0, "elsewhere": 0, "failed": 0} | work_through(
        ctx, lambda tx: followers.to_ask(tx, ctx.now, BATCH), learn)
