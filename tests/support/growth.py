"""Growth value as tests need it: orders that are received, and what a member has of it.

    order_no = growth.received(shop, member, goods.sku_id, 2)
    growth.of(shop, member)         # {membership year: growth}
"""

from __future__ import annotations

from typing import Any

from mall.flows.ops import audit
from mall.tables.people import growth_years, members
from mall.tables.trade import order_lines

from tests.support import trade
from tests.support.shop import Caller, Shop


def shipped(shop: Shop, member: Caller, sku_id: str, quantity: int = 1, **wanted: Any) -> str:
    order_no = trade.paid_order(shop, member, sku_id, quantity, **wanted)
    trade.ship(shop, order_no)
    return order_no


def received(shop: Shop, member: Caller, sku_id: str, quantity: int = 1, **wanted: Any) -> str:
    order_no = shipped(shop, member, sku_id, quantity, **wanted)
    member.call("orders.confirm_receipt", order_no=order_no)
    return order_no


def refund(shop: Shop, order_no: str, quantity: int | None = None) -> dict[str, Any]:
    """So many pieces of the order's first line, or all that is left."""
    lines = None
    if quantity:
        lines = [{"line_id": shop.rows(order_lines, order_no=order_no)[0].line_id, "quantity": quantity}]
    return shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了", lines=lines)


def of(shop: Shop, member: Caller) -> dict[int, int]:
    return {row.year: row.growth for row in shop.rows(growth_years, member_id=member.subject_id)}


def level(shop: Shop, member: Caller) -> str:
    return shop.rows(members, member_id=member.subject_id)[0].level


def findings(shop: Shop) -> list[str]:
    return shop.database.read(audit.audit)
