"""Take away the points whose time is over (积分过期), a lot at a time."""

from typing import Any

from mall.app import Ctx, Load, timer
from mall.domains.points import store
from mall.flows.money import points as flow
from mall.flows.each import work_through

MOST = 500


@timer("points.expire_points", every_minutes=10, load=Load("lots of points whose time is over", item_ms=20))
def expire_points(ctx: Ctx) -> dict[str, int]:
    """Spec A4. Counts: expired; elsewhere, when another run had it or points came back to it; failed, those come
    after the others."""

    def expire(lot: Any) -> str:
        return ctx.transact(flow.expire, lot.lot_id, lot.member_id, ctx.now)

    return {"expired": 0, "elsewhere": 0, "failed": 0} | work_through(
        ctx, lambda tx: store.due(tx, ctx.now, MOST), expire, purpose=store.EXPIRING)
