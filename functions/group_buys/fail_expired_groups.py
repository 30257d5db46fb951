"""Fail groups whose time is over (拼团到期): unpaid orders are closed, paid ones refunded in full."""

from collections import Counter
from typing import Any

from mall.app import Ctx, Load, timer
from mall.domains.group_buys import store
from mall.domains.group_buys.rules import GroupFailed
from mall.flows.trade.close_order import CLOSED
from mall.flows.each import FAILED, work_through
from mall.flows.kinds.group_over import REFUNDED, close_failed_group

LEFT = "left"


@timer("group_buys.fail_expired_groups", every_minutes=1, uses=["wechat_pay"],
       load=Load("groups whose time is over", item_ms=200))
def fail_expired_groups(ctx: Ctx) -> dict[str, int]:
    """Spec F1. A group fails in one transaction, its orders follow in their own; what a crash left behind
    is taken up by a later run, because a failed group is looked at until no seat is held or paid. Counts: groups
    that failed; seats refunded, closed and left for a later run."""
    seats: Counter[str] = Counter()

    def fail(group_id: str) -> str:
        return "ended" if ctx.transact(_fail, ctx, group_id) else "elsewhere"

    def settle(group: Any) -> str:
        found = close_failed_group(ctx, group)
        seats.update(found)
        return LEFT if found[FAILED] else "looked at"

    ended = work_through(ctx, lambda tx: store.overdue(tx, ctx.now), fail, purpose=store.FAILING, parts_left=4)
    work_through(ctx, lambda tx: store.unsettled(tx, ctx.now), settle, bad=frozenset({FAILED, LEFT}))
    return {"failed": ended["ended"], "refunded": seats[REFUNDED], "closed": seats[CLOSED],
            "left": seats[FAILED]}


def _fail(tx, ctx: Ctx, group_id: str) -> bool:
    if not store.fail_group(tx, group_id, ctx.now):
        return False
    ctx.emit(GroupFailed(group_id))
    return True
