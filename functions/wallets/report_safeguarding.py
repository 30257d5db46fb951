"""Report each night what is owed to the owners of stored value (备付日报), and what must be safeguarded of it."""

from mall.app import Ctx, Load, timer
from mall.flows.money import safeguard


@timer("wallets.report_safeguarding", daily_at="00:40", load=Load("days without a report", few="one a day"))
def report_safeguarding(ctx: Ctx) -> dict[str, int]:
    """Spec E8. One row for each day since the first movement, by the ledger; a difference opens a case. Counts:
    reported, differences."""
    return safeguard.report_days(ctx)
