"""Pull and match one day's bills again (重新对账), as when WeChat wrote a bill anew."""

import time

from mall.app import Ctx, Day, Input, Output, harmless, remote
from mall.domains.reconciliation.rules import BillKind, check_day
from mall.flows.money import match_bills, pull_bills
from mall.kit.scope import check_platform


BUDGET_S = 40


class PullDay(Input):
    day: Day  # of Shanghai


class DayPulled(Output):
    trade: str  # pulled, same (nothing new), empty (nothing was traded), storing (too large for one call)
    fund: str
    opened: int
    mended: int
    standing: int  # differences that were known before
    finished: bool  # False: it is too large for one call; call again, or wait for the timers


@remote("reconciliation.pull_day", allow="staff", repeat=harmless("a bill has one file"),
        uses=["wechat_pay", "storage"], timeout_s=60, memory_mb=512)
def pull_day(ctx: Ctx, cmd: PullDay) -> DayPulled:
    """Spec E10. For the platform's staff. Raises PlatformOnly, DayWithoutBill, BillNotReady, BillDamaged,
    BillUnreadable."""
    check_platform(ctx.seller_id)
    check_day(cmd.day, ctx.now)
    until = time.monotonic() + BUDGET_S
    trade, fund = (pull_bills.pull(ctx, cmd.day, kind, until) for kind in BillKind)
    matched = match_bills.match_day(ctx, cmd.day, until, whole=True)
    return DayPulled(trade=trade, fund=fund, opened=matched["opened"], mended=matched["mended"],
                     standing=matched["standing"], finished=not matched["unfinished"] and not matched["waiting"])
