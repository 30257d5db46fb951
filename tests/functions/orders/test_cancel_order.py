"""orders.cancel_order (spec E4)."""

from mall.tables.trade import orders

from tests.journeys.quiet import stock_of
from tests.support import seed, trade
from tests.support.shop import Shop, refused


def test_an_unpaid_order_that_wechat_never_heard_of_is_closed_and_its_stock_is_free(shop: Shop):
    goods, member = seed.product(shop, stock=5), shop.member()
    order_no = trade.place(shop, member, goods.sku_id, 2, "PICKUP")["order_no"]
    for _ in range(2):
        assert member.call("orders.cancel_order", order_no=order_no, reason="不想要了") == {
            "order_no": order_no, "state": "CLOSED"}
    assert [(row.state, row.close_reason) for row in shop.rows(orders)] == [("CLOSED", "BUYER")]
    assert stock_of(shop, goods) == (5, 0)


def test_a_paid_order_stays_paid_and_the_answer_says_so(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    order_no = trade.paid_order(shop, member, goods.sku_id)
    before = shop.snapshot()
    assert member.call("orders.cancel_order", order_no=order_no)["state"] == "TO_SHIP"
    assert shop.snapshot() == before


def test_somebody_elses_order_does_not_exist(shop: Shop):
    goods, member, other = seed.product(shop), shop.member(), shop.member("小明")
    order_no = trade.place(shop, member, goods.sku_id)["order_no"]
    before = shop.snapshot()
    for wrong in (order_no, "ord_NONE"):
        with refused("ORDER_NOT_FOUND", status=404):
            other.call("orders.cancel_order", order_no=wrong)
    with refused("NOT_SIGNED_IN", status=401):
        shop.call("orders.cancel_order", order_no=order_no)
    with refused("BAD_INPUT", status=400, field="order_no"):
        member.call("orders.cancel_order", order_no="")
    assert shop.snapshot() == before
