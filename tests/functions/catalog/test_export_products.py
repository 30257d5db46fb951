"""catalog.export_products (spec B4)."""

import csv
import io

import httpx
import pytest
from mall.adapters.object_storage import ObjectStorage
from mall.adapters.spreadsheets import Spreadsheets
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.goods import products, skus

from tests.support import seed
from tests.support.shop import Shop


def _table(content: bytes) -> list[dict[str, str]]:
    rows = Spreadsheets().read(content)
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_own_goods_are_exported_behind_a_signed_link(shop: Shop, storage: ObjectStorage, kind: str):
    path = seed.category(shop, "上衣", parent_path=seed.category(shop, "服装"))
    goods = seed.product(shop, title="T恤", skus=2, stock=7, price_fen=9_950, price_tiers=((3, 9_000),),
                         category_path=path, tags=("新品", "夏"))
    seed.product(shop, seller_id="sel_OTHER")
    answer = shop.staff("catalog.*").call("catalog.export_products", kind=kind)
    assert answer["rows"] == 2
    row = _table(httpx.get(answer["url"]).content)[0]
    assert row == {
        "货号": goods.spu_id, "标题": "T恤", "副标题": "", "类目": "服装/上衣", "规格": row["规格"],
        "SKU编码": row["SKU编码"], "售价": "99.50", "会员价": "", "阶梯价": "3:90.00", "库存": "7", "重量(克)": "500",
        "佣金比例": "0", "主图": "https://img.mall.example/public/1.png", "标签": "新品,夏", "虚拟商品": "",
        "详情": "", "视频": "", "场景图": "", "运费模板": "", "SKU图片": "", "安全库存": "0", "导出时库存": "7",
        "购买规则": "", "商品购买规则": "",
        "版本": "1"}
    assert row["SKU编码"] in goods.sku_ids and row["规格"] in ("款式:款式1", "款式:款式2")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_is_a_formula(shop: Shop, storage: ObjectStorage, kind: str):
    for title in ("=HYPERLINK(\"http://evil\")", "+1", "-1", "@SUM(A1)"):
        seed.product(shop, title=title)
    content = httpx.get(shop.staff().call("catalog.export_products", kind=kind)["url"]).content
    if kind == "csv":
        assert content.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1:]
        titles = {row[1] for row in rows}
    else:
        titles = {row["标题"] for row in _table(content)}
    assert titles == {"'=HYPERLINK(\"http://evil\")", "'+1", "'-1", "'@SUM(A1)"}


def test_what_was_exported_can_be_imported_elsewhere_unchanged(shop: Shop, storage: ObjectStorage):
    path, staff = seed.category(shop, "服装"), shop.staff()
    seed.product(shop, title="=1+1", skus=2, price_tiers=((3, 9_000),), member_price_fen=9_500, category_path=path)
    content = httpx.get(staff.call("catalog.export_products", kind="csv")["url"]).content
    key = f"imports/{DEFAULT_SELLER}/again.csv"
    storage.put(key, content.replace(b"sku_", b"new_"), "text/csv")
    assert staff.call("catalog.import_products", import_id="imp_1", object_key=key)["state"] == "DONE"
    assert [row.title for row in shop.rows(products)] == ["=1+1", "=1+1"]
    columns = ("price_fen", "member_price_fen", "price_tiers", "weight_grams")
    assert len({str([getattr(row, name) for name in columns]) for row in shop.rows(skus)}) == 1
