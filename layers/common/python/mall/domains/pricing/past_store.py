"""Orders of a past period with what their prices hung on, for the rehearsal of a draft (spec F13)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, or_, select

from mall.domains.pricing.store import coupons_of
from mall.kit.db import Instant, Tx, among
from mall.tables.goods import products, skus
from mall.tables.marketing import coupon_templates, coupons, promotions
from mall.tables.people import members
from mall.tables.trade import order_lines, orders

_beside = orders.alias("beside")
_has_others = exists(select(_beside.c.order_no).where(
    _beside.c.checkout_id == orders.c.checkout_id, _beside.c.order_no != orders.c.order_no))
_ORDERS_OF_ALL = (
    select(orders.c.order_no, orders.c.kind, orders.c.member_id, orders.c.placed_at, orders.c.price, members.c.level,
           _has_others.label("has_others"))
    .join_from(orders, members, orders.c.member_id == members.c.member_id)
    .where(orders.c.placed_at >= bindparam("since", type_=Instant()),
           orders.c.placed_at < bindparam("until", type_=Instant()),
           or_(orders.c.placed_at > bindparam("after_at", type_=Instant()),
               and_(orders.c.placed_at == bindparam("after_at", type_=Instant()),
                    orders.c.order_no > bindparam("after_no"))),
           orders.c.paid_at.is_not(None))
    .order_by(orders.c.placed_at, orders.c.order_no)
    .limit(bindparam("most"))
)
_ORDERS = _ORDERS_OF_ALL.where(orders.c.seller_id == bindparam("seller_id"))
_LINES = (
    select(order_lines.c.line_id, order_lines.c.order_no, order_lines.c.sku_id, order_lines.c.is_virtual)
    .where(order_lines.c.order_no.in_(among("order_nos")))
    .order_by(order_lines.c.line_id)
)
_PROMOTIONS = (
    select(promotions.c.promotion_id, promotions.c.seller_id, promotions.c.kind, promotions.c.title,
           promotions.c.document)
    .where(promotions.c.promotion_id.in_(among("promotion_ids")))
)
_COUPONS = (
    select(coupons.c.order_no, coupons.c.coupon_id, coupons.c.template_id, coupons.c.seller_id, coupons.c.valid_from,
           coupons.c.valid_until, coupon_templates.c.title, coupon_templates.c.kind, coupon_templates.c.document)
    .join_from(coupons, coupon_templates, coupons.c.template_id == coupon_templates.c.template_id)
    .where(coupons.c.order_no.in_(among("order_nos")))
)
_CATEGORIES = (
    select(skus.c.sku_id, products.c.category_path)
    .join_from(skus, products, skus.c.spu_id == products.c.spu_id)
    .where(skus.c.sku_id.in_(among("sku_ids")))
)


def orders_of(tx: Tx, seller_id: str | None, since: datetime, until: datetime, after: tuple[datetime, str],
              most: int) -> list[Any]:
    """Paid ones, as they were placed; `seller_id` None: of every seller."""
    given = {"since": since, "until": until, "after_at": after[0], "after_no": after[1], "most": most}
    return tx.all(_ORDERS, seller_id=seller_id, **given) if seller_id else tx.all(_ORDERS_OF_ALL, **given)


def about(tx: Tx, order_nos: list[str], promotion_ids: list[str]) -> tuple[dict[str, list[Any]], dict[str, Any],
                                                                          dict[str, list[Any]], dict[str, tuple]]:
    """Of these orders: their lines, the promotions of these ids, the coupons that they used as the engine has them, and
    the categories of each SKU as they are today."""
    lines, rules, used = tx.fetch((_LINES, {"order_nos": order_nos}), (_PROMOTIONS, {"promotion_ids": promotion_ids}),
                                  (_COUPONS, {"order_nos": order_nos}))
    paths = tx.all(_CATEGORIES, sku_ids=sorted({line.sku_id for line in lines}))
    by_order: dict[str, list[Any]] = {}
    for line in lines:
        by_order.setdefault(line.order_no, []).append(line)
    held: dict[str, list[Any]] = {}
    for row in used:
        held.setdefault(row.order_no, []).extend(coupons_of([row]))
    return (by_order, {row.promotion_id: row for row in rules}, held,
            {row.sku_id: tuple(row.category_path) for row in paths})
