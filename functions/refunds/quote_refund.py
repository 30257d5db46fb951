"""What a refund of these pieces, or by this amount, would give back (退款试算), and why; nothing is written."""

from mall.app import Ctx, Id, Input, Output, query
from mall.app.refund_parts import AmountBack, RefundLine
from mall.domains.orders import store as orders
from mall.domains.points import rules as points_rules
from mall.domains.pricing.rules import ThresholdRule
from mall.domains.refunds.rules import RefundOrder
from mall.flows.money import points
from mall.flows.trade import refund as flow
from mall.flows.money.refund_plan import sentences, wanted_of
from pydantic import Field


class QuoteRefund(Input):
    order_no: Id
    lines: list[RefundLine] | None = Field(None, min_length=1, max_length=50)  # None: all that is left
    freight: bool | None = None  # as in refunds.start_refund
    by_amount: AmountBack | None = None


class QuotedLine(Output):
    line_id: str
    title: str
    quantity: int
    amount_fen: int  # the lines' amounts add up to the refund's


class RefundQuote(Output):
    amount_fen: int
    freight_fen: int  # the part of it that is freight
    balance_fen: int  # the part of it that would go into the buyer's stored value
    taken_back_fen: int  # of promotions that what remains does not reach
    points_back: int  # that paid for these pieces and go back to the buyer
    points_taken: int  # that these pieces earned and are taken back; those that were spent become a debt
    left_fen: int  # what could still be refunded after this
    refunded_fen: int  # so far: hand it over as seen_refunded_fen
    state: str  # hand it over as seen_state
    closes: bool
    lines: list[QuotedLine]
    sentences: list[str]  # the explanation


@query("refunds.quote_refund", allow="staff")
def quote_refund(ctx: Ctx, ask: QuoteRefund) -> RefundQuote:
    """Spec E6. Refuses what refunds.start_refund would refuse, with the same errors."""
    order, plan = flow.quote(ctx.tx, ask.order_no, seller_id=ctx.seller_id,
                             wanted=wanted_of(ask.lines, ask.by_amount, ask.freight),
                             threshold=ThresholdRule(ctx.settings.refund_threshold_rule),
                             first=RefundOrder(ctx.settings.refund_order))
    told = points.outlook(ctx.tx, order, orders.lines(ctx.tx, ask.order_no), plan, ctx.now)
    return RefundQuote(
        amount_fen=plan.amount_fen, freight_fen=plan.freight_fen, balance_fen=plan.parts.balance_fen,
        taken_back_fen=sum(each.amount_fen for each in plan.taken_back),
        points_back=told.returned, points_taken=told.taken,
        left_fen=0 if plan.closes else order.pay_fen - order.refunded_fen - plan.amount_fen,
        refunded_fen=order.refunded_fen, state=order.state, closes=plan.closes,
        lines=[QuotedLine(line_id=each.line.line_id, title=each.line.title, quantity=each.quantity,
                          amount_fen=each.amount_fen) for each in plan.pieces],
        sentences=[*sentences(order, plan), *points_rules.sentences(told)])
