"""Rules that name SKUs with a price each: {"goods": [{"sku_id", "price_fen"}]}."""

from __future__ import annotations

from typing import Any

from mall.kit.errors import BadInput


class GoodsTwice(BadInput):
    code, message = "GOODS_TWICE", "活动中同一个规格只能出现一次"


def check_goods(document: dict[str, Any]) -> None:
    """Raises GoodsTwice."""
    named = [each["sku_id"] for each in document["goods"]]
    if len(set(named)) < len(named):
        raise GoodsTwice(field="goods")


def prices_of(document: dict[str, Any]) -> dict[str, int]:
    return {each["sku_id"]: each["price_fen"] for each in document.get("goods", ())}
