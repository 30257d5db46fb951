"""Profit sharing by day (分账趋势): what receivers were promised, and what came back."""

from datetime import date

from mall.app import Ctx, Output, query
from mall.app.insight_parts import Window, days_of
from mall.domains.insight.rules import BadChartWindow, Figure, FiguresNotReady

FIGURES = {"shared_fen": Figure.SHARED, "returned_fen": Figure.SHARES_RETURNED}


class SharingDay(Output):
    day: date  # of Shanghai
    shared_fen: int  # less what was refused
    returned_fen: int  # called back before refunds


class SharingChart(Output):
    days: list[SharingDay]  # each of the window, until today


@query("insight.chart_sharing", allow="staff", errors=(BadChartWindow, FiguresNotReady))
def chart_sharing(ctx: Ctx, ask: Window) -> SharingChart:
    """Spec E7, E9. Raises BadChartWindow, FiguresNotReady."""
    return SharingChart(days=[SharingDay(**each) for each in days_of(ctx, ask, FIGURES)])
