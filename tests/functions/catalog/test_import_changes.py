"""catalog.import_products with a table of changes: bulk prices and bulk stock by SKU code (spec B3, B4)."""

from __future__ import annotations

import pytest
from mall.adapters.object_storage import ObjectStorage
from mall.tables.goods import products, skus, stock_entries, stock_items

from tests.functions.catalog.test_import_products import _as_csv, _upload
from tests.support import seed
from tests.support.shop import Shop

pytestmark = pytest.mark.spec("B3", "B4")
COLUMNS = ("SKU编码", "售价", "会员价", "库存增减", "安全库存")


def load(shop: Shop, storage: ObjectStorage, rows: list[dict], key: str = "imp_1", columns=COLUMNS) -> dict:
    return shop.staff("catalog.*").call("catalog.import_products", import_id=key,
                                        object_key=_upload(storage, _as_csv(rows, columns=columns)))


def code(shop: Shop, goods: seed.Seeded) -> str:
    return shop.rows(skus, sku_id=goods.sku_id)[0].sku_code


def test_prices_and_stock_of_many_are_changed_by_code_and_wrong_rows_are_listed(shop: Shop, storage: ObjectStorage):
    one, two, three = (seed.product(shop, price_fen=10_000, stock=5) for _ in range(3))
    answer = load(shop, storage, [
        {"SKU编码": code(shop, one), "售价": "88.00", "库存增减": "+20"},
        {"SKU编码": code(shop, two), "库存增减": "-6"},
        {"SKU编码": code(shop, three), "安全库存": "9", "库存增减": "-2"},
        {"SKU编码": "nobody", "售价": "1"},
    ])
    assert (answer["state"], answer["row_count"], answer["updated"]) == ("PARTLY", 4, 2)
    assert [(each["row"], each["column"], each["code"]) for each in answer["errors"]] == [
        (3, "库存增减", "STOCK_BELOW_ZERO"), (5, "SKU编码", "SKU_UNKNOWN")]
    prices = {row.sku_id: row.price_fen for row in shop.rows(skus)}
    assert prices == {one.sku_id: 8_800, two.sku_id: 10_000, three.sku_id: 10_000}
    places = {row.sku_id: (row.available, row.safe_level) for row in shop.rows(stock_items)}
    assert places == {one.sku_id: (25, 0), two.sku_id: (5, 0), three.sku_id: (3, 9)}
    assert {row.reference for row in shop.rows(stock_entries, kind="ADJUST")} == {"import imp_1"}


def test_the_same_table_under_the_same_id_changes_nothing_more(shop: Shop, storage: ObjectStorage):
    goods = seed.product(shop, stock=5)
    rows = [{"SKU编码": code(shop, goods), "库存增减": "3"}]
    first = load(shop, storage, rows)
    before = shop.snapshot("audit_entries", "sessions", "staff", "roles")
    assert load(shop, storage, rows) == first
    assert shop.snapshot("audit_entries", "sessions", "staff", "roles") == before
    assert load(shop, storage, rows, key="imp_2")["updated"] == 1
    assert [row.available for row in shop.rows(stock_items)] == [11]


def test_an_empty_cell_leaves_things_as_they_are(shop: Shop, storage: ObjectStorage):
    goods = seed.product(shop, price_fen=10_000, stock=5)
    shop.staff("catalog.*")
    before = shop.rows(products), shop.rows(skus), shop.rows(stock_items)
    answer = load(shop, storage, [{**dict.fromkeys(COLUMNS, ""), "SKU编码": code(shop, goods)}])
    assert (answer["state"], answer["unchanged"]) == ("DONE", 1)
    assert (shop.rows(products), shop.rows(skus), shop.rows(stock_items)) == before


@pytest.mark.parametrize(("cells", "column", "wrong"), [
    ({"库存增减": "三"}, "库存增减", "BAD_NUMBER"), ({"库存增减": "1.5"}, "库存增减", "BAD_NUMBER"),
    ({"售价": "-1"}, "售价", "BAD_AMOUNT"), ({"售价": "1e9"}, "售价", "BAD_AMOUNT"),
])
def test_what_is_no_number_is_told_by_its_cell(shop: Shop, storage: ObjectStorage, cells, column: str, wrong: str):
    goods = seed.product(shop, stock=5)
    answer = load(shop, storage, [{"SKU编码": code(shop, goods), **cells}])
    assert [(each["column"], each["code"]) for each in answer["errors"]] == [(column, wrong)]
    assert [row.available for row in shop.rows(stock_items)] == [5]


def test_stock_by_and_the_count_itself_are_not_both_said(shop: Shop, storage: ObjectStorage):
    goods = seed.product(shop, stock=5)
    answer = load(shop, storage, [{"SKU编码": code(shop, goods), "库存": "9", "库存增减": "1"}],
                  columns=("SKU编码", "库存", "库存增减"))
    assert [each["code"] for each in answer["errors"]] == ["STOCK_TWICE"]
