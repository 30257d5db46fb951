"""stock.set_safe_level (spec B3)."""

from mall.tables.goods import stock_items

from tests.support import seed
from tests.support.shop import Shop, refused


def test_the_level_is_set_for_one_sku_in_one_warehouse(shop: Shop):
    goods, staff = seed.product(shop, skus=2), shop.staff("stock.set_safe_level")
    staff.call("stock.set_safe_level", sku_id=goods.sku_ids[1], version=1, safe_level=8)
    assert {row.sku_id: row.safe_level for row in shop.rows(stock_items)} == {
        goods.sku_ids[0]: 0, goods.sku_ids[1]: 8}


def test_the_level_of_another_sellers_goods_stays(shop: Shop):
    theirs, staff = seed.product(shop, seller_id="sel_OTHER"), shop.staff()
    before = shop.snapshot()
    with refused("NO_SUCH_STOCK", status=404):
        staff.call("stock.set_safe_level", sku_id=theirs.sku_id, version=1, safe_level=5)
    with refused("BAD_INPUT", status=400, field="safe_level"):
        staff.call("stock.set_safe_level", sku_id=theirs.sku_id, version=1, safe_level=-1)
    assert shop.snapshot() == before
