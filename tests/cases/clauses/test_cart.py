"""The cart, clause by clause: what docs/spec.md promises of D1, played over HTTP."""

from __future__ import annotations

import secrets

import pytest

from tests.cases.town import Town


def items(cart: dict, part: str = "items") -> list[tuple]:
    return [(each["sku_id"], each["quantity"]) for each in cart[part]]


@pytest.mark.clause("D1", "select one/all, quantity", "carts.select_cart_items")
def test_one_or_all_are_selected_and_quantities_change(town: Town):
    buyer, one, two = town.someone(), town.shelf(), town.shelf()
    for sku_id in (one, two):
        buyer.call("carts.put_cart_item", sku_id=sku_id, quantity=1)
    buyer.call("carts.put_cart_item", sku_id=one, quantity=3, mode="set")
    buyer.call("carts.select_cart_items", selected=False)
    buyer.call("carts.select_cart_items", sku_ids=[two], selected=True)
    cart = buyer.call("carts.view_cart")
    assert sorted(items(cart)) == sorted([(one, 3), (two, 1)])
    assert {each["sku_id"]: each["selected"] for each in cart["items"]} == {one: False, two: True}


@pytest.mark.clause("D1", "price live", "carts.view_cart")
def test_the_price_is_that_of_now(town: Town):
    buyer, sku_id = town.someone(), town.shelf(price_fen=9_900)
    buyer.call("carts.put_cart_item", sku_id=sku_id, quantity=1)
    opened = town.staff.call("catalog.open_product", spu_id=town.spus[sku_id])
    town.staff.call("catalog.save_product", spu_id=town.spus[sku_id], version=opened["version"], title="案例商品",
                    category_id=opened["category_id"], media={"carousel": ["https://mall.example/case.png"]},
                    skus=[{"sku_code": opened["skus"][0]["sku_code"], "price_fen": 8_800, "weight_grams": 500}])
    [item] = buyer.call("carts.view_cart")["items"]
    assert item["price_fen"] == 8_800


@pytest.mark.clause("D1", "invalid items kept apart", "carts.view_cart")
def test_what_cannot_be_bought_is_kept_apart_with_the_reason(town: Town):
    buyer, good, gone = town.someone(), town.shelf(), town.shelf()
    for sku_id in (good, gone):
        buyer.call("carts.put_cart_item", sku_id=sku_id, quantity=1)
    town.staff.call("catalog.withdraw_products", spu_ids=[town.spus[gone]])
    cart = buyer.call("carts.view_cart")
    assert (items(cart), [each["sku_id"] for each in cart["invalid_items"]]) == ([(good, 1)], [gone])


@pytest.mark.clause("D1", "stock is short", "carts.view_cart")
def test_a_quantity_above_the_stock_is_told(town: Town):
    buyer, sku_id = town.someone(), town.shelf(stock=5)
    buyer.call("carts.put_cart_item", sku_id=sku_id, quantity=4)
    town.staff.call("stock.adjust_stock", sku_id=sku_id, delta=-3, reason="盘点", reference=secrets.token_hex(6))
    [item] = buyer.call("carts.view_cart")["items"]
    assert "仅剩 2 件" in item["stock_sentence"]


@pytest.mark.clause("D1", 'add-on hint ("30 yuan more saves 50")', "carts.view_cart")
def test_what_is_missing_to_the_next_step_is_told(town: Town):
    buyer, sku_id, little = town.someone(), town.shelf(price_fen=27_000), town.shelf(price_fen=3_000)
    buyer.call("carts.put_cart_item", sku_id=sku_id, quantity=1)
    told = {each["title"]: each["sentence"] for each in buyer.call("carts.view_cart")["add_ons"]}
    assert told["全场满减"] == "再买 30.00 元可减 50.00 元"
    buyer.call("carts.put_cart_item", sku_id=little, quantity=1)
    cart = buyer.call("carts.view_cart")
    assert (cart["full_reduction_fen"], cart["add_ons"]) == (5_000, [])
