"""orders.finish_delivered_orders (spec E4)."""

from mall.kit.outbox import outbox_events

from tests.support import seed, trade
from tests.support.shop import Shop


def test_an_order_is_received_ten_days_after_shipping_and_not_before(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    order_no = trade.paid_order(shop, member, goods.sku_id)
    trade.ship(shop, order_no)
    shop.move(days=9, hours=23, minutes=59)
    assert shop.tick("orders.finish_delivered_orders") == {"received": 0, "elsewhere": 0, "failed": 0}
    assert trade.order(shop, order_no).state == "SHIPPED"
    shop.move(minutes=1)
    assert shop.tick("orders.finish_delivered_orders") == {"received": 1, "elsewhere": 0, "failed": 0}
    assert trade.order(shop, order_no).state == "RECEIVED"
    last = member.call("orders.get_order", order_no=order_no)["order"]["timeline"][-1]
    assert (last["move"], last["who"], last["reason"]) == ("receive", "system", "超过自动收货时间")
    assert shop.tick("orders.finish_delivered_orders") == {"received": 0, "elsewhere": 0, "failed": 0}


def test_two_timers_and_the_buyer_at_once_receive_each_order_once(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    order_nos = [trade.paid_order(shop, member, goods.sku_id) for _ in range(4)]
    for order_no in order_nos:
        trade.ship(shop, order_no)
    shop.move(days=11)

    def tick():
        return shop.tick("orders.finish_delivered_orders")

    answers = shop.in_parallel(tick, tick, lambda: member.call("orders.confirm_receipt", order_no=order_nos[0]))
    by_hand = 0 if isinstance(answers[2], Exception) else 1
    assert answers[0]["received"] + answers[1]["received"] + by_hand == 4
    assert answers[0]["failed"] + answers[1]["failed"] == 0
    assert len(shop.rows(outbox_events, kind="orders.order_received")) == 4
    assert set(trade.order_states(shop).values()) == {"RECEIVED"}
