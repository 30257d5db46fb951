"""Match WeChat's bills with payments and refunds (对账); each difference is a case with a proposed step."""

import time
from collections import Counter
from datetime import date

from mall.app import Ctx, Load, timer
from mall.flows.money import match_bills as flow
from mall.flows.each import each

BUDGET_S = 240


@timer("reconciliation.match_bills", every_minutes=60, timeout_s=600, memory_mb=512,
       load=Load("days of bills", few="one a day", enough_s=250))
def match_bills(ctx: Ctx) -> dict[str, int]:
    """Spec E10. Takes the days of the last week that are not matched, the newest first, and those with differences that
    are still open, which may have mended. Counts: days, those that failed, those that the next run goes on with, and of
    differences opened, mended and standing."""
    counts = Counter(days=0, opened=0, mended=0, standing=0, waiting=0, unfinished=0, failed=0)
    until = time.monotonic() + BUDGET_S
    for day in flow.days_to_match(ctx):
        if time.monotonic() >= until:
            break
        counts[each(ctx, _match, ctx, date.fromisoformat(day), counts, until)] += 1
    return dict(counts)


def _match(ctx: Ctx, day: date, counts: Counter[str], until: float) -> str:
    counts.update(flow.match_day(ctx, day, until))
    return "days"
