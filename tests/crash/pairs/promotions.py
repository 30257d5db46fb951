"""Promotions (促销): two orders for the last gift, or the one piece at a hook price."""

from __future__ import annotations

from tests.crash.pairs.kept import Pair, pair
from tests.crash.pairs.words import wanting
from tests.crash.scenarios.promotions import promotions_on
from tests.crash.scenarios.words import basics
from tests.crash.town import Town
from tests.support import seed


@pair
def two_orders_of_one_member_for_the_one_piece_of_a_hook(town: Town) -> Pair:
    member, goods = basics(town)
    promotions_on(town, *goods.sku_ids)
    return Pair((wanting(town, member, goods.sku_ids[0]), wanting(town, member, goods.sku_ids[0])))


@pair
def two_members_for_the_last_gift(town: Town) -> Pair:
    member, goods = basics(town, stock=2)
    other = seed.product(town.shop, price_fen=9_900, stock=20)
    promotions_on(town, *goods.sku_ids)
    return Pair((wanting(town, member, other.sku_id), wanting(town, town.shop.member("小明"), other.sku_id)))
