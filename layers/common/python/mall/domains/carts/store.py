"""The cart (购物车): one row per member and SKU (spec D1)."""

from __future__ import annotations

from sqlalchemy import bindparam, delete

from mall.kit.db import Tx, among
from mall.tables.goods import cart_items

c = cart_items.c

_DROP = delete(cart_items).where(c.member_id == bindparam("of_member"), c.sku_id.in_(among("sku_ids")))


def drop(tx: Tx, member_id: str, sku_ids: list[str]) -> None:
    """Take SKUs out of the cart; those that are not in it are no matter. Also used by orders.place_order."""
    tx.write(_DROP, of_member=member_id, sku_ids=sku_ids)
