"""Today (今日概览): what waits for the staff, and takings and orders hour by hour beside yesterday."""

from mall.app import Ctx, Nothing, Output, query
from mall.domains.insight import today


class Waits(Output):
    """How many there are of each; 100: more than 99."""

    to_ship: int  # orders, or to be picked up
    refund_requests: int
    approvals: int  # that wait for a second person
    cases: int
    stock_alerts: int
    parked_events: int  # of the platform; 0 for other sellers
    differences: int  # between WeChat's bills and the books


class Hour(Output):
    hour: int  # of Shanghai, 0 to 23
    takings_fen: int  # that came for orders, by WeChat and from stored value
    orders: int  # paid, those that cost nothing too


class Today(Output):
    waits: Waits
    today: list[Hour]  # until the hour that it is
    yesterday: list[Hour]


@query("insight.view_today", allow="staff")
def view_today(ctx: Ctx, ask: Nothing) -> Today:
    """Spec E9. The seller's own."""
    this_day, day_before = today.hours(ctx.tx, ctx.seller_id, ctx.now)
    return Today(waits=Waits(**today.waits(ctx.tx, ctx.seller_id, ctx.now)),
                 today=[Hour(**each) for each in this_day], yesterday=[Hour(**each) for each in day_before])
