"""Refunds by day (退款趋势), each on the day on which it was decided."""

from datetime import date

from mall.app import Ctx, Output, query
from mall.app.insight_parts import Window, days_of
from mall.domains.insight.rules import BadChartWindow, Figure, FiguresNotReady

FIGURES = {"refunds_fen": Figure.REFUNDS, "refunds": Figure.REFUND_COUNT}


class RefundsDay(Output):
    day: date  # of Shanghai
    refunds_fen: int  # by WeChat and into stored value together
    refunds: int


class RefundsChart(Output):
    days: list[RefundsDay]  # each of the window, until today


@query("insight.chart_refunds", allow="staff", errors=(BadChartWindow, FiguresNotReady))
def chart_refunds(ctx: Ctx, ask: Window) -> RefundsChart:
    """Spec E9. Money that had nothing to pay for and went back is not among them. Raises BadChartWindow,
    FiguresNotReady."""
    return RefundsChart(days=[RefundsDay(**each) for each in days_of(ctx, ask, FIGURES)])
