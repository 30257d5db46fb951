"""The whole purchase against real signatures: place, pay, notice; and what may go wrong on the way."""

import pytest
from mall.tables.goods import stock_entries, stock_items
from mall.kit.outbox import outbox_events
from mall.tables.trade import cases, order_events, orders, payments, refunds, sealed_codes, virtual_codes

from tests.support import seed, trade
from tests.support.pay import Paying
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E1", "E3", "E4", "E5", "E6")


def place(shop: Shop, member, goods, *, quantity: int = 1, key: str = "k1", **more):
    seed.address(shop, member, is_default=True)
    return member.call("orders.place_order", key=key, lines=[{"sku_id": goods.sku_id, "quantity": quantity}], **more)


def stock_of(shop: Shop, goods) -> tuple[int, int]:
    row = shop.rows(stock_items, sku_id=goods.sku_id)[0]
    return row.available, row.held


def order_of(shop: Shop, order_no: str):
    return shop.rows(orders, order_no=order_no)[0]


def test_a_paid_order_is_settled_once_by_its_notice(shop: Shop, paying: Paying):
    goods, member = seed.product(shop, price_fen=9_900, stock=5), shop.member()
    placed = place(shop, member, goods, quantity=2)
    assert (placed["pay_fen"], placed["state"]) == (19_800, "UNPAID")
    assert stock_of(shop, goods) == (3, 2)
    started = member.call("payments.start_payment", order_no=placed["order_no"])
    assert set(started["request_payment"]) == {"appId", "timeStamp", "nonceStr", "package", "signType", "paySign"}
    paid = paying.pay(started["payment_no"])
    paying.until(lambda: order_of(shop, placed["order_no"]).state == "TO_SHIP")
    assert stock_of(shop, goods) == (3, 0)
    payment = shop.rows(payments)[0]
    assert (payment.state, payment.transaction_id, payment.amount_fen) == ("PAID", paid["transaction_id"], 19_800)
    assert [row.kind for row in shop.rows(stock_entries, reference=placed["order_no"])] == ["HOLD", "COMMIT"]
    assert [row.move for row in shop.rows(order_events)] == ["place", "pay"]


def test_the_same_notice_twenty_times_at_once_settles_once(shop: Shop, paying: Paying):
    goods, member = seed.product(shop), shop.member()
    placed = place(shop, member, goods)
    started = member.call("payments.start_payment", order_no=placed["order_no"])
    paying.faults({"at": "notice.payment", "do": "duplicate", "order": started["payment_no"], "n": 20})
    paying.pay(started["payment_no"])
    paying.until(lambda: len(paying.answers) >= 20)
    assert set(paying.answers) == {200}
    assert order_of(shop, placed["order_no"]).state == "TO_SHIP"
    assert [row.move for row in shop.rows(order_events)] == ["place", "pay"]
    assert len(shop.rows(stock_entries, reference=placed["order_no"])) == 2
    assert shop.rows(refunds) == []


def test_a_lost_notice_is_found_by_query(shop: Shop, paying: Paying):
    goods, member = seed.product(shop), shop.member()
    placed = place(shop, member, goods)
    started = member.call("payments.start_payment", order_no=placed["order_no"])
    paying.faults({"at": "notice", "do": "lose", "order": "*", "times": None})
    paying.pay(started["payment_no"])
    paying.move(minutes=2)
    assert shop.tick("payments.query_stuck_payments") == {"paid": 1, "closed": 0, "open": 0, "failed": 0}
    assert order_of(shop, placed["order_no"]).state == "TO_SHIP"


def test_an_unpaid_order_closes_at_wechat_first_and_gives_everything_back(shop: Shop, paying: Paying):
    goods, member = seed.product(shop, stock=5), shop.member()
    placed = place(shop, member, goods)
    started = member.call("payments.start_payment", order_no=placed["order_no"])
    paying.move(minutes=29)
    assert shop.tick("orders.close_unpaid_orders")["closed"] == 0
    paying.move(minutes=2)
    assert shop.tick("orders.close_unpaid_orders")["closed"] == 1
    order = order_of(shop, placed["order_no"])
    assert (order.state, order.close_reason) == ("CLOSED", "EXPIRED")
    assert stock_of(shop, goods) == (5, 0)
    assert paying.order(started["payment_no"])["state"] == "CLOSED"
    assert shop.rows(payments)[0].state == "CLOSED"


def test_a_payment_that_came_in_between_wins_over_the_expiry(shop: Shop, paying: Paying):
    goods, member = seed.product(shop, stock=5), shop.member()
    placed = place(shop, member, goods)
    started = member.call("payments.start_payment", order_no=placed["order_no"])
    paying.faults({"at": "notice", "do": "lose", "order": "*", "times": None})
    paying.pay(started["payment_no"])
    paying.move(minutes=31)
    assert shop.tick("orders.close_unpaid_orders")["paid"] == 1
    assert order_of(shop, placed["order_no"]).state == "TO_SHIP"
    assert stock_of(shop, goods) == (4, 0)
    assert shop.rows(refunds) == []


def test_a_late_payment_is_refunded_in_full_once_and_staff_see_a_case(shop: Shop, paying: Paying):
    goods, member = seed.product(shop, stock=5, price_fen=1_234), shop.member()
    placed = place(shop, member, goods)
    started = member.call("payments.start_payment", order_no=placed["order_no"])
    member.call("orders.cancel_order", order_no=placed["order_no"])
    paying.faults({"at": "pay", "do": "pay_after_close", "order": started["payment_no"]},
                  {"at": "notice.payment", "do": "duplicate", "order": started["payment_no"], "n": 5})
    paying.pay(started["payment_no"])
    paying.until(lambda: len(paying.answers) >= 5)
    assert order_of(shop, placed["order_no"]).state == "CLOSED"
    assert stock_of(shop, goods) == (5, 0)
    refund = shop.rows(refunds)[0]
    assert (refund.state, refund.cause, refund.amount_fen) == ("DUE", "LATE_PAYMENT", 1_234)
    assert [(row.kind, row.reference) for row in shop.rows(cases)] == [("LATE_PAYMENT", started["payment_no"])]
    assert shop.tick("refunds.send_due_refunds")["SENT"] == 1
    paying.until(lambda: shop.rows(refunds)[0].state == "DONE")
    assert len(shop.rows(refunds)) == 1
    assert paying.order(started["payment_no"])["refunded_fen"] == 1_234


def test_another_channel_closes_the_first_payment_before_a_second_is_made(shop: Shop, paying: Paying):
    goods, member = seed.product(shop), shop.member()
    placed = place(shop, member, goods)
    first = member.call("payments.start_payment", order_no=placed["order_no"])
    again = member.call("payments.start_payment", order_no=placed["order_no"])
    assert again["payment_no"] == first["payment_no"]
    second = member.call("payments.start_payment", order_no=placed["order_no"], channel="native")
    assert second["payment_no"] != first["payment_no"] and second["code_url"].startswith("weixin://")
    assert paying.order(first["payment_no"])["state"] == "CLOSED"
    paying.pay(second["payment_no"])
    paying.until(lambda: order_of(shop, placed["order_no"]).state == "TO_SHIP")
    with refused("NOTHING_TO_PAY", status=422):
        member.call("payments.start_payment", order_no=placed["order_no"])


def test_two_payments_of_one_order_both_paid_and_the_second_goes_back(shop: Shop, paying: Paying):
    goods, member = seed.product(shop, price_fen=5_000), shop.member()
    placed = place(shop, member, goods)
    first = member.call("payments.start_payment", order_no=placed["order_no"])
    second = member.call("payments.start_payment", order_no=placed["order_no"], channel="native")
    paying.faults({"at": "pay", "do": "pay_after_close", "order": first["payment_no"]})
    paying.pay(second["payment_no"])
    paying.until(lambda: order_of(shop, placed["order_no"]).state == "TO_SHIP")
    paying.pay(first["payment_no"])
    row = paying.until(lambda: shop.rows(refunds))[0]
    assert (row.payment_no, row.cause, row.amount_fen) == (first["payment_no"], "SECOND_PAYMENT", 5_000)
    assert order_of(shop, placed["order_no"]).payment_no == second["payment_no"]


def test_a_full_refund_closes_the_order_and_gives_stock_back_once(shop: Shop, paying: Paying):
    goods, member, owner = seed.product(shop, stock=5, price_fen=3_000), shop.member(), shop.staff()
    placed = place(shop, member, goods)
    started = member.call("payments.start_payment", order_no=placed["order_no"])
    paying.pay(started["payment_no"])
    paying.until(lambda: order_of(shop, placed["order_no"]).state == "TO_SHIP")
    answers = shop.in_parallel(*[
        lambda: owner.call("refunds.start_refund", order_no=placed["order_no"], reason="买家不要了") for _ in range(8)])
    assert sum(isinstance(answer, dict) for answer in answers) == 1
    assert {answer.code for answer in answers if not isinstance(answer, dict)} <= {"ALREADY_REFUNDED", "ILLEGAL_MOVE"}
    order = order_of(shop, placed["order_no"])
    assert (order.state, order.refunded_fen, stock_of(shop, goods)) == ("CLOSED", 3_000, (5, 0))
    shop.tick("refunds.send_due_refunds")
    paying.until(lambda: shop.rows(refunds)[0].state == "DONE")
    assert paying.order(started["payment_no"])["refunded_fen"] == 3_000


def test_a_free_order_is_paid_when_it_is_placed(shop: Shop):
    goods, member = seed.product(shop, price_fen=0), shop.member()
    placed = place(shop, member, goods)
    assert (placed["pay_fen"], placed["state"]) == (0, "TO_SHIP")
    assert shop.rows(payments) == []


def test_the_same_click_twice_makes_one_order(shop: Shop):
    goods, member = seed.product(shop, stock=5), shop.member()
    first, second = place(shop, member, goods), place(shop, member, goods)
    assert second == first
    assert len(shop.rows(orders)) == 1
    with refused("IDEMPOTENCY_KEY_REUSED", status=409):
        place(shop, member, goods, quantity=2)


def test_two_hundred_buyers_of_twenty_units_make_twenty_orders(shop: Shop):
    goods, members = seed.product(shop, stock=20), [shop.member(f"m{i}") for i in range(40)]
    for member in members:
        seed.address(shop, member, is_default=True)
    answers = shop.in_parallel(*[
        lambda member=member, i=i: member.call("orders.place_order", key=f"k{i}",
                                               lines=[{"sku_id": goods.sku_id, "quantity": 1}])
        for member in members for i in range(5)])
    assert sum(isinstance(answer, dict) for answer in answers) == 20
    assert {answer.code for answer in answers if not isinstance(answer, dict)} == {"OUT_OF_STOCK"}
    assert stock_of(shop, goods) == (0, 20)
    assert len(shop.rows(orders)) == 20


def test_a_refund_decided_before_the_parcel_left_is_refused_once_it_has(shop: Shop):
    goods, member, owner = seed.product(shop, stock=5), shop.member(), shop.staff()
    order_no = trade.paid_order(shop, member, goods.sku_id)
    trade.ship(shop, order_no)
    before = shop.snapshot()
    with refused("ORDER_STATE_CHANGED", status=409) as caught:
        owner.call("refunds.start_refund", order_no=order_no, reason="不要了", seen_state="TO_SHIP")
    assert caught[0].data == {"state": "SHIPPED"}
    assert shop.snapshot() == before
    assert owner.call("refunds.start_refund", order_no=order_no, reason="退货", seen_state="SHIPPED")["state"] == "DUE"


def test_virtual_goods_are_received_when_they_are_paid_and_that_is_told(shop: Shop):
    goods, member = seed.product(shop, price_fen=0, is_virtual=True, stock=5), shop.member()
    shop.database.run(lambda tx: tx.insert(virtual_codes, code_id="vco_1", sku_id=goods.sku_id, code="CODE-1",
                                           order_no=None, created_at=shop.now, delivered_at=None))
    placed = member.call("orders.place_order", key="k1", lines=[{"sku_id": goods.sku_id, "quantity": 1}])
    assert placed["state"] == "RECEIVED"
    assert sorted(row.kind for row in shop.rows(outbox_events)) == [
        "orders.order_paid", "orders.order_placed", "orders.order_received"]
    assert shop.rows(sealed_codes)[0].order_no == placed["order_no"]
