"""carts.view_cart (spec D1)."""

from mall.kit.db import fresh
from mall.tables.goods import products, skus
from sqlalchemy import update

from tests.functions.promotions.test_kinds_of_promotions import save
from tests.support import seed
from tests.support.shop import Caller, Shop


def _put(member: Caller, sku_id: str, quantity: int = 1) -> None:
    member.call("carts.put_cart_item", sku_id=sku_id, quantity=quantity)


def _change(shop: Shop, table, key, value: str, **values) -> None:
    shop.database.run(lambda tx: tx.write(fresh(update(table).where(key == value).values(**values)), rows=1))


def test_an_empty_cart_costs_nothing(shop: Shop):
    assert shop.member().call("carts.view_cart") == {
        "items": [], "sellers": [], "invalid_items": [], "selected_count": 0, "goods_fen": 0, "full_reduction_fen": 0,
        "promotion_fen": 0, "pay_fen": 0, "add_ons": [], "can_check_out": False, "why_not": ""}


def test_prices_are_live_and_the_sum_is_of_what_is_selected(shop: Shop):
    member = shop.member()
    shirt = seed.product(shop, title="T恤", price_fen=9_900, price_tiers=((3, 9_000),))
    scarf = seed.product(shop, title="围巾", price_fen=5_000)
    _put(member, shirt.sku_id, 2)
    _put(member, scarf.sku_id)
    member.call("carts.select_cart_items", sku_ids=[scarf.sku_id], selected=False)
    cart = member.call("carts.view_cart")
    items = {item["title"]: item for item in cart["items"]}
    assert (items["T恤"]["amount_fen"], items["T恤"]["hint"]) == (19_800, "再买 1 件，每件 90.00 元")
    assert (items["围巾"]["amount_fen"], items["围巾"]["selected"]) == (5_000, False)
    assert (cart["selected_count"], cart["goods_fen"], cart["pay_fen"], cart["can_check_out"]) == (
        2, 19_800, 19_800, True)

    _put(member, shirt.sku_id)
    _change(shop, skus, skus.c.sku_id, scarf.sku_id, price_fen=4_000)
    cart = member.call("carts.view_cart")
    items = {item["title"]: item for item in cart["items"]}
    assert (items["T恤"]["your_price_fen"], items["T恤"]["your_price_rule"], items["T恤"]["amount_fen"]) == (
        9_000, "tier", 27_000)
    assert items["围巾"]["price_fen"] == 4_000


def test_a_member_of_a_higher_level_sees_the_own_price(shop: Shop):
    goods, member = seed.product(shop, price_fen=10_000), shop.member(level="vip")
    _put(member, goods.sku_id)
    item = member.call("carts.view_cart")["items"][0]
    assert (item["price_fen"], item["your_price_fen"], item["your_price_rule"]) == (10_000, 9_500, "member_percent")


def test_a_full_reduction_counts_and_the_next_step_is_a_hint(shop: Shop):
    goods, member = seed.product(shop, price_fen=10_000), shop.member()
    promotion_id = seed.promotion(shop, title="满减", steps=((30_000, 5_000), (50_000, 10_000)))
    _put(member, goods.sku_id, 2)
    cart = member.call("carts.view_cart")
    assert (cart["full_reduction_fen"], cart["pay_fen"]) == (0, 20_000)
    assert cart["add_ons"] == [{"promotion_id": promotion_id, "title": "满减", "missing_fen": 10_000,
                                "missing_quantity": 0, "saves_fen": 5_000, "sentence": "再买 100.00 元可减 50.00 元"}]
    _put(member, goods.sku_id, 1)
    cart = member.call("carts.view_cart")
    assert (cart["goods_fen"], cart["full_reduction_fen"], cart["pay_fen"]) == (30_000, 5_000, 25_000)
    assert [(each["missing_fen"], each["saves_fen"]) for each in cart["add_ons"]] == [(20_000, 10_000)]


def test_invalid_items_stand_apart_with_the_reason_and_cost_nothing(shop: Shop):
    member = shop.member()
    gone, off, sold_out, fine = (seed.product(shop, skus=2), seed.product(shop), seed.product(shop, stock=0),
                                 seed.product(shop, price_fen=100))
    for goods in (gone, off, sold_out, fine):
        _put(member, goods.sku_id)
    _change(shop, skus, skus.c.sku_id, gone.sku_id, active=False)
    _change(shop, products, products.c.spu_id, off.spu_id, state="UNLISTED")
    cart = member.call("carts.view_cart")
    assert [item["sku_id"] for item in cart["items"]] == [fine.sku_id]
    assert {item["sku_id"]: (item["reason"], item["sentence"]) for item in cart["invalid_items"]} == {
        gone.sku_id: ("SKU_INACTIVE", "该规格已停售"), off.sku_id: ("UNLISTED", "商品已下架"),
        sold_out.sku_id: ("SOLD_OUT", "商品已售罄")}
    assert (cart["pay_fen"], cart["selected_count"]) == (100, 1)


def test_short_stock_is_told_and_stops_the_checkout(shop: Shop):
    goods, member = seed.product(shop, stock=3), shop.member()
    _put(member, goods.sku_id, 4)
    cart = member.call("carts.view_cart")
    item = cart["items"][0]
    assert (item["is_short"], item["available"], item["stock_sentence"]) == (True, 3, "库存不足，仅剩 3 件")
    assert cart["can_check_out"] is False


def test_who_asks_for_far_more_than_there_is_is_not_told_how_many_there_are(shop: Shop):
    for stock, told, sentence in ((3, 3, "库存不足，仅剩 3 件"), (10, 10, "库存不足，仅剩 10 件"),
                                  (11, 10, "库存不足，请减少数量"), (4_321, 10, "库存不足，请减少数量")):
        goods, member = seed.product(shop, stock=stock), shop.member()
        _put(member, goods.sku_id, 9_999)
        cart = member.call("carts.view_cart")
        item = cart["items"][0]
        assert (item["is_short"], item["available"], item["stock_sentence"]) == (True, told, sentence)
        assert "4321" not in repr(cart)


def test_another_members_cart_is_not_mine(shop: Shop):
    goods, mine, theirs = seed.product(shop), shop.member("小红"), shop.member("小明")
    _put(theirs, goods.sku_id)
    assert mine.call("carts.view_cart")["items"] == []


def test_virtual_goods_alone_promise_no_gift_as_their_order_has_none(shop: Shop):
    goods, card = seed.product(shop, price_fen=9_000), seed.product(shop, price_fen=9_500, is_virtual=True)
    gift, member = seed.product(shop, price_fen=1_500), shop.member()
    save(shop, shop.staff(), "gift", threshold_fen=10_000, gifts=[{"sku_id": gift.sku_id}])
    for each in (goods, card):
        _put(member, each.sku_id)
    member.call("carts.select_cart_items", sku_ids=[goods.sku_id], selected=False)
    assert member.call("carts.view_cart")["add_ons"] == []
    member.call("carts.select_cart_items", sku_ids=[goods.sku_id], selected=True)
    member.call("carts.select_cart_items", sku_ids=[card.sku_id], selected=False)
    assert [each["sentence"] for each in member.call("carts.view_cart")["add_ons"]] == ["再买 10.00 元可得赠品"]
