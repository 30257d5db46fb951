"""Promotions (促销): two orders for the last gift, or the one piece at a hook price; rehearsals that meet."""

from __future__ import annotations

from mall.domains.rehearsals.rules import MOST_RUNNING

from tests.crash.pairs.kept import Pair, pair
from tests.crash.pairs.words import wanting
from tests.crash.scenarios.promotions import promotions_on, rehearsed, ten_percent_off
from tests.crash.scenarios.words import basics, call, timer
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


@pair
def rehearsal_x_rehearsal_of_the_same_batch(town: Town) -> Pair:
    rehearsed(town)
    return Pair((timer(town, "pricing.rehearse_periods"), timer(town, "pricing.rehearse_periods")), late=3)


@pair
def rehearsal_x_its_cancelling(town: Town) -> Pair:
    cancelling = call(town, town.shop.staff(), "pricing.cancel_rehearsal", rehearsal_id=rehearsed(town))
    return Pair((timer(town, "pricing.rehearse_periods"), cancelling))


@pair
def two_rehearsals_for_the_last_place(town: Town) -> Pair:
    staff = town.shop.staff()
    for _ in range(MOST_RUNNING - 1):
        staff.call("pricing.start_rehearsal", **ten_percent_off(town))
    other, terms = town.shop.staff(), ten_percent_off(town)
    return Pair((call(town, staff, "pricing.start_rehearsal", **terms),
                 call(town, other, "pricing.start_rehearsal", **terms)))
