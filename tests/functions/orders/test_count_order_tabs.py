"""orders.count_order_tabs (spec E3)."""

from tests.support import seed, trade
from tests.support.shop import Shop, refused


def test_each_tab_counts_the_members_own_orders(shop: Shop):
    goods, member, other = seed.product(shop), shop.member(), shop.member("小明")
    trade.place(shop, other, goods.sku_id)
    for _ in range(2):
        trade.place(shop, member, goods.sku_id)
    trade.paid_order(shop, member, goods.sku_id)
    trade.ship(shop, trade.paid_order(shop, member, goods.sku_id))
    assert member.call("orders.count_order_tabs")["counts"] == {
        "all": 4, "unpaid": 2, "part_paid": 0, "grouping": 0, "to_ship": 1, "shipped": 1, "finished": 0, "closed": 0}
    assert set(shop.member("新人").call("orders.count_order_tabs")["counts"].values()) == {0}


def test_a_visitor_has_no_orders_to_count(shop: Shop):
    with refused("NOT_SIGNED_IN", status=401):
        shop.call("orders.count_order_tabs")
