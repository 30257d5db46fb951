"""What a cart takes, and why an item in it cannot be bought (spec D1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mall.kit.bounds import MAX_LINES, MAX_QUANTITY
from mall.kit.errors import NotFound, RuleBroken



class CartFull(RuleBroken):
    code, message = "CART_FULL", "购物车已满，请先清理再添加"


class TooManyOfOne(RuleBroken):
    code, message = "TOO_MANY_OF_ONE", f"单个商品最多 {MAX_QUANTITY} 件"


class TooManyGoods(RuleBroken):
    code, message = "TOO_MANY_GOODS", f"一次最多结算 {MAX_LINES} 种商品，请分次下单"


class GoodsNotForSale(NotFound):
    code, message = "GOODS_NOT_FOR_SALE", "商品已下架或规格已停售，请选择其他商品"


class NotInCart(NotFound):
    code, message = "NOT_IN_CART", "商品不在购物车中，请刷新后重试"


def why_invalid(sku: Any | None, available: int) -> tuple[str, str] | None:
    """Code and sentence for an item that cannot be bought, None for one that can. `sku` with its product's
    state; None when it is gone."""
    if sku is None:
        return "GONE", "商品已不存在"
    if sku.state != "LISTED":
        return "UNLISTED", "商品已下架"
    if not sku.active:
        return "SKU_INACTIVE", "该规格已停售"
    if available <= 0:
        return "SOLD_OUT", "商品已售罄"
    return None


def check_out(pieces: Iterable[tuple[str, int]]) -> dict[str, int]:
    """What is wanted of each SKU in sum: one rule for the cart, the price and the order. Raises TooManyOfOne,
    TooManyGoods."""
    quantities: dict[str, int] = {}
    for sku_id, quantity in pieces:
        quantities[sku_id] = quantities.get(sku_id, 0) + quantity
    for sku_id, quantity in quantities.items():
        if quantity > MAX_QUANTITY:
            raise TooManyOfOne(field="lines", sku_id=sku_id)
    if len(quantities) > MAX_LINES:
        raise TooManyGoods(field="lines", most=MAX_LINES)
    return quantities
