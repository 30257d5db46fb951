"""Explain the price of an order (价格明细): the explanation that was stored when it was placed."""

from typing import Any

from mall.app import Ctx, Id, Input, Output, query
from mall.domains.orders import store as orders
from mall.domains.orders.rules import OrderNotFound
from mall.domains.pricing.explain import by_line


class ExplainPrice(Input):
    order_no: Id


class PriceExplained(Output):
    order_no: str
    pay_fen: int
    explanation: dict[str, Any]  # each fen's rule, line and share, and why others did not apply


@query("pricing.explain_price", allow="member")
def explain_price(ctx: Ctx, cmd: ExplainPrice) -> PriceExplained:
    """Spec D2. Raises OrderNotFound, also for another member's order."""
    found, lines = ctx.tx.fetch(orders.ask(cmd.order_no), orders.ask_lines(cmd.order_no))
    order = found[0] if found else None
    if order is None or order.member_id != ctx.me.member_id:
        raise OrderNotFound()
    told = by_line(order.price, lines)
    return PriceExplained(order_no=order.order_no, pay_fen=order.pay_fen, explanation=told)
