"""Fulfilment (履约): parcels, pick-up, reports to WeChat."""

from __future__ import annotations

from mall.adapters.spreadsheets import Spreadsheets
from mall.kit.schema import DEFAULT_SELLER

from tests.crash.scenarios.kept import scenario
from tests.crash.scenarios.towns import on_its_way, shipped
from tests.crash.scenarios.words import basics, call, express, paid, timer
from tests.crash.town import Play, Town


@scenario("fulfilment.ship_orders")
def _ship(town: Town) -> Play:
    member, goods = basics(town)
    parcels = [{"order_no": paid(town, member, goods.sku_id, **express(town, member)), "carrier": "ZTO",
                "tracking_no": f"7890000000000{number}"} for number in range(2)]
    return call(town, town.shop.staff(), "fulfilment.ship_orders", parcels=parcels)


@scenario("fulfilment.correct_parcel")
def _correct_parcel(town: Town) -> Play:
    member, goods = basics(town)
    return call(town, town.shop.staff(), "fulfilment.correct_parcel", carrier="SF", tracking_no="SF1234567890123",
                order_no=on_its_way(town, member, goods.sku_id), seen_tracking_no="78900000000001")


@scenario("fulfilment.import_shipments")
def _import_shipments(town: Town) -> Play:
    member, goods = basics(town)
    rows = [[paid(town, member, goods.sku_id, **express(town, member)), "ZTO", f"7890000000000{number}"]
            for number in range(2)]
    key = f"imports/{DEFAULT_SELLER}/batch.xlsx"
    content = Spreadsheets().write("发货", ["订单号", "快递公司", "运单号"], rows)
    town.shop.house.world.door("storage").put(key, content, "")
    return call(town, town.shop.staff(), "fulfilment.import_shipments", object_key=key)


@scenario("fulfilment.check_off_pickup")
def _check_off(town: Town) -> Play:
    from mall.tables.trade import orders

    member, goods = basics(town)
    code = town.shop.rows(orders, order_no=paid(town, member, goods.sku_id))[0].pickup_code
    return call(town, town.shop.staff(), "fulfilment.check_off_pickup", code=code)


@scenario("fulfilment.report_shipping")
def _report(town: Town) -> Play:
    shipped(town)
    town.move(2)
    return timer(town, "fulfilment.report_shipping")
