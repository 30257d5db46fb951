"""orders.close_order (spec E11)."""

from mall.tables.trade import orders

from tests.journeys.quiet import stock_of
from tests.support import seed, trade
from tests.support.shop import Shop, refused


def test_staff_close_an_unpaid_order_and_its_stock_is_free(shop: Shop):
    goods, member = seed.product(shop, stock=5), shop.member()
    order_no = trade.place(shop, member, goods.sku_id, 2)["order_no"]
    answer = shop.staff("orders.*").call("orders.close_order", order_no=order_no, reason="买家电话要求")
    assert answer == {"order_no": order_no, "state": "CLOSED"}
    assert [(row.state, row.close_reason) for row in shop.rows(orders)] == [("CLOSED", "STAFF")]
    assert stock_of(shop, goods) == (5, 0)


def test_a_paid_order_is_not_closed(shop: Shop):
    goods, staff = seed.product(shop), shop.staff("orders.*")
    order_no = trade.paid_order(shop, shop.member(), goods.sku_id)
    before = shop.snapshot("audit_entries")
    assert staff.call("orders.close_order", order_no=order_no, reason="误操作")["state"] == "TO_SHIP"
    assert shop.snapshot("audit_entries") == before


def test_another_sellers_order_does_not_exist_and_who_may_not_is_refused(shop: Shop):
    theirs, member = seed.product(shop, seller_id="sel_OTHER"), shop.member()
    order_no = trade.place(shop, member, theirs.sku_id)["order_no"]
    staff, clerk = shop.staff("orders.*"), shop.staff("refunds.*")
    before = shop.snapshot("audit_entries")
    with refused("ORDER_NOT_FOUND", status=404):
        staff.call("orders.close_order", order_no=order_no, reason="关闭")
    with refused("NOT_ALLOWED", status=403):
        clerk.call("orders.close_order", order_no=order_no, reason="关闭")
    with refused("NOT_SIGNED_IN", status=401):
        member.call("orders.close_order", order_no=order_no, reason="关闭")
    with refused("BAD_INPUT", status=400, field="reason"):
        staff.call("orders.close_order", order_no=order_no, reason="")
    assert shop.snapshot("audit_entries") == before
