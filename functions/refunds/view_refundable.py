"""What a buyer may still ask back of an order (可申请退款), and what was asked before, with the shop's answers."""

from mall.app import Ctx, Id, Input, Output, query
from mall.domains.refunds.requests import RequestView, view
from mall.flows.goods.private_uploads import PrivateFile, links
from mall.flows.trade import refund_requests as flow


class ViewRefundable(Input):
    order_no: Id


class RefundableLine(Output):
    line_id: str
    title: str
    left_quantity: int
    left_fen: int  # of its goods, for the pieces that are left


class Refundable(Output):
    order_no: str
    may_ask: bool
    why_not: str | None
    left_fen: int  # in all
    freight_left_fen: int
    lines: list[RefundableLine]
    requests: list[RequestView]  # the newest first
    evidence: list[PrivateFile]  # of all of them


@query("refunds.view_refundable", allow="member", uses=["storage"])
def view_refundable(ctx: Ctx, ask: ViewRefundable) -> Refundable:
    """Spec E6; what shows evidence opens for ten minutes (docs/uploads.md). Raises OrderNotFound, also for somebody
    else's."""
    order, lines, asked, left, refused = flow.refundable(
        ctx.tx, ask.order_no, member_id=ctx.me.member_id, settings_of=ctx.settings_of, now=ctx.now)
    return Refundable(
        order_no=order.order_no, may_ask=refused is None, why_not=refused and refused.message,
        left_fen=left.money_fen, freight_left_fen=left.freight_fen, requests=[view(row) for row in asked],
        evidence=[*links(ctx, (each for row in asked for each in row.evidence or ())).values()],
        lines=[RefundableLine(line_id=line.line_id, title=line.title, left_fen=left.goods_fen[line.line_id],
                              left_quantity=line.quantity - line.refunded_quantity) for line in lines])
