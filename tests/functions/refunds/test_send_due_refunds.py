"""refunds.send_due_refunds (spec E6), against the payment simulator."""

from mall.tables.trade import refunds

from tests.journeys.quiet import order_of, place
from tests.support import seed
from tests.support.pay import Paying
from tests.support.shop import Shop


def test_five_runs_at_the_same_moment_send_each_refund_once(shop: Shop, paying: Paying):
    goods, member, staff = seed.product(shop, price_fen=9_900), shop.member(), shop.staff()
    for number in range(3):
        order_no = place(shop, member, goods, key=f"k{number}")["order_no"]
        paying.pay(member.call("payments.start_payment", order_no=order_no)["payment_no"])
        paying.until(lambda order_no=order_no: order_of(shop, order_no).state == "TO_SHIP")
        staff.call("refunds.start_refund", order_no=order_no, reason="不要了")
    paying.faults({"at": "refund_outcome", "do": "stuck", "times": None})
    answers = shop.in_parallel(*[lambda: shop.tick("refunds.send_due_refunds") for _ in range(5)])
    assert sum(answer["SENT"] for answer in answers) == 3
    assert [(row.state, row.attempts) for row in shop.rows(refunds)] == [("SENT", 1)] * 3
    assert set(shop.tick("refunds.send_due_refunds").values()) == {0}
