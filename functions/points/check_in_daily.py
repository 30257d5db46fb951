"""Sign in for today (每日签到) and get points, more for days in a row, and growth value."""

from mall.app import Ctx, Nothing, Output, command, harmless
from mall.domains.points.rules import CheckInOff
from mall.flows.money import points as flow


class CheckedIn(Output):
    points: int  # of today
    streak: int  # days in a row, today included
    is_first: bool  # false: today was done before, and gives nothing more
    growth: int  # growth value that this call brought


@command("points.check_in_daily", allow="member", repeat=harmless("counts once a day"), errors=(CheckInOff,))
def check_in_daily(ctx: Ctx, cmd: Nothing) -> CheckedIn:
    """Spec A4, A3. Once a day of the shop's time zone, however often it is asked. Raises CheckInOff."""
    done = flow.check_in(ctx.tx, ctx.me.member_id, ctx.settings, actor=ctx.actor, now=ctx.now)
    return CheckedIn(points=done.points, streak=done.streak, is_first=done.is_first, growth=done.growth)
