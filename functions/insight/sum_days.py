"""Sum up each night the figures of the day that is over (每日汇总), so that a chart need not ask the whole ledger."""

from datetime import timedelta
from time import monotonic

from mall.app import Ctx, Load, timer
from mall.domains.insight import store
from mall.kit.zone import day_of


@timer("insight.sum_days", daily_at="00:50", load=Load("days that are not summed up", few="one a day"))
def sum_days(ctx: Ctx) -> dict[str, int]:
    """Spec K2. Every day since the first movement, the oldest first, as far as its time goes. Counts: days."""
    days = ctx.read(store.days_to_keep, day_of(ctx.now) - timedelta(days=1))
    done = 0
    for day in days:  # in their order: each goes on with the points that the day before has left
        if monotonic() >= ctx.until:
            break
        ctx.transact(store.keep, day)
        done += 1
    return {"days": done}
