"""Sum up each night the figures of the day that is over (每日汇总), so that a chart need not ask the whole ledger."""

from time import monotonic

from mall.app import Ctx, Load, timer
from mall.domains.insight import store


@timer("insight.sum_days", daily_at="00:50", load=Load("days that are not summed up", few="one a day"))
def sum_days(ctx: Ctx) -> dict[str, int]:
    """Spec E9. Every day since the first movement, the oldest first, as far as its time goes. Counts: days."""
    done = 0
    for day in ctx.read(store.days_to_keep, ctx.now):  # in their order: points go on from the day before
        if monotonic() >= ctx.until:
            break
        ctx.transact(store.keep, day)
        done += 1
    return {"days": done}
