"""catalog.import_products (spec B4)."""

import csv
import io

import pytest
import xlsxwriter
from mall.adapters.object_storage import ObjectStorage
from mall.domains.catalog.sheet import COLUMNS
from mall.kit.ids import new_id
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.goods import imports, products, skus, stock_entries, stock_items

from tests.support import seed
from tests.support.shop import Refused, Shop, refused

SHIRT = {"货号": "TEE", "标题": "纯棉T恤", "类目": "服装/上衣", "规格": "颜色:红;尺码:L", "SKU编码": "TEE-R-L",
         "售价": "99.50", "会员价": "95", "阶梯价": "3:90;10:80.5", "库存": "12", "重量(克)": "250", "佣金比例": "10",
         "主图": "https://img.mall.example/1.png", "标签": "新品,夏"}
SECOND = {"货号": "TEE", "规格": "颜色：蓝；尺码：L", "SKU编码": "TEE-B-L", "售价": "89", "标题": "", "类目": ""}
SOCKS = {"货号": "SOCK", "标题": "袜子", "类目": "服装", "SKU编码": "SOCK-1", "售价": "9.9"}


def _as_csv(rows: list[dict[str, str]], encoding: str = "utf-8-sig", columns=COLUMNS) -> bytes:
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, columns, extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode(encoding)


def _as_xlsx(rows: list[dict[str, str]]) -> bytes:
    """As a person types it: numbers are numbers."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, COLUMNS)
    for number, row in enumerate(rows, start=1):
        for column, name in enumerate(COLUMNS):
            is_number = name in ("售价", "库存") and row.get(name)
            sheet.write(number, column, float(row[name]) if is_number else row.get(name, ""))
    book.close()
    return target.getvalue()


def _upload(storage: ObjectStorage, content: bytes, name: str = "csv", seller_id: str = DEFAULT_SELLER) -> str:
    key = f"imports/{seller_id}/{new_id('upl')}.{name}"
    storage.put(key, content, "text/csv")
    return key


@pytest.fixture
def staff(shop: Shop):
    seed.category(shop, "上衣", parent_path=seed.category(shop, "服装"))
    return shop.staff("catalog.*")


@pytest.mark.parametrize(("make", "name"), [
    (_as_csv, "csv"), (lambda rows: _as_csv(rows, "gb18030"), "csv"), (_as_xlsx, "xlsx"),
], ids=["utf-8 csv", "gb18030 csv", "xlsx"])
def test_every_row_becomes_a_sku_of_a_draft_with_its_stock(shop: Shop, storage: ObjectStorage, staff, make, name: str):
    key = _upload(storage, make([SHIRT, {**SECOND, "售价": "89"}, SOCKS]), name)
    assert staff.call("catalog.import_products", import_id="imp_1", object_key=key) == {
        "state": "DONE", "row_count": 3, "created": 3, "updated": 0, "unchanged": 0, "errors": []}
    shirt, socks = sorted(shop.rows(products), key=lambda row: row.title)
    assert (shirt.title, shirt.state, shirt.specs, shirt.tags, shirt.lowest_price_fen) == (
        "纯棉T恤", "DRAFT", [{"name": "颜色", "values": ["红", "蓝"]}, {"name": "尺码", "values": ["L"]}],
        ["新品", "夏"], 8_900)
    rows = {row.sku_code: row for row in shop.rows(skus)}
    red = rows["TEE-R-L"]
    assert (red.price_fen, red.member_price_fen, red.price_tiers, red.weight_grams, red.commission_percent,
            red.spec_values) == (9_950, 9_500, [[3, 9_000], [10, 8_050]], 250, 10, ["红", "L"])
    assert (rows["SOCK-1"].price_fen, rows["SOCK-1"].spec_values, rows["SOCK-1"].spu_id) == (990, [], socks.spu_id)
    assert {row.sku_id: row.available for row in shop.rows(stock_items)} == {
        rows["TEE-R-L"].sku_id: 12, rows["TEE-B-L"].sku_id: 0, rows["SOCK-1"].sku_id: 0}
    assert [(row.kind, row.available_change, row.reference) for row in shop.rows(stock_entries)] == [
        ("RECEIVE", 12, "import imp_1")]


def test_wrong_rows_are_told_by_row_and_column_and_nothing_is_imported(shop: Shop, storage: ObjectStorage, staff):
    rows = [
        {**SHIRT, "售价": "九十九", "库存": "-1"}, SECOND, {**SOCKS, "类目": "鞋"},
        {**SOCKS, "货号": "B", "标题": "", "SKU编码": "OTHER"},
        {**SOCKS, "货号": "C", "SKU编码": "SOCK-1", "主图": "javascript:x"},
        {**SOCKS, "货号": "D", "SKU编码": "中文", "阶梯价": "三件:8"},
    ]
    key = _upload(storage, _as_csv(rows))
    before = shop.snapshot("imports", "audit_entries")
    answer = staff.call("catalog.import_products", import_id="imp_1", object_key=key)
    assert (answer["state"], answer["row_count"]) == ("REFUSED", 6)
    assert [(each["row"], each["column"], each["code"]) for each in answer["errors"]] == [
        (2, "售价", "BAD_AMOUNT"), (2, "库存", "BAD_NUMBER"), (4, "类目", "CATEGORY_NOT_FOUND"),
        (5, "标题", "MISSING"), (6, "SKU编码", "SKU_CODE_TAKEN"),
        (6, "主图", "BAD_FORMAT"), (7, "SKU编码", "BAD_CODE"), (7, "阶梯价", "BAD_FORMAT")]
    assert answer["errors"][0]["sentence"] == "售价应为大于零、最多两位小数的金额（元）"
    assert shop.snapshot("imports", "audit_entries") == before
    assert [row.state for row in shop.rows(imports)] == ["REFUSED"]


@pytest.mark.parametrize(("rows", "row", "column", "code"), [
    ([SHIRT, {**SECOND, "规格": "颜色:红;尺码:L"}], 2, "规格", "COMBINATION_REPEATS"),
    ([SHIRT, {**SECOND, "规格": "颜色:蓝"}], 3, "规格", "SPEC_VALUES_DO_NOT_FIT"),
    ([SHIRT, {**SECOND, "标题": "别的"}], 3, "标题", "DIFFERS"),
    ([{**SHIRT, "阶梯价": "3:99.5"}], 2, "规格", "TIERS_DO_NOT_ASCEND"),
    ([{**SHIRT, "规格": "红色"}], 2, "规格", "BAD_FORMAT"),
    ([{**SHIRT, "虚拟商品": "是"}], 2, "库存", "VIRTUAL_FOLLOWS_CODES"),
])
def test_products_that_do_not_hold_together_are_refused(shop: Shop, storage: ObjectStorage, staff, rows, row, column,
                                                        code):
    answer = staff.call("catalog.import_products", import_id="imp_1", object_key=_upload(storage, _as_csv(rows)))
    assert [(each["row"], each["column"], each["code"]) for each in answer["errors"]] == [(row, column, code)]
    assert shop.rows(products) == []


def test_the_same_import_sent_again_and_in_parallel_imports_once(shop: Shop, storage: ObjectStorage, staff):
    key = _upload(storage, _as_csv([SHIRT, SOCKS]))
    answers = shop.in_parallel(*[
        lambda: staff.call("catalog.import_products", import_id="imp_1", object_key=key) for _ in range(4)])
    assert answers == [{"state": "DONE", "row_count": 2, "created": 2, "updated": 0, "unchanged": 0, "errors": []}] * 4
    assert len(shop.rows(products)) == 2
    storage.delete(key)
    assert staff.call("catalog.import_products", import_id="imp_1", object_key=key)["state"] == "DONE"


def test_files_that_are_not_there_not_mine_not_complete_or_no_table_are_refused(
        shop: Shop, storage: ObjectStorage, staff):
    before = shop.snapshot("audit_entries")
    theirs = _upload(storage, _as_csv([SOCKS]), seller_id="sel_OTHER")
    for key, code in (
        (f"imports/{DEFAULT_SELLER}/none.csv", "FILE_NOT_FOUND"),
        (theirs, "FILE_NOT_FOUND"),
        ("exports/x/y.csv", "BAD_INPUT"),
        (_upload(storage, _as_csv([SOCKS], columns=("标题", "售价"))), "HEADER_INCOMPLETE"),
        (_upload(storage, _as_csv([])), "ROW_COUNT_OUT_OF_RANGE"),
        (_upload(storage, _as_csv([SOCKS] * 2_001)), "ROW_COUNT_OUT_OF_RANGE"),
        (_upload(storage, b"PK\x03\x04 no workbook", "xlsx"), "UNREADABLE_FILE"),
        (_upload(storage, b"x" * (5 * 1024 * 1024 + 1)), "FILE_TOO_LARGE"),
    ):
        with refused(code):
            staff.call("catalog.import_products", import_id="imp_1", object_key=key)
    assert shop.snapshot("audit_entries") == before


def test_two_thousand_rows_go_in_together(shop: Shop, storage: ObjectStorage, staff):
    rows = [{**SOCKS, "货号": f"S{n}", "SKU编码": f"S-{n}", "库存": "1"} for n in range(2_000)]
    answer = staff.call("catalog.import_products", import_id="imp_1", object_key=_upload(storage, _as_csv(rows)))
    assert answer == {"state": "DONE", "row_count": 2_000, "created": 2_000, "updated": 0, "unchanged": 0, "errors": []}
    assert len(shop.rows(products)) == 2_000
    assert sum(row.available for row in shop.rows(stock_items)) == 2_000


def test_two_imports_of_the_same_codes_at_once_import_them_once(shop: Shop, storage: ObjectStorage, staff):
    key = _upload(storage, _as_csv([SHIRT, SECOND, SOCKS]))
    answers = shop.in_parallel(*[
        lambda n=n: staff.call("catalog.import_products", import_id=f"imp_{n}", object_key=key) for n in range(3)])
    told = [answer for answer in answers if not isinstance(answer, Exception)]
    assert sorted((answer["created"], answer["unchanged"]) for answer in told)[-1] == (3, 0)
    assert sum(answer["created"] for answer in told) == 3
    assert len(shop.rows(skus)) == 3
    assert sum(row.available for row in shop.rows(stock_items)) == 12
    assert all(answer.code == "SKU_CODE_TAKEN" for answer in answers if isinstance(answer, Refused))
