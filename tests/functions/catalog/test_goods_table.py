"""Goods out and in again: export, change a cell, import (spec B4). What a person sees is what is read, or it is refused
by its row."""

import csv
import io
from datetime import date
from typing import Any

import httpx
import pytest
import xlsxwriter
from mall.adapters.object_storage import ObjectStorage
from mall.adapters.spreadsheets import Spreadsheets
from mall.domains.catalog.sheet import COLUMNS
from mall.kit.ids import new_id
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.goods import categories, products, skus, stock_items
from mall.tables.people import refund_days

from tests.support import points, seed, trade
from tests.support.shop import Caller, Shop, refused

PICTURES = ["https://img.mall.example/a|b.png", "https://img.mall.example/图.png"]


class Table:
    """A merchant's table: exported, changed, imported."""

    def __init__(self, shop: Shop, storage: ObjectStorage):
        self.shop, self.storage, self.staff = shop, storage, shop.staff("catalog.*", "pricing.*", "stock.*")

    def export(self, kind: str = "xlsx") -> list[dict[str, str]]:
        content = httpx.get(self.staff.call("catalog.export_products", kind=kind)["url"]).content
        head, *rows = Spreadsheets().read(content)
        return [dict(zip(head, row, strict=True)) for row in rows]

    def take_in(self, rows: list[dict[str, str]], kind: str = "csv") -> dict[str, Any]:
        names = list(rows[0])
        if kind == "csv":
            target = io.StringIO(newline="")
            csv.writer(target).writerows([names, *([row[name] for name in names] for row in rows)])
            return self.take_in_file(target.getvalue().encode("utf-8-sig"))
        target = io.BytesIO()
        book = xlsxwriter.Workbook(target)
        sheet = book.add_worksheet()
        for number, row in enumerate([dict(zip(names, names, strict=True)), *rows]):
            for column, name in enumerate(names):
                sheet.write_string(number, column, row[name])
        book.close()
        return self.take_in_file(target.getvalue(), "xlsx")

    def take_in_file(self, content: bytes, kind: str = "csv") -> dict[str, Any]:
        key = f"imports/{DEFAULT_SELLER}/{new_id('upl')}.{kind}"
        self.storage.put(key, content, "text/csv")
        return self.staff.call("catalog.import_products", import_id=new_id("imp"), object_key=key)


@pytest.fixture
def table(shop: Shop, storage: ObjectStorage) -> Table:
    return Table(shop, storage)


def counts(answer: dict[str, Any]) -> tuple[int, int, int]:
    return answer["created"], answer["updated"], answer["unchanged"]


def problems(answer: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(each["row"], each["column"], each["code"]) for each in answer["errors"]]


def awkward(shop: Shop, staff: Caller) -> str:
    """A product with something in every field that a careless table loses."""
    path = seed.category(shop, "上/衣;女", parent_path=seed.category(shop, "服装\\鞋"))
    freight = seed.freight_template(shop, name="冷链，加急")
    saved = staff.call(
        "catalog.save_product", title="=纯棉T恤", subtitle="'+1", category_id=path[-1],
        media={"carousel": PICTURES, "scenes": PICTURES[:1], "video": "https://img.mall.example/v.mp4"},
        specs=[{"name": "颜色:深浅", "values": ["红;白", "蓝：黑\\"]}, {"name": "尺码", "values": ["L/XL"]}],
        tags=["新,品", "夏，季", "'=x"], description="第一行\n  “第二行”, \"引号\"\n\n-完", freight_template_id=freight,
        skus=[{"sku_code": "0001", "spec_values": ["红;白", "L/XL"], "price_fen": 9_950, "member_price_fen": 9_500,
               "price_tiers": [{"min_quantity": 3, "price_fen": 9_000}, {"min_quantity": 10, "price_fen": 8_050}],
               "weight_grams": 1_250, "commission_percent": 15, "picture_url": PICTURES[1]},
              {"sku_code": "1E5", "spec_values": ["蓝：黑\\", "L/XL"], "price_fen": 1}])
    staff.call("stock.set_safe_level", sku_id=saved["sku_ids"][0], version=1, safe_level=7)
    return saved["spu_id"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_that_goes_out_and_comes_back_unchanged_changes_nothing_and_says_so(shop: Shop, table: Table, kind: str):
    awkward(shop, table.staff)
    seed.product(shop, is_virtual=True, category_path=seed.category(shop, "卡券"), tags=("卡",))
    seed.product(shop, title="旧 ", category_path=("cat_GONE",), price_tiers=((3, 9_000),))
    rows = table.export(kind)
    before = shop.snapshot("imports", "audit_entries")
    answer = table.take_in(rows, kind)
    assert (answer["state"], counts(answer)) == ("DONE", (0, 0, 4))
    assert shop.snapshot("imports", "audit_entries") == before


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_everything_that_goes_out_comes_in_elsewhere_as_it_was(shop: Shop, table: Table, kind: str):
    spu_id = awkward(shop, table.staff)
    rows = [row | {"SKU编码": f"N{row['SKU编码']}"} for row in table.export(kind)]
    assert counts(table.take_in(rows, kind)) == (2, 0, 0)
    was, new = sorted(shop.rows(products), key=lambda row: row.spu_id != spu_id)
    for name in ("title", "subtitle", "category_id", "category_path", "media", "specs", "tags", "description",
                 "is_virtual", "freight_template_id", "lowest_price_fen"):
        assert getattr(new, name) == getattr(was, name), name
    by_code = {row.sku_code: row for row in shop.rows(skus)}
    for code in ("0001", "1E5"):
        for name in ("spec_values", "price_fen", "member_price_fen", "price_tiers", "weight_grams",
                     "commission_percent", "picture_url"):
            assert getattr(by_code[f"N{code}"], name) == getattr(by_code[code], name), name
    levels = {row.sku_id: row.safe_level for row in shop.rows(stock_items)}
    assert (levels[by_code["0001"].sku_id], levels[by_code["N0001"].sku_id]) == (7, 7)


def test_a_changed_price_updates_the_sku_with_that_code_and_nothing_else(shop: Shop, table: Table):
    spu_id = awkward(shop, table.staff)
    other = seed.product(shop, category_path=seed.category(shop, "别的"))
    before = {row.sku_code: row for row in shop.rows(skus)}
    rows = table.export()
    next(row for row in rows if row["SKU编码"] == "0001")["售价"] = "￥1,088.5"
    answer = table.take_in(rows)
    assert (answer["state"], counts(answer)) == ("DONE", (0, 1, 2))
    after = {row.sku_code: row for row in shop.rows(skus)}
    assert after["0001"].price_fen == 108_850
    assert after["1E5"] == before["1E5"]._replace(spec_names=after["1E5"].spec_names)
    assert {row.spu_id: row.version for row in shop.rows(products)} == {spu_id: 2, other.spu_id: 1}
    again = table.take_in(rows)  # the same file once more
    assert counts(again) == (0, 0, 3)


def test_columns_that_a_file_has_not_stay_as_they_are(shop: Shop, table: Table):
    awkward(shop, table.staff)
    small = [{name: row[name] for name in ("货号", "标题", "类目", "SKU编码", "售价")} for row in table.export()]
    small[0]["售价"] = "120"
    before = shop.rows(products)[0]
    assert counts(table.take_in(small)) == (0, 1, 1)
    after = shop.rows(products)[0]
    assert after == before._replace(version=2, changed_at=after.changed_at, changed_by="店员")
    assert {row.sku_code: (row.price_fen, row.weight_grams) for row in shop.rows(skus)} == {
        "0001": (12_000, 1_250), "1E5": (1, 0)}


def test_a_product_changed_since_the_export_is_not_set_back(shop: Shop, table: Table):
    seed.product(shop, category_path=seed.category(shop, "服装"))
    rows = table.export()
    opened = table.staff.call("catalog.open_product", spu_id=rows[0]["货号"])
    table.staff.call("catalog.save_product", title="新标题", version=1,
                     **{name: opened[name] for name in ("spu_id", "category_id", "media", "tags")},
                     skus=[{"sku_code": opened["skus"][0]["sku_code"], "price_fen": 100}])
    before = shop.snapshot("imports", "audit_entries")
    rows[0]["售价"] = "50"
    answer = table.take_in(rows)
    assert (answer["state"], problems(answer)) == ("REFUSED", [(2, "版本", "PRODUCT_CHANGED")])
    assert shop.snapshot("imports", "audit_entries") == before


def test_a_changed_count_is_a_correction_that_keeps_what_was_sold_meanwhile(shop: Shop, table: Table):
    goods = seed.product(shop, stock=7, category_path=seed.category(shop, "服装"))
    rows = table.export()
    trade.paid_order(shop, shop.member(), goods.sku_id, quantity=2)
    assert counts(table.take_in(rows)) == (0, 0, 1)
    assert trade.available(shop, goods.sku_id) == 5
    rows[0]["库存"] = "10"
    assert counts(table.take_in(rows)) == (0, 1, 0)
    assert trade.available(shop, goods.sku_id) == 8
    assert problems(table.take_in(rows)) == [(2, "版本", "PRODUCT_CHANGED")]  # not three more
    assert trade.available(shop, goods.sku_id) == 8
    bare = [{name: value for name, value in row.items() if name != "导出时库存"} for row in rows]
    assert problems(table.take_in(bare)) == [(2, "库存", "STOCK_NEEDS_BASE")]
    fresh = table.export()
    fresh[0]["库存"] = "0"
    trade.paid_order(shop, shop.member(), goods.sku_id, quantity=1)
    assert problems(table.take_in(fresh)) == [(2, "库存", "STOCK_BELOW_ZERO")]


def test_good_products_go_in_and_bad_ones_are_listed(shop: Shop, table: Table):
    seed.category(shop, "服装")
    row = {"货号": "A", "标题": "袜子", "类目": "服装", "SKU编码": "A-1", "售价": "9.9"}
    answer = table.take_in([
        row, row | {"货号": "B", "SKU编码": "B-1", "售价": "九元"}, row | {"货号": "C", "SKU编码": "C-1", "类目": "鞋"},
        row | {"货号": "D", "SKU编码": "D-1", "标题": "帽\u202e子"}, row | {"货号": "E", "SKU编码": "E-1"}])
    assert (answer["state"], counts(answer)) == ("PARTLY", (2, 0, 0))
    assert problems(answer) == [(3, "售价", "BAD_AMOUNT"), (4, "类目", "CATEGORY_NOT_FOUND"), (5, "标题", "BAD_FORMAT")]
    assert sorted(row.sku_code for row in shop.rows(skus)) == ["A-1", "E-1"]


def test_a_new_row_of_a_known_product_is_a_new_sku_of_it(shop: Shop, table: Table):
    spu_id = awkward(shop, table.staff)
    rows = table.export()
    rows.append(rows[0] | {"SKU编码": "0003", "规格": "颜色\\:深浅:绿;尺码:L\\/XL", "库存": "4", "导出时库存": ""})
    assert counts(table.take_in(rows)) == (1, 0, 2)
    new, = [row for row in shop.rows(skus) if row.sku_code == "0003"]
    assert (new.spu_id, new.spec_values) == (spu_id, ["绿", "L/XL"])
    assert trade.available(shop, new.sku_id) == 4
    rows = table.export()
    rows[0]["规格"] = "颜色\\:深浅:紫;尺码:L\\/XL"
    assert problems(table.take_in(rows)) == [(2, "规格", "SPEC_FIXED")]


def test_two_categories_of_one_path_are_not_chosen_from(shop: Shop, table: Table):
    for _ in range(2):
        seed.category(shop, "服装")
    assert len(shop.rows(categories)) == 2
    row = {"货号": "A", "标题": "袜子", "类目": "服装", "SKU编码": "A-1", "售价": "9.9"}
    assert problems(table.take_in([row])) == [(2, "类目", "CATEGORY_NOT_FOUND")]


# headings


@pytest.mark.parametrize(("names", "code", "says"), [
    (["货号", "标题", "类目", "SKU编码", "售价", "重量"], "HEADER_UNKNOWN",
     "无法识别的列：“重量”（是否为“重量(克)”？）"),
    (["货号", "标题", "类目", "SKU编码", "售价", "标题"], "HEADER_UNKNOWN", "重复的列：标题"),
    (["货号", "标题", "类目", "SKU编码", "价格"], "HEADER_INCOMPLETE", "缺少列：售价"),
    (["货号", "标题", "类目", "SKU编码", "售价", ""], "HEADER_UNKNOWN", "第 6 列没有列名"),
    (["货号", "标题", "类目", "SKU编码", "售价"], "HEADER_UNKNOWN", "第 6 列没有列名"),
])
def test_headings_that_are_not_known_are_refused_by_name(shop: Shop, table: Table, names: list[str], code: str,
                                                         says: str):
    cells = ["A", "袜子", "服装", "A-1", "9.9", "250"][:max(len(names), 6)]
    before = shop.snapshot("audit_entries")
    with refused(code, status=400) as caught:
        table.take_in_file(f"{','.join(names)}\r\n{','.join(cells)}\r\n".encode())
    assert says in caught[0].message
    assert shop.snapshot("audit_entries") == before


def test_headings_may_be_full_width_or_hold_blanks(shop: Shop, table: Table):
    seed.category(shop, "服装")
    answer = table.take_in_file("货号,标题,类目, ＳＫＵ 编码 ,售价,重量（克）\nA,袜子,服装,A-1,9.9,２５０克\n".encode())
    assert answer["state"] == "DONE"
    assert shop.rows(skus)[0].weight_grams == 250


# cells


def workbook(cells: dict[str, tuple[Any, str]]) -> bytes:
    """One row; each cell a value and its number format."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, list(cells))
    for column, (value, shown) in enumerate(cells.values()):
        sheet.write(1, column, value, book.add_format({"num_format": shown}))
    book.close()
    return target.getvalue()


GOOD = {"货号": ("A", "@"), "标题": ("袜子", "@"), "类目": ("服装", "@"), "SKU编码": ("A-1", "@"),
        "售价": (99.5, "¥#,##0.00")}


@pytest.mark.parametrize(("value", "shown", "code"), [
    (1234567, "00000000", "01234567"), ("01234567", "@", "01234567"), (1234567, "General", "1234567"),
    (20240102, "0000-00-00", "2024-01-02"), (123456789012345, "0", "123456789012345"),
])
def test_a_code_is_what_the_person_saw(shop: Shop, table: Table, value: Any, shown: str, code: str):
    seed.category(shop, "服装")
    answer = table.take_in_file(workbook(GOOD | {"SKU编码": (value, shown)}), "xlsx")
    assert (answer["state"], [(row.sku_code, row.price_fen) for row in shop.rows(skus)]) == ("DONE", [(code, 9_950)])


@pytest.mark.parametrize(("column", "value", "shown", "why"), [
    ("SKU编码", date(2024, 1, 2), "yyyy-mm-dd", "日期"), ("标题", date(2024, 1, 2), "m月d日", "日期"),
    ("SKU编码", 1234567890123456, "0", "15 位"), ("售价", 99.999, "0.00", "不同"), ("标题", 0.5, "# ?/?", "识别"),
    ("货号", 12345, "0.00E+00", "识别"), ("类目", date(2024, 1, 2), "yyyy", "日期"),
])
def test_a_cell_that_shows_something_else_than_it_holds_is_refused(shop: Shop, table: Table, column: str, value: Any,
                                                                    shown: str, why: str):
    seed.category(shop, "服装")
    answer = table.take_in_file(workbook(GOOD | {column: (value, shown)}), "xlsx")
    assert (answer["state"], problems(answer)) == ("REFUSED", [(2, column, "NOT_AS_SHOWN")])
    assert why in answer["errors"][0]["sentence"] and "文本格式" in answer["errors"][0]["sentence"]
    assert shop.rows(products) == []


def test_a_formula_is_its_value_and_an_error_is_refused(shop: Shop, table: Table):
    seed.category(shop, "服装")
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, [*GOOD, "重量(克)"])
    sheet.write_row(1, 0, ["A", "袜子", "服装", "A-1"])
    sheet.write_formula(1, 4, "=90+9.5", None, 99.5)
    sheet.write_formula(1, 5, "=1/0", None, "#DIV/0!")
    sheet.write_row(2, 0, ["B", "帽子", "服装", "B-1"])
    sheet.write_formula(2, 4, "=90+9.5", None, 99.5)
    book.close()
    answer = table.take_in_file(target.getvalue(), "xlsx")
    assert (answer["state"], problems(answer)) == ("PARTLY", [(2, "重量(克)", "NOT_AS_SHOWN")])
    assert [(row.sku_code, row.price_fen) for row in shop.rows(skus)] == [("B-1", 9_950)]


@pytest.mark.parametrize(("word", "is_virtual"), [
    ("是", True), ("Y", True), ("TRUE", True), ("否", False), ("n", False)])
def test_virtual_goods_are_named_by_a_closed_list_of_words(shop: Shop, table: Table, word: str, is_virtual: bool):
    seed.category(shop, "服装")
    row = {"货号": "A", "标题": "卡", "类目": "服装", "SKU编码": "A-1", "售价": "9.9", "虚拟商品": word}
    assert table.take_in([row])["state"] == "DONE"
    assert shop.rows(products)[0].is_virtual == is_virtual
    assert problems(table.take_in([row | {"货号": "B", "SKU编码": "B-1", "虚拟商品": "有"}])) == [
        (2, "虚拟商品", "BAD_WORD")]


@pytest.mark.parametrize(("encoding", "between"), [
    ("utf-8-sig", ","), ("gb18030", "\t"), ("utf-8", ";"), ("utf-16", "\t")])
def test_a_csv_of_any_usual_making_is_read(shop: Shop, table: Table, encoding: str, between: str):
    seed.category(shop, "服装")
    lines = [["货号", "标题", "类目", "SKU编码", "售价"], ["A", '"袜子,""短"""', "服装", '="0012"', "9.9"]]
    content = "\r\n".join(between.join(line) for line in lines).encode(encoding)
    assert table.take_in_file(content)["state"] == "DONE"
    assert [row.title for row in shop.rows(products)] == ['袜子,"短"']
    assert [row.sku_code for row in shop.rows(skus)] == ["0012"]


def test_the_columns_are_those_of_the_page(shop: Shop):
    from pathlib import Path
    page = (Path(__file__).resolve().parents[3] / "docs" / "goods-table.md").read_text("utf-8")
    assert [name for name in COLUMNS if f"| {name} |" not in page] == []


def test_where_two_people_decide_a_file_of_lower_prices_is_no_way_around_the_second(shop: Shop, table: Table):
    """Spec J6. Each product counts as if it were saved by itself, a hundred pieces at the least: 60 yuan, then 60 more,
    which are above the day's hundred."""
    points.settings(shop, second_person=True, refund_approval_limit_fen=10_000, refund_day_limit_fen=10_000)
    path = seed.category(shop, "服装")
    for name in ("A", "B"):
        seed.product(shop, title=f"商品{name}", price_fen=9_900, stock=1, category_path=path)
    rows = [row | {"售价": "98.40"} for row in table.export()]
    answer = table.take_in(rows)
    assert (answer["state"], counts(answer)) == ("PARTLY", (0, 1, 0))
    assert [(column, code) for _, column, code in problems(answer)] == [("售价", "SECOND_PERSON_NEEDED")]
    assert sorted(row.price_fen for row in shop.rows(skus)) == [9_840, 9_900]
    assert [row.alone_fen for row in shop.rows(refund_days)] == [6_000]
