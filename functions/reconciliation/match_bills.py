"""Match WeChat's bills with payments and refunds (对账); each difference is a case with a proposed step."""

from collections import Counter
from datetime import date

from mall.app import Ctx, Load, timer
from mall.flows import match_bills as flow
from mall.flows.each import each


@timer("reconciliation.match_bills", daily_at="11:00", timeout_s=300, memory_mb=512,
       load=Load("days of bills", few="one a day", enough_s=250))
def match_bills(ctx: Ctx) -> dict[str, int]:
    """Spec E10. Takes the days of the last week that are not matched, and those with differences that are still open,
    which may have mended. Counts: days, those that failed, and of differences opened, mended and standing."""
    counts = Counter(days=0, opened=0, mended=0, standing=0, waiting=0, failed=0)
    for day in flow.days_to_match(ctx):
        counts[each(ctx, _match, ctx, date.fromisoformat(day), counts)] += 1
    return dict(counts)


def _match(ctx: Ctx, day: date, counts: Counter[str]) -> str:
    counts.update(flow.match_day(ctx, day))
    return "days"
