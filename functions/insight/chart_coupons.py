"""What coupons cost and what they brought by day (优惠券成本与成交)."""

from datetime import date

from mall.app import Ctx, Output, query
from mall.app.insight_parts import Window, days_of
from mall.domains.insight.rules import BadChartWindow, Figure, FiguresNotReady

FIGURES = {
    "cost_fen": Figure.COUPON_COST, "orders": Figure.COUPON_ORDERS, "takings_fen": Figure.COUPON_TAKINGS}


class CouponsDay(Output):
    day: date  # of Shanghai
    cost_fen: int  # that coupons paid, less what came back with refunds
    orders: int  # with coupons, that were paid
    takings_fen: int  # that came for orders with coupons


class CouponsChart(Output):
    days: list[CouponsDay]  # each of the window, until today


@query("insight.chart_coupons", allow="staff", errors=(BadChartWindow, FiguresNotReady))
def chart_coupons(ctx: Ctx, ask: Window) -> CouponsChart:
    """Spec D4, E9. Raises BadChartWindow, FiguresNotReady."""
    return CouponsChart(days=[CouponsDay(**each) for each in days_of(ctx, ask, FIGURES)])
