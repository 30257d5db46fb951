"""Takings and paid orders by day (营业额趋势), exact by the ledger."""

from datetime import date

from mall.app import Ctx, Output, query
from mall.app.insight_parts import Window, days_of
from mall.domains.insight.rules import BadChartWindow, Figure, FiguresNotReady

FIGURES = {"takings_fen": Figure.TAKINGS, "orders": Figure.ORDERS}


class TakingsDay(Output):
    day: date  # of Shanghai
    takings_fen: int  # that came for orders, by WeChat and from stored value
    orders: int  # paid, those that cost nothing too


class TakingsChart(Output):
    days: list[TakingsDay]  # each of the window, until today


@query("insight.chart_takings", allow="staff", errors=(BadChartWindow, FiguresNotReady))
def chart_takings(ctx: Ctx, ask: Window) -> TakingsChart:
    """Spec E9. The seller's own, today's as they are now; refunds are told by insight.chart_refunds. Raises
    BadChartWindow, FiguresNotReady."""
    return TakingsChart(days=[TakingsDay(**each) for each in days_of(ctx, ask, FIGURES)])
