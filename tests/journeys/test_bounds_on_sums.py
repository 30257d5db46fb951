"""What is bounded one by one is bounded in sum, and one limit is known at one place: cart, price and order agree."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mall.domains.carts.rules import TooManyGoods, TooManyOfOne, check_out
from mall.kit.bounds import MAX_FEN, MAX_LINES, MAX_QUANTITY, MAX_STOCK
from mall.kit.ids import new_id
from mall.tables.goods import products, stock_items
from sqlalchemy import update

from tests.support import seed
from tests.support.shop import Refused, Shop, refused

pytestmark = pytest.mark.spec("E1", "B3", "D1")

SECOND_WAREHOUSE = "whs_2"


def pick_up(*lines: tuple[str, int]) -> dict:
    return {"lines": [{"sku_id": sku_id, "quantity": quantity} for sku_id, quantity in lines], "delivery": "PICKUP"}


@pytest.mark.parametrize("action", ["orders.place_order", "pricing.quote_checkout"])
def test_two_lines_of_one_sku_are_bounded_together(shop: Shop, action: str):
    goods, buyer = seed.product(shop, price_fen=1, stock=100_000), shop.member()
    before = shop.snapshot()
    with refused("TOO_MANY_OF_ONE", status=422, field="lines"):
        buyer.call(action, key=new_id("key"), **pick_up((goods.sku_id, MAX_QUANTITY), (goods.sku_id, 1)))
    assert shop.snapshot() == before
    buyer.call(action, key=new_id("key"), **pick_up((goods.sku_id, MAX_QUANTITY - 1), (goods.sku_id, 1)))


@pytest.mark.parametrize("action", ["orders.place_order", "pricing.quote_checkout"])
def test_an_order_beyond_the_largest_amount_is_refused_and_one_of_it_is_placed(shop: Shop, action: str):
    dear, buyer = seed.product(shop, price_fen=MAX_FEN, stock=9_999, skus=2), shop.member()
    before = shop.snapshot()
    for lines in ([(dear.sku_ids[0], 2)], [(sku_id, 1) for sku_id in dear.sku_ids], [(dear.sku_ids[0], MAX_QUANTITY)]):
        with refused("AMOUNT_TOO_LARGE", status=422, field="lines"):
            buyer.call(action, key=new_id("key"), **pick_up(*lines))
    assert shop.snapshot() == before
    assert buyer.call(action, key=new_id("key"), **pick_up((dear.sku_id, 1)))["pay_fen"] == MAX_FEN


def test_freight_that_multiplies_beyond_the_largest_amount_is_refused(shop: Shop):
    template = seed.freight_template(shop, by="weight", first_fee_fen=MAX_FEN, first_units=1, next_fee_fen=MAX_FEN,
                                     next_units=1)
    goods = seed.product(shop, stock=9_999, weight_grams=1_000_000, freight_template_id=template)
    buyer = shop.member()
    order = pick_up((goods.sku_id, MAX_QUANTITY)) | {"delivery": "EXPRESS", "address_id": seed.address(shop, buyer)}
    for action in ("orders.place_order", "pricing.quote_checkout"):
        with refused("AMOUNT_TOO_LARGE", status=422):
            buyer.call(action, key=new_id("key"), **order)


def test_a_place_in_a_warehouse_takes_no_more_than_its_column_holds(shop: Shop):
    goods, staff = seed.product(shop, stock=MAX_STOCK - 1), shop.staff()
    staff.call("stock.adjust_stock", sku_id=goods.sku_id, delta=1, reason="盘点", reference="r1")
    before = shop.snapshot()
    with refused("STOCK_TOO_LARGE", status=422):
        staff.call("stock.adjust_stock", sku_id=goods.sku_id, delta=1, reason="盘点", reference="r2")
    assert shop.snapshot() == before
    shop.database.run(lambda tx: tx.write(update(stock_items).where(stock_items.c.sku_id == goods.sku_id).values(
        warehouse_id=SECOND_WAREHOUSE)))
    shop.database.run(lambda tx: tx.insert(
        stock_items, sku_id=goods.sku_id, warehouse_id="whs_1", seller_id=shop.rows(stock_items)[0].seller_id,
        available=5, held=0, safe_level=0, below_safe=False))
    for warehouse_id in ("whs_1", SECOND_WAREHOUSE):
        seed.warehouse(shop, warehouse_id)
    with refused("STOCK_TOO_LARGE", status=422):
        staff.call("stock.transfer_stock", sku_id=goods.sku_id, quantity=1, from_warehouse_id="whs_1",
                   to_warehouse_id=SECOND_WAREHOUSE, reason="调拨", reference="r4")
    assert {row.warehouse_id: row.available for row in shop.rows(stock_items, sku_id=goods.sku_id)} == {
        "whs_1": 5, SECOND_WAREHOUSE: MAX_STOCK}


def test_the_longest_description_of_the_widest_letters_is_kept_whole(shop: Shop):
    given = {"title": "杯子", "category_id": seed.category(shop)[-1], "skus": [{"sku_code": "A", "price_fen": 1}]}
    shop.staff().call("catalog.save_product", description="😀" * 20_000, **given)
    assert shop.rows(products)[0].description == "😀" * 20_000
    with refused("BAD_INPUT", status=400, field="description"):
        shop.staff().call("catalog.save_product", description="😀" * 20_001, **given)


# one limit, one place


def told(shop: Shop, buyer, lines: list[tuple[str, int]]) -> tuple[bool, str | None]:
    """Whether the cart lets one check out, and what the order is then refused for."""
    can = buyer.call("carts.view_cart")["can_check_out"]
    try:
        buyer.call("orders.place_order", key=new_id("key"), **pick_up(*lines))
    except Refused as refusal:
        return can, refusal.code
    return can, None


def test_stock_in_two_warehouses_is_promised_only_as_far_as_one_of_them_reaches(shop: Shop):
    goods, buyer, staff = seed.product(shop, stock=5), shop.member(), shop.staff()
    seed.warehouse(shop, SECOND_WAREHOUSE)
    staff.call("stock.transfer_stock", sku_id=goods.sku_id, quantity=2,
               from_warehouse_id="whs_00000000000000000000000001", to_warehouse_id=SECOND_WAREHOUSE, reference="t1",
               reason="调拨")
    assert shop.call("catalog.get_product", spu_id=goods.spu_id)["skus"][0]["available"] == 3
    buyer.call("carts.put_cart_item", sku_id=goods.sku_id, quantity=4)
    cart = buyer.call("carts.view_cart")
    assert (cart["items"][0]["is_short"], cart["items"][0]["available"], cart["why_not"]) == (
        True, 3, "库存不足，请减少数量或选择其他商品")
    assert buyer.call("pricing.quote_checkout", **pick_up((goods.sku_id, 4)))["short"] == [
        {"sku_id": goods.sku_id, "available": 3}]
    assert told(shop, buyer, [(goods.sku_id, 4)]) == (False, "OUT_OF_STOCK")
    buyer.call("carts.put_cart_item", sku_id=goods.sku_id, quantity=3, mode="set")
    assert told(shop, buyer, [(goods.sku_id, 3)]) == (True, None)


def test_a_cart_holds_more_kinds_than_one_order_takes_and_says_so(shop: Shop):
    goods, buyer = seed.product(shop, skus=MAX_LINES + 1), shop.member()
    for sku_id in goods.sku_ids:
        buyer.call("carts.put_cart_item", sku_id=sku_id)
    cart = buyer.call("carts.view_cart")
    assert (cart["can_check_out"], cart["why_not"]) == (False, "一次最多结算 50 种商品，请分次下单")
    with refused("BAD_INPUT", status=400, field="lines"):
        buyer.call("orders.place_order", key=new_id("key"), **pick_up(*[(sku_id, 1) for sku_id in goods.sku_ids]))
    buyer.call("carts.select_cart_items", sku_ids=goods.sku_ids[:1], selected=False)
    assert told(shop, buyer, [(sku_id, 1) for sku_id in goods.sku_ids[1:]]) == (True, None)


def test_a_cart_of_too_much_money_is_not_let_through_whosever_goods_it_is_for(shop: Shop):
    goods, other = seed.product(shop, price_fen=MAX_FEN), seed.product(shop, seller_id="sel_OTHER")
    buyer = shop.member()
    buyer.call("carts.put_cart_item", sku_id=goods.sku_id, quantity=2)
    assert told(shop, buyer, [(goods.sku_id, 2)]) == (False, "AMOUNT_TOO_LARGE")
    buyer.call("carts.put_cart_item", sku_id=goods.sku_id, mode="set")
    buyer.call("carts.put_cart_item", sku_id=other.sku_id)
    assert buyer.call("carts.view_cart")["why_not"] == "订单金额不能超过 100000000.00 元，请分次下单"
    buyer.call("carts.select_cart_items", sku_ids=[goods.sku_id], selected=False)
    third = seed.product(shop, price_fen=1)
    buyer.call("carts.put_cart_item", sku_id=third.sku_id)
    assert told(shop, buyer, [(third.sku_id, 1), (other.sku_id, 1)]) == (True, None)


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from([f"sku_{n}" for n in range(60)]), st.integers(1, MAX_QUANTITY)),
                max_size=120))
def test_what_passes_the_check_is_within_every_bound_and_nothing_else_is_refused(pieces: list[tuple[str, int]]):
    sums: dict[str, int] = {}
    for sku_id, quantity in pieces:
        sums[sku_id] = sums.get(sku_id, 0) + quantity
    fits = len(sums) <= MAX_LINES and all(quantity <= MAX_QUANTITY for quantity in sums.values())
    if fits:
        assert check_out(pieces) == sums
    else:
        with pytest.raises((TooManyOfOne, TooManyGoods)):
            check_out(pieces)
