"""Bounds that more than one place keeps to: each has one name and one value.

What is bounded one by one is bounded in sum as well, so that no sum outgrows its column on any engine.
"""

from __future__ import annotations

from mall.kit.money import MAX_FEN

MAX_QUANTITY = 9_999  # pieces of one SKU in a cart, in an order, in a price tier
MAX_LINES = 50  # different SKUs in one order
MAX_PARCELS = 15  # of one payment: WeChat's shipping list takes no more, so a checkout is no more orders
MAX_STOCK = 1_000_000_000  # units of one SKU in one warehouse; its column holds twice as many
MAX_MOVED = 1_000_000  # units that one movement of stock brings or takes
MAX_WEIGHT_GRAMS = 1_000_000  # of one piece

__all__ = ["MAX_FEN", "MAX_LINES", "MAX_MOVED", "MAX_PARCELS", "MAX_QUANTITY", "MAX_STOCK", "MAX_WEIGHT_GRAMS"]
