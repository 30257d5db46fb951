"""Pull and match one day's bills again (重新对账), as when WeChat wrote a bill anew."""


from mall.app import Ctx, Day, Input, Output, harmless, remote
from mall.domains.cases.store import check_platform
from mall.domains.reconciliation.rules import BillKind, check_day
from mall.flows import match_bills, pull_bills


class PullDay(Input):
    day: Day  # of Shanghai


class DayPulled(Output):
    trade: str  # pulled, same (nothing new), empty (nothing was traded)
    fund: str
    opened: int
    mended: int
    standing: int  # differences that were known before


@remote("reconciliation.pull_day", allow="staff", repeat=harmless("a bill has one file"),
        uses=["wechat_pay", "storage"], timeout_s=60, memory_mb=512)
def pull_day(ctx: Ctx, cmd: PullDay) -> DayPulled:
    """Spec E10. For the platform's staff. Raises PlatformOnly, DayWithoutBill, BillNotReady, BillDamaged,
    BillUnreadable."""
    check_platform(ctx.seller_id)
    check_day(cmd.day, ctx.now)
    trade, fund = (pull_bills.pull(ctx, cmd.day, kind) for kind in BillKind)
    matched = match_bills.match_day(ctx, cmd.day)
    return DayPulled(trade=trade, fund=fund, opened=matched["opened"], mended=matched["mended"],
                     standing=matched["standing"])
