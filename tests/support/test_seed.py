"""The seeds hold what the actions would have written."""

from mall.tables.goods import product_categories, skus, stock_entries, stock_items

from tests.support import seed
from tests.support.shop import Shop


def test_a_seeded_product_has_its_skus_its_stock_and_a_ledger_that_explains_it(shop: Shop):
    path = seed.category(shop, "上衣", parent_path=seed.category(shop, "服装"))
    goods = seed.product(shop, skus=2, stock=7, category_path=path)
    assert [row.sku_id for row in shop.rows(skus)] == sorted(goods.sku_ids)
    assert [(row.available, row.held) for row in shop.rows(stock_items)] == [(7, 0), (7, 0)]
    assert [row.available_change for row in shop.rows(stock_entries)] == [7, 7]
    assert {row.category_id for row in shop.rows(product_categories, spu_id=goods.spu_id)} == set(path)
    assert seed.address(shop, shop.member()) and seed.freight_template(shop) and seed.promotion(shop)
