"""The seller's settlement statement (商家结算单) of a period: what is to be paid, and order by order why."""

from datetime import datetime

from mall.app import Ctx, Cursor, Day, Input, Limit, Output, query
from mall.flows.money.seller_statement import statement_of
from mall.kit.page import last_id, next_cursor


class ShowStatement(Input):
    from_day: Day  # of Shanghai
    until_day: Day  # included
    cursor: Cursor | None = None
    limit: Limit = 20


class Line(Output):
    order_no: str
    ended_at: datetime
    sales_fen: int
    refunds_fen: int
    given_fen: int  # what the platform bore of its price
    commission_fen: int
    earned_fen: int


class Totals(Output):
    orders: int
    sales_fen: int  # paid for orders that have ended
    refunds_fen: int
    given_fen: int  # what the platform bore of their prices, by its coupons and reductions
    commission_fen: int  # what the platform keeps
    fees_fen: int  # WeChat's
    points_cost_fen: int  # of points that its orders gave buyers
    shared_fen: int  # that receivers of profit sharing got
    paid_by_hand_fen: int  # refunds paid from a bank account
    to_pay_fen: int  # all of it; negative: the seller owes


class Statement(Output):
    totals: Totals  # of the whole period, whatever page
    items: list[Line]  # by order number
    next_cursor: str | None


@query("sellers.show_statement", allow="staff", timeout_s=60)
def show_statement(ctx: Ctx, ask: ShowStatement) -> Statement:
    """Spec E13. Of the seller whose staff asks. Raises BadPeriod, StatementTooLarge."""
    after = last_id(ask.cursor, "")
    lines, totals = statement_of(ctx.tx, ctx.seller_id, ask.from_day, ask.until_day)
    page = [line for line in lines if line.order_no > after][:ask.limit]
    return Statement(totals=Totals.model_validate(totals, from_attributes=True),
                     items=[Line.model_validate(line, from_attributes=True) for line in page],
                     next_cursor=next_cursor(page, ask.limit, lambda last: last.order_no))
