"""Points by day (积分趋势), and how many are owed to members when each day ends."""

from datetime import date

from mall.app import Ctx, Output, query
from mall.app.insight_parts import Window, days_of
from mall.domains.insight.rules import BadChartWindow, Figure, FiguresNotReady
from mall.kit.scope import PlatformOnly, check_platform

FIGURES = {
    "earned": Figure.POINTS_EARNED, "returned": Figure.POINTS_RETURNED, "spent": Figure.POINTS_SPENT,
    "taken_back": Figure.POINTS_TAKEN_BACK, "expired": Figure.POINTS_EXPIRED, "owed": Figure.POINTS_OWED}


class PointsDay(Output):
    day: date  # of Shanghai
    earned: int  # by orders and sign-ins
    returned: int  # that had paid, with refunds
    spent: int
    taken_back: int  # that had been earned, with refunds; what paid a debt too
    expired: int
    owed: int  # what is set aside for unpaid orders too; a hundred are a yuan


class PointsChart(Output):
    days: list[PointsDay]  # each of the window, until today


@query("insight.chart_points", allow="staff", errors=(PlatformOnly, BadChartWindow, FiguresNotReady))
def chart_points(ctx: Ctx, ask: Window) -> PointsChart:
    """Spec A4, E9. Points belong to the platform. Raises PlatformOnly, BadChartWindow, FiguresNotReady."""
    check_platform(ctx.seller_id)
    return PointsChart(days=[PointsDay(**each) for each in days_of(ctx, ask, FIGURES)])
