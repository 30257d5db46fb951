"""Pull WeChat's trade and fund-flow bills (拉取账单) of the last days that are not here yet, and archive them."""

import time
from collections import Counter

from mall.app import Ctx, Load, timer
from mall.flows.money import pull_bills as flow
from mall.flows.each import each

BUDGET_S = 240  # a bill that was begun is still read to its end


@timer("reconciliation.pull_bills", every_minutes=30, uses=["wechat_pay", "storage"], timeout_s=600, memory_mb=512,
       load=Load("bills", few="two a day", enough_s=250))
def pull_bills(ctx: Ctx) -> dict[str, int]:
    """Spec E10. From half past ten on, the newest day first. Counts of bills: pulled, empty (nothing was traded), same,
    storing (time was up: the next run goes on), failed (tried again after a pause that grows, for a week)."""
    counts, until = Counter(pulled=0, empty=0, same=0, storing=0, failed=0), time.monotonic() + BUDGET_S
    for day, kind in flow.due(ctx):
        if time.monotonic() >= until:
            break
        counts[each(ctx, flow.pull_due, ctx, day, kind, until)] += 1
    return dict(counts)
