"""fulfilment.list_to_ship (spec E2)."""

from mall.tables.trade import orders
from sqlalchemy import update

from tests.support import seed, trade
from tests.support.shop import Shop, refused


def test_the_oldest_waits_at_the_top_with_its_goods_and_a_masked_phone(shop: Shop):
    goods, member, staff = seed.product(shop, title="围巾"), shop.member(), shop.staff("fulfilment.*")
    waiting = [trade.paid_order(shop, member, goods.sku_id, number) for number in (1, 2, 3)]
    trade.place(shop, member, goods.sku_id)
    trade.ship(shop, trade.paid_order(shop, member, goods.sku_id))
    pickup = trade.paid_order(shop, member, goods.sku_id, delivery="PICKUP")
    first = staff.call("fulfilment.list_to_ship", limit=2)
    second = staff.call("fulfilment.list_to_ship", limit=2, cursor=first["next_cursor"])
    rows = first["items"] + second["items"]
    assert [row["order"]["order_no"] for row in rows] == waiting
    assert [row["order"]["lines"][0]["quantity"] for row in rows] == [1, 2, 3]
    assert (rows[0]["address"]["phone"], second["next_cursor"]) == ("138****0000", None)
    by_hand = staff.call("fulfilment.list_to_ship", delivery="PICKUP")["items"]
    assert [(row["order"]["order_no"], row["address"]) for row in by_hand] == [(pickup, None)]
    assert trade.order(shop, pickup).pickup_code not in str(by_hand)


def test_another_sellers_orders_are_not_listed(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff()
    trade.paid_order(shop, member, goods.sku_id)
    shop.database.run(lambda tx: tx.write(update(orders).values(seller_id="sel_OTHER")))
    assert staff.call("fulfilment.list_to_ship") == {"items": [], "next_cursor": None}
    with refused("NOT_SIGNED_IN", status=401):
        member.call("fulfilment.list_to_ship")
