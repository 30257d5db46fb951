"""fulfilment.import_shipments (spec E11)."""

import io
from datetime import datetime

import pytest
import xlsxwriter
from mall.adapters.spreadsheets import Spreadsheets
from mall.flows.fulfilment import import_shipments
from mall.flows.fulfilment.export_orders import COLUMNS as EXPORTED
from mall.tables.people import audit_entries
from mall.tables.trade import order_lines, shipment_lines, shipments

from tests.functions.fulfilment.test_parcels import parcel, ship, withdraw
from tests.functions.fulfilment.test_withdraw_parcel import with_a_gift
from tests.support import seed, trade
from tests.support.shop import Shop, refused

FOLDER = "imports/sel_00000000000000000000000001"
HEADER = ["订单号", "快递公司", "运单号"]


def upload(shop: Shop, *rows: list[str], header: list[str] | None = None, name: str = "batch.xlsx") -> str:
    key = f"{FOLDER}/{name}"
    trade.storage(shop).objects[key] = Spreadsheets().write("发货", header or HEADER, rows)
    return key


def test_a_file_ships_all_its_orders_by_carrier_name_or_id(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff("fulfilment.*")
    first, second = (trade.paid_order(shop, member, goods.sku_id) for _ in range(2))
    key = upload(shop, [f" {first.lower()} ", "顺丰速运", "SF1234567890123", "周一"], ["", "", ""],
                 [second, "ZTO", "78912345678901"], header=[*HEADER, "备注"])
    assert staff.call("fulfilment.import_shipments", object_key=key) == {
        "state": "DONE", "row_count": 2, "shipped": 2, "unchanged": 0, "errors": []}
    assert trade.order_states(shop) == {first: "SHIPPED", second: "SHIPPED"}
    assert {(row.order_no, row.carrier, row.tracking_no) for row in shop.rows(shipments)} == {
        (first, "SF", "SF1234567890123"), (second, "ZTO", "78912345678901")}


def test_a_csv_from_a_chinese_windows_is_read(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff()
    order_no = trade.paid_order(shop, member, goods.sku_id)
    key = f"{FOLDER}/batch.csv"
    text = f"运单号,订单号,快递公司\r\n78912345678901,{order_no},中通快递\r\n"
    trade.storage(shop).objects[key] = text.encode("gb18030")
    assert staff.call("fulfilment.import_shipments", object_key=key)["state"] == "DONE"
    assert trade.order(shop, order_no).state == "SHIPPED"


def told(answer: dict) -> list[tuple]:
    return [(row["row"], row["order_no"], row["code"]) for row in answer["errors"]]


def test_good_rows_go_out_and_each_bad_one_is_named(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff()
    good, other, third = (trade.paid_order(shop, member, goods.sku_id) for _ in range(3))
    key = upload(shop, [good, "SF", "SF1234567890123"], [other, "飞鸽", "78912345678901"], [third, "ZTO", "1.2e+19"])
    answer = staff.call("fulfilment.import_shipments", object_key=key)
    assert (answer["state"], answer["row_count"], answer["shipped"]) == ("PARTLY", 3, 1)
    assert told(answer) == [(3, other, "UNKNOWN_CARRIER"), (4, third, "BAD_TRACKING_NO")]
    assert answer["errors"][0]["sentence"] == "快递公司无法识别，请从快递公司列表中选择"
    (entry,) = (row for row in shop.rows(audit_entries) if row.action == "fulfilment.import_shipments")
    assert entry.target["object_key"] == key, "the audit log says which file"
    assert trade.order_states(shop) == {good: "SHIPPED", other: "TO_SHIP", third: "TO_SHIP"}


def test_an_order_that_cannot_be_shipped_stays_as_it_was(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff()
    good, gone = (trade.paid_order(shop, member, goods.sku_id) for _ in range(2))
    unpaid = trade.place(shop, member, goods.sku_id)["order_no"]
    trade.ship(shop, gone)
    key = upload(shop, [good, "SF", "SF1234567890123"], [unpaid, "SF", "SF1234567890124"],
                 ["ord_NONE", "SF", "SF1234567890125"], [good, "SF", "SF1234567890126"],
                 [gone, "SF", "SF1234567890127"])
    answer = staff.call("fulfilment.import_shipments", object_key=key)
    assert (answer["state"], answer["shipped"]) == ("PARTLY", 1)
    assert told(answer) == [(3, unpaid, "NOT_TO_SHIP"), (4, "ord_NONE", "ORDER_NOT_FOUND"), (5, good, "NOT_TO_SHIP"),
                            (6, gone, "NOT_TO_SHIP")]
    assert trade.order_states(shop) == {good: "SHIPPED", gone: "SHIPPED", unpaid: "UNPAID"}
    assert {(row.order_no, row.tracking_no) for row in shop.rows(shipments)} == {
        (good, "SF1234567890123"), (gone, "78900000000001")}


def test_a_file_of_bad_rows_alone_changes_nothing(shop: Shop):
    staff = shop.staff()
    order_no = trade.paid_order(shop, shop.member(), seed.product(shop).sku_id)
    key = upload(shop, [order_no, "SF", "12"], ["ord_NONE", "SF", "SF1234567890123"])
    before = shop.snapshot("audit_entries")
    answer = staff.call("fulfilment.import_shipments", object_key=key)
    assert (answer["state"], answer["shipped"], answer["unchanged"]) == ("REFUSED", 0, 0)
    assert told(answer) == [(2, order_no, "BAD_TRACKING_NO"), (3, "ord_NONE", "ORDER_NOT_FOUND")]
    assert shop.snapshot("audit_entries") == before


def test_the_same_parcel_on_two_lines_is_one_and_a_file_that_comes_again_ships_nothing_twice(shop: Shop):
    staff = shop.staff()
    order_no = trade.paid_order(shop, shop.member(), seed.product(shop).sku_id)
    key = upload(shop, [order_no, "顺丰速运", "SF 1234 5678 90123"], [order_no, "sf", "ｓｆ1234567890123"])
    assert staff.call("fulfilment.import_shipments", object_key=key) == {
        "state": "DONE", "row_count": 2, "shipped": 1, "unchanged": 0, "errors": []}
    assert [(row.carrier, row.tracking_no) for row in shop.rows(shipments)] == [("SF", "SF1234567890123")]
    before = shop.snapshot("audit_entries")
    assert staff.call("fulfilment.import_shipments", object_key=key) == {
        "state": "DONE", "row_count": 2, "shipped": 0, "unchanged": 1, "errors": []}
    assert shop.snapshot("audit_entries") == before


def test_an_export_of_orders_with_its_last_columns_filled_in_ships_them(shop: Shop):
    staff, member = shop.staff(), shop.member()
    goods = seed.product(shop, skus=2)
    order_no = trade.place(shop, member, goods.sku_ids[0])["order_no"]
    trade.pay(shop, order_no)
    table = [["" for _ in EXPORTED] for _ in range(2)]
    for row in table:
        row[list(EXPORTED).index("订单号")], row[-2:] = order_no, ["中通快递", "78912345678901"]
        row[0], row[list(EXPORTED).index("收货人")] = order_no, "张三"
    key = upload(shop, *table, header=list(EXPORTED))
    assert staff.call("fulfilment.import_shipments", object_key=key)["shipped"] == 1


def workbook(*cells: tuple) -> bytes:
    """The three headings and one row; each cell a value and its number format."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    for column, (value, shown) in enumerate(cells):
        sheet.write(1, column, value, book.add_format({"num_format": shown}))
    book.close()
    return target.getvalue()


def test_a_parcel_goes_out_under_the_number_that_the_person_saw(shop: Shop):
    staff = shop.staff()
    order_no = trade.paid_order(shop, shop.member(), seed.product(shop).sku_id)
    key = upload(shop, [])
    storage = shop.house.world.door("storage")
    for value, shown, why in ((datetime(2024, 1, 2), "yyyy-mm-dd", "日期"), (78_912_345_678_901_234, "0", "15 位"),
                              (1234567.4, "00000000", "不同")):
        storage.objects[key] = workbook((order_no, "@"), ("ZTO", "@"), (value, shown))
        answer = staff.call("fulfilment.import_shipments", object_key=key)
        assert (answer["state"], told(answer)) == ("REFUSED", [(2, order_no, "NOT_AS_SHOWN")])
        assert why in answer["errors"][0]["sentence"] and "文本格式" in answer["errors"][0]["sentence"]
    storage.objects[key] = workbook((order_no, "@"), ("ZTO", "@"), (1234567, "00000000"))
    assert staff.call("fulfilment.import_shipments", object_key=key)["state"] == "DONE"
    assert [row.tracking_no for row in shop.rows(shipments)] == ["01234567"]


@pytest.mark.parametrize(("rows", "header", "says"), [
    ([], HEADER, "文件应有 1 至 1000 行，实际 0 行"),
    ([["x"]], ["订单号", "公司"], "第一行缺少列：快递公司、运单号；无法识别的列：“公司”（是否为“快递公司”？）"),
    ([["x"]], [*HEADER, "运单号"], "第一行重复的列：运单号"),
    ([["x", "", "", "y"]], [*HEADER, ""], "第一行无法识别的列：“第 4 列没有列名”"),
    ([["x"]], ["订单号", "快递 公司", "运单编号"],
     "第一行缺少列：运单号；无法识别的列：“运单编号”（是否为“运单号”？）"),
])
def test_a_file_without_rows_or_columns_says_so(shop: Shop, rows: list, header: list, says: str):
    key, staff = upload(shop, *rows, header=header), shop.staff()
    with refused("SHIPMENT_FILE_REFUSED", status=400) as caught:
        staff.call("fulfilment.import_shipments", object_key=key)
    assert caught[0].message == says


def test_too_many_rows_are_refused(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(import_shipments, "MOST_ROWS", 2)
    key, staff = upload(shop, *[[f"ord_{number}", "SF", "SF1234567890123"] for number in range(3)]), shop.staff()
    with refused("SHIPMENT_FILE_REFUSED", status=400):
        staff.call("fulfilment.import_shipments", object_key=key)


def test_another_sellers_file_a_missing_one_and_no_table_at_all_are_refused(shop: Shop):
    staff = shop.staff()
    trade.storage(shop).objects[f"{FOLDER}/junk.xlsx"] = b"PK\x03\x04junk"
    with refused("NOT_FOUND", status=404, field="object_key"):
        staff.call("fulfilment.import_shipments", object_key="imports/sel_OTHER/batch.xlsx")
    with refused("NOT_FOUND", status=404):
        staff.call("fulfilment.import_shipments", object_key=f"{FOLDER}/none.xlsx")
    with refused("UNREADABLE_FILE", status=400):
        staff.call("fulfilment.import_shipments", object_key=f"{FOLDER}/junk.xlsx")
    with refused("BAD_INPUT", status=400, field="object_key"):
        staff.call("fulfilment.import_shipments", object_key=f"{FOLDER}/../secret.xlsx")
    with refused("NOT_SIGNED_IN", status=401):
        shop.member().call("fulfilment.import_shipments", object_key=f"{FOLDER}/batch.xlsx")


def two_lines(shop: Shop) -> tuple[str, list[seed.Seeded]]:
    member, goods = shop.member(), [seed.product(shop, title="杯子"), seed.product(shop, title="茶壶")]
    order_no = member.call("orders.place_order", key="two lines", address_id=seed.address(shop, member), lines=[
        {"sku_id": each.sku_id, "quantity": 2} for each in goods])["order_no"]
    trade.pay(shop, order_no)
    return order_no, goods


def held(shop: Shop) -> dict[str, list[tuple[str, int]]]:
    """{number of the parcel: (SKU, pieces) in it}"""
    numbers = {row.shipment_id: row.tracking_no for row in shop.rows(shipments)}
    skus = {row.line_id: row.sku_id for row in shop.rows(order_lines)}
    return {number: sorted((skus[row.line_id], row.quantity) for row in shop.rows(shipment_lines)
                           if row.shipment_id == shipment_id) for shipment_id, number in numbers.items()}


def test_rows_that_name_their_sku_make_several_parcels_and_a_file_again_changes_nothing(shop: Shop):
    staff, (order_no, (mug, pot)) = shop.staff(), two_lines(shop)
    key = upload(shop, [order_no, "ZTO", "78912345678901", mug.sku_id, "1"],
                 [order_no, "ZTO", "78912345678902", mug.sku_id, "１"],
                 [order_no, "ZTO", "78912345678902", pot.sku_id, ""],
                 header=[*HEADER, "SKU", "发货数量"])
    assert staff.call("fulfilment.import_shipments", object_key=key) == {
        "state": "DONE", "row_count": 3, "shipped": 2, "unchanged": 0, "errors": []}
    assert held(shop) == {"78912345678901": [(mug.sku_id, 1)],
                          "78912345678902": sorted([(mug.sku_id, 1), (pot.sku_id, 2)])}
    assert trade.order(shop, order_no).state == "SHIPPED"
    before = shop.snapshot("audit_entries")
    assert staff.call("fulfilment.import_shipments", object_key=key) == {
        "state": "DONE", "row_count": 3, "shipped": 0, "unchanged": 2, "errors": []}
    assert shop.snapshot("audit_entries") == before


def test_a_row_that_names_too_much_another_sku_or_no_number_stays_at_home(shop: Shop):
    staff, (order_no, (mug, pot)) = shop.staff(), two_lines(shop)
    key = upload(shop, [order_no, "ZTO", "78912345678901", mug.sku_id, "3"],
                 [order_no, "ZTO", "78912345678902", "sku_NONE", ""],
                 [order_no, "ZTO", "78912345678903", pot.sku_id, "两件"],
                 [order_no, "ZTO", "78912345678904", "", "1"], [order_no, "ZTO", "78912345678905", pot.sku_id, "1"],
                 header=[*HEADER, "SKU", "发货数量"])
    answer = staff.call("fulfilment.import_shipments", object_key=key)
    assert told(answer) == [(2, order_no, "MORE_THAN_TO_SHIP"), (3, order_no, "LINE_NOT_IN_ORDER"),
                            (4, order_no, "BAD_PIECES"), (5, order_no, "BAD_PIECES")]
    assert (answer["state"], held(shop)) == ("PARTLY", {"78912345678905": [(pot.sku_id, 1)]})
    assert trade.order(shop, order_no).state == "TO_SHIP"


def test_one_sku_on_two_lines_fills_several_parcels_from_the_first_that_owes_some(shop: Shop):
    staff, (order_no, mug) = shop.staff(), with_a_gift(shop)
    rows = [[order_no, "ZTO", "78912345678901", mug.sku_id, number] for number in ("2", "1")]
    key = upload(shop, *rows, [order_no, "ZTO", "78912345678902", mug.sku_id, "1"], header=[*HEADER, "SKU", "发货数量"])
    answer = staff.call("fulfilment.import_shipments", object_key=key)
    assert (told(answer), answer["shipped"]) == ([(4, order_no, "MORE_THAN_TO_SHIP")], 1)
    assert held(shop) == {"78912345678901": [(mug.sku_id, 1), (mug.sku_id, 2)]}
    withdraw(shop, order_no, "78912345678901")
    key = upload(shop, [order_no, "ZTO", "78912345678903", mug.sku_id, "1"],
                 [order_no, "ZTO", "78912345678904", mug.sku_id, "2"], header=[*HEADER, "SKU", "发货数量"])
    assert staff.call("fulfilment.import_shipments", object_key=key)["shipped"] == 2
    shipped = {number: sum(pieces for _, pieces in each) for number, each in held(shop).items()}
    assert shipped == {"78912345678901": 3, "78912345678903": 1, "78912345678904": 2}


def test_an_export_with_one_sku_on_two_rows_and_a_row_that_stands_twice_ship_it_once(shop: Shop):
    staff, (order_no, mug) = shop.staff(), with_a_gift(shop)
    other, (cup, _) = two_lines(shop)
    key = upload(shop, [order_no, "ZTO", "78912345678901", mug.sku_id], [order_no, "ZTO", "78912345678901", mug.sku_id],
                 [other, "ZTO", "78912345678902", cup.sku_id], [other, "ZTO", "78912345678902", cup.sku_id],
                 header=[*HEADER, "SKU"])
    assert staff.call("fulfilment.import_shipments", object_key=key) == {
        "state": "DONE", "row_count": 4, "shipped": 2, "unchanged": 0, "errors": []}
    assert held(shop) == {"78912345678901": [(mug.sku_id, 1), (mug.sku_id, 2)],
                          "78912345678902": [(cup.sku_id, 2)]}


@pytest.mark.parametrize("beside", [("", ""), ("mug", "")])
def test_a_row_with_a_number_beside_one_that_says_all_ships_nothing(shop: Shop, beside: tuple[str, str]):
    staff, (order_no, (mug, pot)) = shop.staff(), two_lines(shop)
    sku_id = mug.sku_id if beside[0] else ""
    key = upload(shop, [order_no, "ZTO", "78912345678901", mug.sku_id, "1"],
                 [order_no, "ZTO", "78912345678901", sku_id, ""],
                 [order_no, "ZTO", "78912345678902", pot.sku_id, "1"], header=[*HEADER, "SKU", "发货数量"])
    answer = staff.call("fulfilment.import_shipments", object_key=key)
    assert told(answer) == [(2, order_no, "BAD_PIECES"), (3, order_no, "BAD_PIECES")]
    assert (answer["state"], held(shop)) == ("PARTLY", {"78912345678902": [(pot.sku_id, 1)]})


def test_a_file_that_comes_again_does_not_ship_what_was_withdrawn_since(shop: Shop):
    staff, (order_no, _) = shop.staff(), two_lines(shop)
    key = upload(shop, [order_no, "ZTO", "78912345678901"])
    assert staff.call("fulfilment.import_shipments", object_key=key)["shipped"] == 1
    withdraw(shop, order_no, "78912345678901")
    before = shop.snapshot("audit_entries")
    answer = staff.call("fulfilment.import_shipments", object_key=key)
    assert (answer["state"], told(answer)) == ("REFUSED", [(2, order_no, "PARCEL_WITHDRAWN")])
    assert shop.snapshot("audit_entries") == before
    ship(shop, parcel(order_no, "78912345678901"))  # it went out after all, by hand
    assert staff.call("fulfilment.import_shipments", object_key=key)["unchanged"] == 1
    assert trade.order(shop, order_no).state == "SHIPPED"
