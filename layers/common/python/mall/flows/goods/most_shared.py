"""The most that the receivers of a seller's orders may get together, of ten thousand (分账上限, spec E7, E13)."""

from __future__ import annotations

from mall.domains.sellers import store as sellers
from mall.domains.settlements.rules import WHOLE
from mall.kit.db import Tx


def most_of(tx: Tx, seller_id: str, shop_most: int, *, stays: bool = False) -> int:
    """WeChat's maximum for the merchant, and never the platform's commission. `stays`: the commission is held."""
    return min(shop_most, WHOLE - sellers.commission_of(tx, seller_id, stays=stays))
