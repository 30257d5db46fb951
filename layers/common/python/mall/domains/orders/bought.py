"""How many pieces of some goods a member has bought: what his orders hold that are not closed, but for gifts (spec B9).

Whoever places an order has locked the member, so that what is counted here stays until the order is there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, func, select

from mall.domains.orders.rules import OrderState
from mall.kit.db import Instant, among
from mall.tables.trade import order_lines, orders

_today = case((orders.c.placed_at >= bindparam("day_began", type_=Instant()), order_lines.c.quantity), else_=0)
_BOUGHT = (
    select(order_lines.c.spu_id, order_lines.c.sku_id, func.sum(order_lines.c.quantity).label("ever"),
           func.sum(_today).label("today"))
    .join_from(orders, order_lines, order_lines.c.order_no == orders.c.order_no)
    .where(orders.c.member_id == bindparam("member_id"), orders.c.state != OrderState.CLOSED.value,
           order_lines.c.is_gift.is_(False), order_lines.c.spu_id.in_(among("spu_ids")))
    .group_by(order_lines.c.spu_id, order_lines.c.sku_id)
)


def ask_bought(member_id: str, spu_ids: list[str], day_began: datetime) -> tuple[Any, dict[str, Any]]:
    """By SKU, also those that are not sold any more: `ever` and `today` pieces."""
    return _BOUGHT, {"member_id": member_id, "spu_ids": spu_ids, "day_began": day_began}
