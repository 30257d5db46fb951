"""carts.select_cart_items (spec D1)."""

from mall.tables.goods import cart_items

from tests.support import seed
from tests.support.shop import Shop, refused


def test_one_or_all_of_the_own_items_are_selected(shop: Shop):
    goods, mine, theirs = seed.product(shop, skus=2), shop.member("小红"), shop.member("小明")
    for member in (mine, theirs):
        for sku_id in goods.sku_ids:
            member.call("carts.put_cart_item", sku_id=sku_id)
    mine.call("carts.select_cart_items", selected=False)
    assert [row.selected for row in shop.rows(cart_items, member_id=mine.subject_id)] == [False, False]
    mine.call("carts.select_cart_items", sku_ids=[goods.sku_ids[1]], selected=True)
    chosen = {row.sku_id: row.selected for row in shop.rows(cart_items, member_id=mine.subject_id)}
    assert chosen == {goods.sku_ids[0]: False, goods.sku_ids[1]: True}
    assert [row.selected for row in shop.rows(cart_items, member_id=theirs.subject_id)] == [True, True]


def test_an_item_that_is_not_in_the_own_cart_is_not_there(shop: Shop):
    goods, mine, theirs = seed.product(shop), shop.member("小红"), shop.member("小明")
    theirs.call("carts.put_cart_item", sku_id=goods.sku_id)
    before = shop.snapshot()
    with refused("NOT_IN_CART", status=404, field="sku_ids"):
        mine.call("carts.select_cart_items", sku_ids=[goods.sku_id], selected=False)
    assert shop.snapshot() == before
