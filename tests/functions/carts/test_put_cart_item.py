"""carts.put_cart_item (spec D1)."""

import json

from mall.kit.schema import DEFAULT_SELLER
from mall.tables.goods import cart_items
from mall.tables.people import shop_settings

from tests.support import seed
from tests.support.shop import Refused, Shop, refused


def _limit(shop: Shop, most: int) -> None:
    shop.database.run(lambda tx: tx.insert(
        shop_settings, seller_id=DEFAULT_SELLER, document=json.dumps({"cart_item_limit": most}), version=1,
        changed_at=shop.now))


def test_adding_counts_up_and_setting_replaces(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    assert member.call("carts.put_cart_item", sku_id=goods.sku_id, quantity=2) == {"sku_count": 1}
    member.call("carts.put_cart_item", sku_id=goods.sku_id, quantity=3)
    assert [(row.member_id, row.sku_id, row.quantity, row.selected) for row in shop.rows(cart_items)] == [
        (member.subject_id, goods.sku_id, 5, True)]
    member.call("carts.put_cart_item", sku_id=goods.sku_id, quantity=1, mode="set")
    assert [row.quantity for row in shop.rows(cart_items)] == [1]


def test_thirty_additions_at_once_lose_none(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    answers = shop.in_parallel(*[
        lambda: member.call("carts.put_cart_item", sku_id=goods.sku_id, quantity=1) for _ in range(30)])
    assert answers == [{"sku_count": 1}] * 30
    assert [row.quantity for row in shop.rows(cart_items)] == [30]


def test_a_full_cart_takes_no_other_sku_also_not_in_parallel(shop: Shop):
    _limit(shop, 3)
    goods, member = seed.product(shop, skus=8), shop.member()
    answers = shop.in_parallel(*[
        lambda sku_id=sku_id: member.call("carts.put_cart_item", sku_id=sku_id) for sku_id in goods.sku_ids])
    assert [answer.code for answer in answers if isinstance(answer, Refused)] == ["CART_FULL"] * 5
    rows = shop.rows(cart_items)
    assert len(rows) == 3
    assert member.call("carts.put_cart_item", sku_id=rows[0].sku_id) == {"sku_count": 3}


def test_goods_that_are_not_sold_and_absurd_quantities_are_refused(shop: Shop):
    member, goods = shop.member(), seed.product(shop)
    draft = seed.product(shop, state="DRAFT")
    member.call("carts.put_cart_item", sku_id=goods.sku_id, quantity=9_000)
    before = shop.snapshot()
    for sku_id, quantity, code in ((draft.sku_id, 1, "GOODS_NOT_FOR_SALE"), ("sku_NOWHERE", 1, "GOODS_NOT_FOR_SALE"),
                                   (goods.sku_id, 1_000, "TOO_MANY_OF_ONE"), (goods.sku_id, 0, "BAD_INPUT"),
                                   (goods.sku_id, -1, "BAD_INPUT")):
        with refused(code):
            member.call("carts.put_cart_item", sku_id=sku_id, quantity=quantity)
    with refused("NOT_SIGNED_IN", status=401):
        shop.call("carts.put_cart_item", sku_id=goods.sku_id)
    assert shop.snapshot() == before


def test_the_same_click_sent_twice_adds_once(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    for _ in range(2):
        member.call("carts.put_cart_item", key="click-1", sku_id=goods.sku_id, quantity=2)
    assert [row.quantity for row in shop.rows(cart_items)] == [2]
