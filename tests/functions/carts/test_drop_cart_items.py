"""carts.drop_cart_items (spec D1)."""

from mall.tables.goods import cart_items

from tests.support import seed
from tests.support.shop import Shop, refused


def test_only_the_named_items_of_the_own_cart_are_dropped(shop: Shop):
    goods, mine, theirs = seed.product(shop, skus=2), shop.member("小红"), shop.member("小明")
    for member in (mine, theirs):
        for sku_id in goods.sku_ids:
            member.call("carts.put_cart_item", sku_id=sku_id)
    mine.call("carts.drop_cart_items", sku_ids=[goods.sku_ids[0], "sku_NOWHERE"])
    assert [row.sku_id for row in shop.rows(cart_items, member_id=mine.subject_id)] == [goods.sku_ids[1]]
    assert len(shop.rows(cart_items, member_id=theirs.subject_id)) == 2


def test_nothing_named_is_refused(shop: Shop):
    with refused("BAD_INPUT", status=400, field="sku_ids"):
        shop.member().call("carts.drop_cart_items", sku_ids=[])
