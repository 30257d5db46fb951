"""refunds.query_stuck_refunds (spec E6), against the payment simulator."""

from mall.kit import outbox
from mall.tables.trade import payments, refunds

from tests.journeys.quiet import order_of, place
from tests.support import seed
from tests.support.pay import Paying
from tests.support.shop import Shop


def test_a_refund_whose_notice_is_lost_is_found_done_by_asking(shop: Shop, paying: Paying):
    goods, member, staff = seed.product(shop, price_fen=9_900), shop.member(), shop.staff()
    order_no = place(shop, member, goods)["order_no"]
    paying.pay(member.call("payments.start_payment", order_no=order_no)["payment_no"])
    paying.until(lambda: order_of(shop, order_no).state == "TO_SHIP")
    paying.faults({"at": "notice.refund", "do": "lose", "times": None})
    staff.call("refunds.start_refund", order_no=order_no, reason="不要了")
    shop.tick("refunds.send_due_refunds")
    assert set(shop.tick("refunds.query_stuck_refunds").values()) == {0}
    paying.move(minutes=3)
    payment_no = shop.rows(payments)[0].payment_no
    paying.until(lambda: paying.order(payment_no)["refunded_fen"] == 9_900)
    assert shop.tick("refunds.query_stuck_refunds")["DONE"] == 1
    row, = shop.rows(refunds)
    assert (row.state, row.amount_fen) == ("DONE", 9_900)
    told = [each.payload for each in shop.rows(outbox.outbox_events) if each.kind == "refunds.refund_finished"]
    assert told == [{"refund_no": row.refund_no, "order_no": order_no, "member_id": member.subject_id,
                     "amount_fen": 9_900}]
