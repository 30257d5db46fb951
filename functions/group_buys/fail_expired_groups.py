"""Fail groups whose time is over (拼团到期): unpaid orders are closed, paid ones refunded in full."""

from mall.app import Ctx, timer
from mall.domains.group_buys import store
from mall.domains.group_buys.rules import GroupFailed
from mall.flows import close_order
from mall.flows.each import FAILED


@timer("group_buys.fail_expired_groups", every_minutes=1, uses=["wechat_pay"])
def fail_expired_groups(ctx: Ctx) -> dict[str, int]:
    """Spec F1. A group fails in one transaction, its orders follow in their own; what a crash left behind
    is taken up by the next run, because a failed group is looked at until no seat is held or paid. Counts: groups
    that failed; seats refunded, closed and left for the next run."""
    counts = {"failed": 0, "refunded": 0, "closed": 0, "left": 0}
    for group_id in ctx.read(store.overdue, ctx.now):
        counts["failed"] += ctx.transact(_fail, ctx, group_id)
    for group_id in ctx.read(store.unsettled, ctx.now):
        seats = close_order.close_failed_group(ctx, group_id)
        counts["refunded"] += seats[close_order.REFUNDED]
        counts["closed"] += seats[close_order.CLOSED]
        counts["left"] += seats[FAILED]
    return counts


def _fail(tx, ctx: Ctx, group_id: str) -> bool:
    if not store.fail_group(tx, group_id, ctx.now):
        return False
    ctx.emit(GroupFailed(group_id))
    return True
