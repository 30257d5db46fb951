"""stock.list_stock (spec B3)."""

from tests.support import seed
from tests.support.shop import Shop, refused


def test_pages_hold_every_sku_of_the_seller_once_and_none_of_another(shop: Shop):
    goods, staff = seed.product(shop, title="围巾", skus=5, stock=3), shop.staff("stock.list_stock")
    seed.product(shop, seller_id="sel_OTHER")
    seen, cursor = [], None
    for _ in range(3):
        page = staff.call("stock.list_stock", limit=2, cursor=cursor)
        seen += [row["sku_id"] for row in page["items"]]
        cursor = page["next_cursor"]
    assert sorted(seen) == sorted(goods.sku_ids)
    assert cursor is None
    first = page["items"][0]
    assert (first["title"], first["available"], first["held"], first["below_safe"]) == ("围巾", 3, 0, False)


def test_stock_is_found_by_product_and_by_code(shop: Shop):
    goods, staff = seed.product(shop, skus=2), shop.staff()
    seed.product(shop)
    by_product = staff.call("stock.list_stock", spu_id=goods.spu_id)["items"]
    assert sorted(row["sku_id"] for row in by_product) == sorted(goods.sku_ids)
    by_code = staff.call("stock.list_stock", sku_code=goods.sku_ids[1])["items"]
    assert [row["spec_values"] for row in by_code] == [["款式2"]]


def test_a_member_may_not_look(shop: Shop):
    with refused("NOT_SIGNED_IN", status=401):
        shop.member().call("stock.list_stock")
