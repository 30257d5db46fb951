"""The cart (购物车): one row per member and SKU (spec D1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from mall.domains.carts.rules import CartFull, GoodsNotForSale, NotInCart, TooManyOfOne
from mall.kit.bounds import MAX_QUANTITY
from mall.kit.db import Tx, among
from mall.tables.goods import cart_items, products, skus
from mall.tables.people import members
from mall.tables.sellers import suspended

_MEMBER = (  # one writer at a time in one cart: the limit is counted, then used
    select(members.c.member_id).where(members.c.member_id == bindparam("member_id")).with_for_update()
)
_ITEMS = (
    select(cart_items)
    .where(cart_items.c.member_id == bindparam("member_id"))
    .order_by(cart_items.c.created_at.desc(), cart_items.c.sku_id)
)
_FOR_SALE = (
    select(skus.c.sku_id, skus.c.seller_id, suspended(skus.c.seller_id).label("suspended"))
    .join_from(skus, products, skus.c.spu_id == products.c.spu_id)
    .where(skus.c.sku_id == bindparam("sku_id"), skus.c.active, products.c.state == "LISTED")
)
_ITEM = (cart_items.c.member_id == bindparam("of_member"), cart_items.c.sku_id == bindparam("of_sku"))
_ADD = (
    update(cart_items)
    .where(*_ITEM, cart_items.c.quantity + bindparam("by") <= MAX_QUANTITY)
    .values(quantity=cart_items.c.quantity + bindparam("by"), selected=True, changed_at=bindparam("now"))
)
_SET = (
    update(cart_items).where(*_ITEM).values(quantity=bindparam("to"), selected=True, changed_at=bindparam("now"))
)
_DROP = delete(cart_items).where(cart_items.c.member_id == bindparam("of_member"),
                                 cart_items.c.sku_id.in_(among("sku_ids")))
_SELECT_ALL = (
    update(cart_items)
    .where(cart_items.c.member_id == bindparam("of_member"))
    .values(selected=bindparam("to"), changed_at=bindparam("now"))
)
_SELECT = _SELECT_ALL.where(cart_items.c.sku_id.in_(among("sku_ids")))


def items(tx: Tx, member_id: str) -> list[Any]:
    """What is in the cart, the newest first."""
    return tx.all(_ITEMS, member_id=member_id)


def put(tx: Tx, member_id: str, sku_id: str, quantity: int, *, adds: bool, limit: int, now: datetime,
        check_seller: Callable[[str, str | None], None]) -> int:
    """Add to what is there, or set it; how many SKUs the cart then holds. `limit`: most different SKUs; `check_seller`:
    refuses a seller who is suspended for a reason. Raises GoodsNotForSale, CartFull, TooManyOfOne."""
    _, rows, for_sale = tx.fetch((_MEMBER, {"member_id": member_id}), (_ITEMS, {"member_id": member_id}),
                                 (_FOR_SALE, {"sku_id": sku_id}))
    if not for_sale:
        raise GoodsNotForSale(field="sku_id")
    check_seller(for_sale[0].seller_id, for_sale[0].suspended)
    is_new = all(row.sku_id != sku_id for row in rows)
    if is_new and len(rows) >= limit:
        raise CartFull(limit=limit)
    if is_new:
        tx.insert(cart_items, member_id=member_id, sku_id=sku_id, quantity=quantity, selected=True, created_at=now,
                  changed_at=now)
    elif adds:
        tx.write(_ADD, rows=1, otherwise=TooManyOfOne(field="quantity"), of_member=member_id, of_sku=sku_id,
                 by=quantity, now=now)
    else:
        tx.write(_SET, rows=1, of_member=member_id, of_sku=sku_id, to=quantity, now=now)
    return len(rows) + is_new


def drop(tx: Tx, member_id: str, sku_ids: list[str]) -> None:
    """Take SKUs out of the cart; those that are not in it are no matter. Also used by orders.place_order."""
    tx.write(_DROP, of_member=member_id, sku_ids=sku_ids)


def choose(tx: Tx, member_id: str, sku_ids: list[str] | None, selected: bool, now: datetime) -> None:
    """Select or deselect these items, or all. Raises NotInCart when one of them is not there."""
    if sku_ids is None:
        tx.write(_SELECT_ALL, of_member=member_id, to=selected, now=now)
    else:
        tx.write(_SELECT, rows=len(set(sku_ids)), otherwise=NotInCart(field="sku_ids"), of_member=member_id,
                 sku_ids=sku_ids, to=selected, now=now)
