"""A group buys cheaper than one alone: looked at when the activity is saved, and here when the single price is."""

from __future__ import annotations

from datetime import datetime

from mall.domains.group_buys import store
from mall.domains.group_buys.rules import NotAboveGroupPrice
from mall.kit.db import Tx


def check(tx: Tx, spu_id: str, price_fen: dict[str, int], now: datetime) -> None:
    """`price_fen`: what each SKU shall cost alone. Groups that are open after their activity ended, and an activity
    that is saved at the same moment, are kept by the price itself: a group never pays more than one alone. Raises
    NotAboveGroupPrice."""
    for activity in store.running_of(tx, spu_id, now):
        for sku_id, group_price_fen in activity.prices.items():
            if sku_id in price_fen and price_fen[sku_id] <= group_price_fen:
                raise NotAboveGroupPrice(field="skus", sku_id=sku_id, group_price_fen=group_price_fen,
                                         group_buy_id=activity.group_buy_id)
