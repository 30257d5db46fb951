"""fulfilment.import_shipments (spec E11)."""

import pytest
from mall.adapters.spreadsheets import Spreadsheets
from mall.flows import import_shipments
from mall.tables.trade import shipments

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
    key = upload(shop, [first, "顺丰速运", "SF1234567890123", "周一"], ["", "", ""], [second, "ZTO", "78912345678901"],
                 header=[*HEADER, "备注"])
    assert staff.call("fulfilment.import_shipments", object_key=key) == {
        "state": "DONE", "row_count": 2, "errors": []}
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


def test_one_bad_row_keeps_every_order_at_home_and_each_bad_row_is_named(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff()
    good, other = (trade.paid_order(shop, member, goods.sku_id) for _ in range(2))
    key = upload(shop, [good, "SF", "SF1234567890123"], [other, "飞鸽", "78912345678901"], [other, "ZTO", "1.2e+19"])
    before = shop.snapshot("audit_entries")
    answer = staff.call("fulfilment.import_shipments", object_key=key)
    assert (answer["state"], answer["row_count"]) == ("REFUSED", 3)
    assert [(row["row"], row["order_no"], row["code"]) for row in answer["errors"]] == [
        (3, other, "UNKNOWN_CARRIER"), (4, other, "BAD_TRACKING_NO")]
    assert answer["errors"][0]["sentence"] == "快递公司无法识别，请从快递公司列表中选择"
    assert shop.snapshot("audit_entries") == before


def test_an_order_that_cannot_be_shipped_keeps_the_whole_file_at_home(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff()
    good = trade.paid_order(shop, member, goods.sku_id)
    unpaid = trade.place(shop, member, goods.sku_id)["order_no"]
    key = upload(shop, [good, "SF", "SF1234567890123"], [unpaid, "SF", "SF1234567890124"],
                 ["ord_NONE", "SF", "SF1234567890125"], [good, "SF", "SF1234567890126"])
    before = shop.snapshot("audit_entries")
    answer = staff.call("fulfilment.import_shipments", object_key=key)
    assert answer["state"] == "REFUSED"
    assert [(row["row"], row["code"]) for row in answer["errors"]] == [
        (3, "NOT_TO_SHIP"), (4, "ORDER_NOT_FOUND"), (5, "NOT_TO_SHIP")]
    assert shop.snapshot("audit_entries") == before


@pytest.mark.parametrize(("rows", "header", "says"), [
    ([], HEADER, "文件应有 1 至 1000 行，实际 0 行"),
    ([["x"]], ["订单号", "公司"], "第一行缺少列：快递公司、运单号"),
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
