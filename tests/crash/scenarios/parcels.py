"""Towns in which an order goes out in parts: the scenarios and pairs of its parcels."""

from __future__ import annotations

from mall.adapters.spreadsheets import Spreadsheets
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.trade import order_lines

from tests.crash.scenarios.kept import scenario
from tests.crash.scenarios.words import basics, call, express, paid, timer
from tests.crash.scenarios.towns import on_its_way
from tests.crash.town import Play, Town
from tests.support import seed
from tests.support.shop import Caller

FIRST, SECOND = "78900000000001", "78900000000002"


def partly(town: Town, quantity: int = 3, sent: int = 1) -> tuple[str, str]:
    """An order of one line of which a parcel has gone out, and the line."""
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id, quantity=quantity, **express(town, member))
    line_id = line_of(town, order_no)
    town.shop.staff().call("fulfilment.ship_orders", parcels=[parcel(order_no, FIRST, (line_id, sent))])
    return order_no, line_id


def line_of(town: Town, order_no: str) -> str:
    return town.shop.rows(order_lines, order_no=order_no)[0].line_id


def parcel(order_no: str, tracking_no: str, *pieces: tuple[str, int]) -> dict:
    lines = {"lines": [{"line_id": line_id, "quantity": quantity} for line_id, quantity in pieces]} if pieces else {}
    return {"order_no": order_no, "carrier": "ZTO", "tracking_no": tracking_no, **lines}


def shipping(town: Town, *parcels: dict) -> Play:
    return call(town, town.shop.staff(), "fulfilment.ship_orders", parcels=list(parcels))


def withdrawing(town: Town, order_no: str, tracking_no: str = FIRST) -> Play:
    return call(town, town.shop.staff(), "fulfilment.withdraw_parcel", order_no=order_no, tracking_no=tracking_no)


@scenario("fulfilment.ship_orders", "a part and the rest of an order")
def _ship_parts(town: Town) -> Play:
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id, quantity=3, **express(town, member))
    return shipping(town, parcel(order_no, FIRST, (line_of(town, order_no), 1)), parcel(order_no, SECOND))


@scenario("fulfilment.withdraw_parcel")
def _withdraw(town: Town) -> Play:
    member, goods = basics(town)
    return withdrawing(town, on_its_way(town, member, goods.sku_id))


@scenario("fulfilment.withdraw_parcel", "of which a piece was refunded")
def _withdraw_refunded(town: Town) -> Play:
    member, goods = basics(town)
    order_no = on_its_way(town, member, goods.sku_id, 2)
    town.shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了",
                           lines=[{"line_id": line_of(town, order_no), "quantity": 1}])
    return withdrawing(town, order_no)


@scenario("fulfilment.import_shipments", "two parcels of one order")
def _import_parts(town: Town) -> Play:
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id, quantity=3, **express(town, member))
    rows = [[order_no, "ZTO", FIRST, goods.sku_id, "2"], [order_no, "ZTO", SECOND, goods.sku_id, "1"]]
    key = f"imports/{DEFAULT_SELLER}/parts.xlsx"
    content = Spreadsheets().write("发货", ["订单号", "快递公司", "运单号", "SKU", "发货数量"], rows)
    town.shop.house.world.door("storage").put(key, content, "")
    return call(town, town.shop.staff(), "fulfilment.import_shipments", object_key=key)


@scenario("fulfilment.report_shipping", "of an order in parts")
def _report_parts(town: Town) -> Play:
    partly(town)
    town.move(2)
    return timer(town, "fulfilment.report_shipping")


@scenario("refunds.start_refund", "of what has not gone out")
def _refund_rest(town: Town) -> Play:
    order_no, line_id = partly(town)
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=order_no, reason="不要了",
                lines=[{"line_id": line_id, "quantity": 2}])


# warehouses

@scenario("stock.save_warehouse", "the main one, for the first time")
def _save_main(town: Town) -> Play:
    return call(town, town.shop.staff(), "stock.save_warehouse", warehouse_id="whs_00000000000000000000000001",
                version=1, name="上海仓", priority=2)


@scenario("stock.save_warehouse", "another one")
def _save_other(town: Town) -> Play:
    warehouse_id = seed.warehouse(town.shop)
    return call(town, town.shop.staff(), "stock.save_warehouse", warehouse_id=warehouse_id, version=1, name="停用的仓",
                active=False)


@scenario("orders.place_order", "out of two warehouses")
def _place_split(town: Town) -> Play:
    member, lines = two_warehouses(town)
    return call(town, member, "orders.place_order", lines=lines, **express(town, member))


def two_warehouses(town: Town) -> tuple[Caller, list[dict]]:
    """A buyer, and what he wants: each of the two goods lies in a warehouse of its own."""
    member, goods = basics(town, skus=2)
    south = seed.warehouse(town.shop, "whs_SOUTH")
    town.shop.staff().call("stock.transfer_stock", sku_id=goods.sku_ids[1], quantity=20, reason="备货",
                           from_warehouse_id="whs_00000000000000000000000001", to_warehouse_id=south, reference="m")
    return member, [{"sku_id": sku_id, "quantity": 1} for sku_id in goods.sku_ids]
