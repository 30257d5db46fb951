"""Towns in which two callers want the same pieces of an order that goes out in parts."""

from __future__ import annotations

from tests.crash.pairs.kept import Pair, pair
from tests.crash.pairs.words import refund
from tests.crash.scenarios.parcels import FIRST, SECOND, parcel, partly, shipping, two_warehouses, withdrawing
from tests.crash.scenarios.towns import on_its_way
from tests.crash.scenarios.words import basics, call, express, timer
from tests.crash.town import Town

THIRD = "78900000000003"


@pair
def ship_part_x_ship_part(town: Town) -> Pair:
    order_no, line_id = partly(town, 3, 1)
    return Pair((shipping(town, parcel(order_no, SECOND, (line_id, 2))),
                 shipping(town, parcel(order_no, THIRD, (line_id, 2)))))


@pair
def ship_part_x_refund_rest(town: Town) -> Pair:
    order_no, line_id = partly(town, 3, 1)
    return Pair((shipping(town, parcel(order_no, SECOND, (line_id, 1))), refund(town, order_no, (line_id, 2))))


@pair
def withdraw_x_refund(town: Town) -> Pair:
    order_no, line_id = partly(town, 2, 2)
    return Pair((withdrawing(town, order_no), refund(town, order_no, (line_id, 1))))


@pair
def withdraw_x_confirm(town: Town) -> Pair:
    member, goods = basics(town)
    order_no = on_its_way(town, member, goods.sku_id)
    return Pair((withdrawing(town, order_no), call(town, member, "orders.confirm_receipt", order_no=order_no)))


@pair
def withdraw_x_withdraw(town: Town) -> Pair:
    order_no, _ = partly(town, 2, 2)
    return Pair((withdrawing(town, order_no), withdrawing(town, order_no)))


@pair
def withdraw_x_correct(town: Town) -> Pair:
    order_no, _ = partly(town, 2, 2)
    return Pair((withdrawing(town, order_no), call(
        town, town.shop.staff(), "fulfilment.correct_parcel", order_no=order_no, carrier="ZTO", tracking_no=THIRD,
        seen_tracking_no=FIRST)))


@pair
def withdraw_x_report(town: Town) -> Pair:
    order_no, _ = partly(town, 2, 2)
    town.move(2)
    return Pair((withdrawing(town, order_no), timer(town, "fulfilment.report_shipping")),
                apart=("report_state", "told_wrong", "reports"))  # whether WeChat was just being told of it


@pair
def place_in_two_warehouses_x_close_one(town: Town) -> Pair:
    member, lines = two_warehouses(town)
    return Pair((call(town, member, "orders.place_order", lines=lines, **express(town, member)),
                 call(town, town.shop.staff(), "stock.save_warehouse", warehouse_id="whs_SOUTH", version=1, name="南仓",
                      active=False)))


@pair
def save_main_warehouse_x_save_main_warehouse(town: Town) -> Pair:
    return Pair(tuple(call(town, town.shop.staff(), "stock.save_warehouse", version=1, name=name,
                           warehouse_id="whs_00000000000000000000000001") for name in ("上海仓", "北京仓")))
