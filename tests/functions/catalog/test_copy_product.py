"""catalog.copy_product (spec B4)."""

from mall.tables.goods import products, skus, stock_items

from tests.support import seed
from tests.support.shop import Shop, refused


def test_a_copy_is_a_draft_with_the_same_goods_other_codes_and_no_stock(shop: Shop):
    path = seed.category(shop)
    goods = seed.product(shop, title="围巾", skus=2, price_tiers=((3, 9_000),), category_path=path, tags=("冬",))
    copied = shop.staff("catalog.*").call("catalog.copy_product", spu_id=goods.spu_id)
    row = shop.rows(products, spu_id=copied["spu_id"])[0]
    assert (row.title, row.state, row.version, row.sold, row.tags) == ("围巾（副本）", "DRAFT", 1, 0, ["冬"])
    mine = {row.sku_id: row for row in shop.rows(skus, spu_id=copied["spu_id"])}
    assert [mine[sku_id].spec_values for sku_id in copied["sku_ids"]] == [["款式1"], ["款式2"]]
    assert [row.price_tiers for row in mine.values()] == [[[3, 9_000]]] * 2
    assert len({row.sku_code for row in shop.rows(skus)}) == 4
    assert [row.available for row in shop.rows(stock_items) if row.sku_id in mine] == [0, 0]


def test_another_sellers_product_is_not_copied(shop: Shop):
    theirs, staff = seed.product(shop, seller_id="sel_OTHER"), shop.staff()
    before = shop.snapshot()
    with refused("PRODUCT_NOT_FOUND", status=404):
        staff.call("catalog.copy_product", spu_id=theirs.spu_id)
    assert shop.snapshot() == before
