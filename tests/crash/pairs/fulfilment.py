"""Fulfilment (履约): parcels, pick-up, reports to WeChat."""

from __future__ import annotations

from tests.crash.pairs.kept import Pair, pair
from tests.crash.pairs.words import parcel, refund
from tests.crash.scenarios.towns import trusting
from tests.crash.scenarios.words import basics, call, express, paid
from tests.crash.town import Town
from tests.support import seed


@pair
def ship_x_refund(town: Town) -> Pair:
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id, **express(town, member))
    return Pair((parcel(town, order_no, "78900000000001"), refund(town, order_no)))


@pair
def ship_x_ship(town: Town) -> Pair:
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id, **express(town, member))
    return Pair((parcel(town, order_no, "78900000000001"), parcel(town, order_no, "78900000000002")))


@pair
def check_off_x_refund(town: Town) -> Pair:
    from mall.tables.trade import orders

    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id)
    seed.address(town.shop, member)  # the keys are there, as after a deployment: the stored answer is sealed
    code = town.shop.rows(orders, order_no=order_no)[0].pickup_code
    return Pair((call(town, town.shop.staff(), "fulfilment.check_off_pickup", code=code), refund(town, order_no)))


@pair
def check_off_x_flash_refund(town: Town) -> Pair:
    from mall.tables.trade import orders

    member, goods = basics(town)
    trusting(town)
    order_no = paid(town, member, goods.sku_id)
    seed.address(town.shop, member)
    code = town.shop.rows(orders, order_no=order_no)[0].pickup_code
    return Pair((call(town, town.shop.staff(), "fulfilment.check_off_pickup", code=code),
                 call(town, member, "refunds.request_flash_refund", order_no=order_no)))
