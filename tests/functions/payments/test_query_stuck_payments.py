"""payments.query_stuck_payments (spec E5), against the payment simulator."""

from mall.tables.trade import payments

from tests.support import seed, trade
from tests.support.pay import Paying
from tests.support.shop import Shop


def test_a_payment_is_asked_about_after_a_minute_and_once_by_five_runs(shop: Shop, paying: Paying):
    goods, member = seed.product(shop), shop.member()
    order_no = trade.place(shop, member, goods.sku_id)["order_no"]
    member.call("payments.start_payment", order_no=order_no)
    assert shop.tick("payments.query_stuck_payments") == {"paid": 0, "closed": 0, "open": 0, "failed": 0}
    paying.move(seconds=61)
    answers = shop.in_parallel(*[lambda: shop.tick("payments.query_stuck_payments") for _ in range(5)])
    assert sum(answer["open"] for answer in answers) == 1
    row, = shop.rows(payments)
    assert (row.state, row.asked) == ("PREPAID", 1)
    assert row.ask_at > shop.now


def test_a_payment_that_wechat_has_closed_is_closed_here(shop: Shop, paying: Paying):
    goods, member = seed.product(shop), shop.member()
    order_no = trade.place(shop, member, goods.sku_id)["order_no"]
    started = member.call("payments.start_payment", order_no=order_no)
    assert paying.adapter.close(started["payment_no"]) == "closed"
    paying.move(seconds=61)
    assert shop.tick("payments.query_stuck_payments") == {"paid": 0, "closed": 1, "open": 0, "failed": 0}
    assert [(row.state, row.active_key) for row in shop.rows(payments)] == [("CLOSED", None)]
    assert trade.order(shop, order_no).state == "UNPAID"
