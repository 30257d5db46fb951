"""Take away the points whose time is over (积分过期), a lot at a time."""

from collections import Counter
from typing import Any

from mall.app import Ctx, timer
from mall.domains.points import store
from mall.flows import points as flow
from mall.flows.each import each

MOST = 200


@timer("points.expire_points", every_minutes=10)
def expire_points(ctx: Ctx) -> dict[str, int]:
    """Spec A4. Counts: expired; elsewhere, when another run had it or points came back to it; failed."""
    counts = Counter(expired=0, elsewhere=0, failed=0)
    for lot in ctx.read(store.due, ctx.now, MOST):
        counts[each(ctx, _expire, ctx, lot)] += 1
    return dict(counts)


def _expire(ctx: Ctx, lot: Any) -> str:
    return ctx.transact(flow.expire, lot.lot_id, lot.member_id, ctx.now)
