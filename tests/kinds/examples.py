"""One activity of every kind of order, by which crash points, interleavings and whole lives are played over each kind.

A new kind needs one here (a house test says so), and is then killed, interleaved and lived through like the others.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from mall.tables.marketing import groups

from tests.support import seed
from tests.support.shop import Shop


class Example(NamedTuple):
    """`opens`: an activity for the first SKU of these goods, at this price, for years; its id. `joins`: what of it may
    be joined now. What was opened is over after so many minutes: `lasts`; `timer`: what ends it then."""

    opens: Callable[[Shop, seed.Seeded, int], str]
    joins: Callable[[Shop], list[str]]
    lasts: int
    timer: str


def _group_buy(shop: Shop, goods: seed.Seeded, price_fen: int) -> str:
    return shop.staff().call(
        "group_buys.save_group_buy", spu_id=goods.spu_id, title="二人团", size=2, open_hours=1, per_member=3,
        starts_at=shop.now - timedelta(days=1), ends_at=shop.now + timedelta(days=9_000),
        prices=[{"sku_id": sku_id, "price_fen": price_fen} for sku_id in goods.sku_ids])["group_buy_id"]


EXAMPLES = {
    "GROUP": Example(_group_buy, lambda shop: [row.group_id for row in shop.rows(groups)], 60,
                     "group_buys.fail_expired_groups"),
}
