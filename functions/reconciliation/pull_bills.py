"""Pull WeChat's trade and fund-flow bills (拉取账单) of the last days that are not here yet, and archive them."""

from collections import Counter
from datetime import date

from mall.app import Ctx, Load, timer
from mall.domains.reconciliation import store
from mall.domains.reconciliation.rules import BillKind, days_due
from mall.flows import pull_bills as flow
from mall.flows.each import each


@timer("reconciliation.pull_bills", daily_at="10:30", uses=["wechat_pay", "storage"], memory_mb=512,
       load=Load("bills", few="two a day"))
def pull_bills(ctx: Ctx) -> dict[str, int]:
    """Spec E10. Counts of bills: pulled, empty (nothing was traded), same; failed ones are tried again the next day,
    for a week; from the second day on each is a case."""
    counts = Counter(pulled=0, empty=0, same=0, failed=0)
    days = days_due(ctx.now)
    here = ctx.read(store.of_days, days)
    for day in days:
        for kind in BillKind:
            if (day, kind.value) not in here:
                counts[each(ctx, flow.pull_due, ctx, date.fromisoformat(day), kind)] += 1
    return dict(counts)
