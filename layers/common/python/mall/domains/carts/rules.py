"""What a cart takes, and why an item in it cannot be bought (spec D1)."""

from __future__ import annotations

from typing import Any

from mall.kit.errors import NotFound, RuleBroken

MOST_OF_ONE = 9_999  # pieces of one SKU


class CartFull(RuleBroken):
    code, message = "CART_FULL", "购物车已满，请先清理再添加"


class TooManyOfOne(RuleBroken):
    code, message = "TOO_MANY_OF_ONE", f"单个商品最多 {MOST_OF_ONE} 件"


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
