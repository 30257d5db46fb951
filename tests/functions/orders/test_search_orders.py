"""orders.search_orders (spec E11)."""

from datetime import timedelta

from mall.tables.trade import orders
from sqlalchemy import update

from tests.support import seed, trade
from tests.support.shop import Shop, refused


def found(data: dict) -> list[str]:
    return [row["order"]["order_no"] for row in data["items"]]


def test_orders_are_found_by_number_phone_state_sku_and_time(shop: Shop):
    shirt, scarf, member, staff = seed.product(shop), seed.product(shop), shop.member(), shop.staff("orders.*")
    first = trade.paid_order(shop, member, shirt.sku_id)
    shop.move(days=2)
    home = seed.address(shop, member, name="李四", phone="13911112222")
    second = trade.place(shop, member, scarf.sku_id, address_id=home)["order_no"]

    def search(**wanted):
        return found(staff.call("orders.search_orders", **wanted))

    assert search() == [second, first]
    assert search(order_no=first) == [first]
    assert search(phone="13911112222") == [second]
    assert search(phone="13911112223") == []
    assert search(state="TO_SHIP") == [first]
    assert search(sku_id=scarf.sku_id) == [second]
    middle = shop.now - timedelta(days=1)
    assert (search(placed_from=middle), search(placed_until=middle)) == ([second], [first])
    assert search(phone="13911112222", state="TO_SHIP") == []
    assert search(delivery="PICKUP") == []


def test_the_list_masks_phones_and_offers_what_staff_may_do(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff()
    trade.paid_order(shop, member, goods.sku_id)
    row = staff.call("orders.search_orders")["items"][0]
    assert (row["address"]["phone"], row["buttons"]) == ("138****0000", ["ship_orders", "start_refund"])
    assert "13800000000" not in str(row)
    assert len(row["order"]["lines"]) == 1


def test_pages_hold_each_order_once_and_none_of_another_seller(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff()
    placed = [trade.place(shop, member, goods.sku_id)["order_no"] for _ in range(4)]
    shop.database.run(lambda tx: tx.write(
        update(orders).where(orders.c.order_no == placed[0]).values(seller_id="sel_OTHER")))
    first = staff.call("orders.search_orders", limit=2)
    second = staff.call("orders.search_orders", limit=2, cursor=first["next_cursor"])
    assert found(first) + found(second) == [placed[3], placed[2], placed[1]]
    assert second["next_cursor"] is None
    assert found(staff.call("orders.search_orders", order_no=placed[0])) == []


def test_half_a_phone_and_a_time_without_zone_are_refused(shop: Shop):
    staff = shop.staff()
    with refused("BAD_INPUT", status=400, field="phone"):
        staff.call("orders.search_orders", phone="1380000")
    with refused("BAD_INPUT", status=400, field="placed_from"):
        staff.call("orders.search_orders", placed_from="2026-11-21T00:00:00")
    with refused("NOT_SIGNED_IN", status=401):
        shop.member().call("orders.search_orders")
