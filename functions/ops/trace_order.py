"""Trace one order (订单追踪): what every book says about it, in the order of time, personal data masked."""

from datetime import datetime
from typing import Any

from mall.app import Ctx, Input, Output, TypedId, query
from mall.app.routes import listeners_of
from mall.domains.orders.rules import OrderNotFound
from mall.flows.ops import trace as flow


class TraceOrder(Input):
    order_no: TypedId


class TraceEntry(Output):
    at: datetime
    book: str  # order payment refund ledger coupon seat shipment growth stock case event delivery message audit
    number: str
    what: dict[str, Any]


class OrderTrace(Output):
    order_no: str
    member_id: str
    state: str
    kind: str
    delivery: str
    pay_fen: int
    refunded_fen: int
    payment_no: str | None
    group_id: str | None
    address: dict[str, str] | None  # masked
    entries: list[TraceEntry]


@query("ops.trace_order", allow="staff", errors=(OrderNotFound,))
def trace_order(ctx: Ctx, ask: TraceOrder) -> OrderTrace:
    """Spec L6. For the support desk. Raises OrderNotFound, also for another seller's order."""
    order, entries = flow.trace(ctx.tx, ask.order_no, ctx.seller_id, listeners_of)
    return OrderTrace(
        order_no=order.order_no, member_id=order.member_id, state=order.state, kind=order.kind,
        delivery=order.delivery, pay_fen=order.pay_fen, refunded_fen=order.refunded_fen, payment_no=order.payment_no,
        group_id=order.group_id, address=flow.masked_address(order.address),
        entries=[TraceEntry(at=each.at, book=each.book, number=each.number, what=each.what) for each in entries])
