"""What can be said about stock (spec B3)."""

from __future__ import annotations

from mall.kit.errors import RuleBroken


class OutOfStock(RuleBroken):
    code, message = "OUT_OF_STOCK", "库存不足，请减少数量或选择其他商品"
