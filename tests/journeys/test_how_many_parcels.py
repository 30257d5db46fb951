"""WeChat's shipping list of one payment takes fifteen parcels: so many orders a checkout becomes, and so many parcels
the orders of one payment may have between them (E13, G1, G3)."""

from typing import Any

import pytest
from mall.flows.ops.audit import audit
from mall.kit.bounds import MAX_PARCELS
from mall.tables.trade import order_lines

from tests.support import checkouts, seed, trade
from tests.support.parallel import in_parallel
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E13", "G1", "G3")


def in_warehouses(shop: Shop, number: int) -> list[str]:
    """So many SKUs, each in a warehouse of its own."""
    found = []
    for _ in range(number):
        goods = seed.product(shop, stock=0, price_fen=100)
        seed.stock_at(shop, goods.sku_id, seed.warehouse(shop), 99)
        found.append(goods.sku_id)
    return found


def ship(shop: Shop, *parcels: tuple[str, str, int]) -> list[str | None]:
    """The code of each outcome of (order, tracking number, pieces)."""
    answer = shop.staff("fulfilment.*").call("fulfilment.ship_orders", parcels=[
        {"order_no": order_no, "carrier": "ZTO", "tracking_no": number,
         "lines": [{"line_id": shop.rows(order_lines, order_no=order_no)[0].line_id, "quantity": pieces}]}
        for order_no, number, pieces in parcels])
    return [row["code"] for row in answer["outcomes"]]


def shared(shop: Shop, number: int, pieces: int = 30) -> list[str]:
    """The orders of one checkout that is paid."""
    member = shop.member()
    order_nos = [trade.place(shop, member, seed.product(shop).sku_id, pieces)["order_no"] for _ in range(number)]
    checkouts.pay(shop, *checkouts.joined(shop, *order_nos))
    return order_nos


def test_what_would_be_more_orders_than_wechat_lists_parcels_is_refused_by_the_quote_and_the_order(shop: Shop):
    member, skus = shop.member(), in_warehouses(shop, MAX_PARCELS + 1)
    address_id = seed.address(shop, member)
    lines = [{"sku_id": sku_id, "quantity": 1} for sku_id in skus]
    before = shop.snapshot()
    for action, more in (("pricing.quote_checkout", {}), ("orders.place_order", {"key": "too many parcels"})):
        with refused("TOO_MANY_ORDERS", status=422, field="lines") as caught:
            member.call(action, lines=lines, address_id=address_id, **more)
        assert caught[0].message == "所选商品来自 16 个商家或仓库，一次最多结算 15 个，请分次下单"
        assert caught[0].data == {"most": 15}
    assert shop.snapshot() == before
    assert len(member.call("pricing.quote_checkout", lines=lines[1:], address_id=address_id)["orders"]) == 15
    assert len(trade.checkout(shop, member, *skus[1:], address_id=address_id)["orders"]) == 15


def test_a_cart_of_more_sellers_than_that_says_so(shop: Shop):
    member = shop.member()
    for number in range(MAX_PARCELS + 1):
        goods = seed.product(shop, seller_id=f"sel_{number:026}")
        member.call("carts.put_cart_item", sku_id=goods.sku_id)
    cart = member.call("carts.view_cart")
    assert (cart["can_check_out"], cart["why_not"]) == (
        False, "所选商品来自 16 个商家或仓库，一次最多结算 15 个，请分次下单")


def test_orders_of_one_payment_share_the_parcels_that_wechat_lists(shop: Shop):
    first, second, third = shared(shop, 3)
    assert ship(shop, *[(first, f"7890000001{number:04}", 1) for number in range(14)]) == [
        None] * 13 + ["TOO_MANY_PARCELS"]  # one is kept for each of the others
    assert ship(shop, (second, "78900000020001", 1), (second, "78900000020002", 1)) == [None, "TOO_MANY_PARCELS"]
    assert ship(shop, (third, "78900000030001", 30)) == [None]
    assert ship(shop, (second, "78900000020002", 29)) == ["TOO_MANY_PARCELS"]
    shop.staff().call("fulfilment.withdraw_parcel", order_no=first, tracking_no="78900000010000")
    assert ship(shop, (second, "78900000020002", 29)) == [None]
    assert shop.database.read(audit) == []


def test_two_orders_of_one_list_count_each_others_parcels(shop: Shop):
    first, second = shared(shop, 2)
    each = [(order_no, f"78900000{number}{row:05}", 1) for row in range(9)
            for number, order_no in enumerate((first, second))]
    assert ship(shop, *each) == [None] * 15 + ["TOO_MANY_PARCELS"] * 3


def test_shops_that_split_their_orders_of_one_payment_at_the_same_moment_add_up(shop: Shop):
    order_nos = shared(shop, 2)
    for number, order_no in enumerate(order_nos):
        assert ship(shop, *[(order_no, f"7890000{number}00{row:04}", 1) for row in range(7)]) == [None] * 7

    def one(order_no: str, number: str) -> Any:
        return lambda: ship(shop, (order_no, number, 1))

    answers = in_parallel(one(order_nos[0], "78900000888801"), one(order_nos[1], "78900000888802"))
    assert sorted(str(code) for (code,) in answers) == ["None", "TOO_MANY_PARCELS"]
