"""How many pieces of a SKU one order may have (起购、倍数、限购), where its kind says so.

Not `catalog/purchase.Rules`, which are stored with goods and ask who buys and what he bought before: these are decided
anew for each order by its kind, and look at nothing but that order. Where both speak, both hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from mall.kit.bounds import MAX_PARCELS
from mall.kit.errors import RuleBroken


class QuantityNotAllowed(RuleBroken):
    code, message = "QUANTITY_NOT_ALLOWED", "购买数量不符合要求，请调整后重试"
    field = "lines"


class OneSellerOnly(RuleBroken):
    code, message = "ONE_SELLER_ONLY", "该类订单只能购买同一商家的商品"
    field = "lines"


class TooManyOrders(RuleBroken):
    code, message = "TOO_MANY_ORDERS", f"一次最多结算 {MAX_PARCELS} 个商家或仓库的商品，请分次下单"
    field = "lines"


def check_orders(number: int) -> None:
    """What one payment pays is told to WeChat in one list of parcels, and each order has one. Raises TooManyOrders."""
    if number > MAX_PARCELS:
        raise TooManyOrders(f"所选商品来自 {number} 个商家或仓库，一次最多结算 {MAX_PARCELS} 个，请分次下单",
                            most=MAX_PARCELS)


def check_one_seller(splits: bool, seller_ids: Iterable[str]) -> None:
    """A kind of order that is never split is of one seller. Raises OneSellerOnly."""
    if not splits and len(set(seller_ids)) > 1:
        raise OneSellerOnly()


class Limits(NamedTuple):
    """Of one SKU in one order; `multiple`: in steps of so many."""

    least: int = 1
    most: int | None = None
    multiple: int = 1


def check_limits(limits: Mapping[str, Limits], quantities: Mapping[str, int]) -> None:
    """Raises QuantityNotAllowed, with what would be allowed."""
    for sku_id, quantity in quantities.items():
        least, most, multiple = limits.get(sku_id, Limits())
        if quantity < least:
            raise QuantityNotAllowed(f"该商品每单至少购买 {least} 件", sku_id=sku_id, least=least)
        if most is not None and quantity > most:
            raise QuantityNotAllowed(f"该商品每单最多购买 {most} 件", sku_id=sku_id, most=most)
        if quantity % multiple:
            raise QuantityNotAllowed(f"该商品须按 {multiple} 件的倍数购买", sku_id=sku_id, multiple=multiple)
