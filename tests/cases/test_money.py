"""Money: what other malls lost, paid twice or kept."""

from __future__ import annotations

import secrets

import pytest

from tests.cases.town import Town

pytestmark = pytest.mark.spec("E4", "E5", "E6", "E9")


def test_money_for_a_cancelled_order_goes_back_in_full(town: Town):
    """Elsewhere it is taken for a duplicate and dropped (yudao), or revives the order (litemall)."""
    buyer, sku_id = town.someone(), town.shelf(9_900, 3)
    order_no = town.order(buyer, sku_id, delivery="PICKUP")["order_no"]
    payment_no = buyer.call("payments.start_payment", order_no=order_no)["payment_no"]
    buyer.call("orders.cancel_order", order_no=order_no)
    town.fault(at="pay", do="pay_after_close", order=payment_no)
    town.thumb(payment_no)

    def back() -> int:
        town.settle_refunds()
        return town.refunded_fen(payment_no)

    town.until("it is back", back, 9_900)
    assert (town.state(buyer, order_no), town.stock(sku_id)) == ("CLOSED", (3, 0))
    assert town.cases(payment_no) == ["LATE_PAYMENT"]


def test_one_payment_told_many_times_pays_once(town: Town):
    buyer, sku_id = town.someone(), town.shelf(9_900, 3)
    order_no = town.order(buyer, sku_id, delivery="PICKUP")["order_no"]
    payment_no = buyer.call("payments.start_payment", order_no=order_no)["payment_no"]
    town.fault(at="notice", do="duplicate", n=5, order=payment_no)
    town.thumb(payment_no)
    town.until("paid", lambda: town.state(buyer, order_no), "TO_SHIP")
    assert (town.stock(sku_id), town.refunded_fen(payment_no)) == ((2, 0), 0)


def test_starting_to_pay_four_times_at_once_makes_one_payment(town: Town):
    """Elsewhere: four settled payments of one order (Vendure)."""
    buyer, sku_id = town.someone(), town.shelf()
    order_no = town.order(buyer, sku_id, delivery="PICKUP")["order_no"]
    answers = town.at_once(*[lambda: buyer.call("payments.start_payment", order_no=order_no)["payment_no"]] * 4)
    assert len({each for each in answers if each.startswith("pay_")}) == 1


def test_the_price_before_a_change_pays_for_nothing(town: Town):
    """Elsewhere an older prepay of the old price settles the order (yudao)."""
    buyer, sku_id = town.someone(), town.shelf(10_000)
    order_no = town.order(buyer, sku_id, delivery="PICKUP")["order_no"]
    old = buyer.call("payments.start_payment", order_no=order_no)["payment_no"]
    town.call(town.staff, "pricing.adjust_order_price", secrets.token_hex(8), order_no=order_no, goods_fen=8_000,
              seen_pay_fen=10_000, reason="老客户")
    town.fault(at="pay", do="pay_after_close", order=old)
    town.thumb(old)

    def back() -> int:
        town.settle_refunds()
        return town.refunded_fen(old)

    town.until("the old price is back", back, 10_000)
    assert town.state(buyer, order_no) == "UNPAID"


def test_a_notice_that_nobody_signed_pays_nothing(town: Town):
    buyer, sku_id = town.someone(), town.shelf()
    order_no = town.order(buyer, sku_id, delivery="PICKUP")["order_no"]
    payment_no = buyer.call("payments.start_payment", order_no=order_no)["payment_no"]
    body = {"id": "n", "event_type": "TRANSACTION.SUCCESS", "resource": {"out_trade_no": payment_no}}
    for headers in ({}, {"Wechatpay-Signature": "AAAA", "Wechatpay-Timestamp": "1", "Wechatpay-Nonce": "x",
                         "Wechatpay-Serial": "1"}):
        answer = town.http.post("/webhooks/wechat-pay/payment", json=body, headers=headers)
        assert 400 <= answer.status_code < 500
    assert town.state(buyer, order_no) == "UNPAID"


def test_the_second_partial_refund_is_not_swallowed(town: Town):
    """Elsewhere its number is constant (litemall)."""
    buyer, sku_id = town.someone(), town.shelf(3_333, 3)
    placed, payment_no = town.paid(buyer, sku_id, 3)
    line, = town.staff.call("orders.view_order", order_no=placed["order_no"])["order"]["lines"]
    for _ in range(3):
        town.refund(placed["order_no"], lines=[{"line_id": line["line_id"], "quantity": 1}])
        town.move_on()
        town.settle_refunds()
    town.until("all three are back", lambda: town.refunded_fen(payment_no), 9_999)


def test_the_same_refund_sent_twice_is_paid_once(town: Town):
    buyer, sku_id = town.someone(), town.shelf(5_000, 3)
    placed, payment_no = town.paid(buyer, sku_id, 3)
    line, = town.staff.call("orders.view_order", order_no=placed["order_no"])["order"]["lines"]
    wanted = {"lines": [{"line_id": line["line_id"], "quantity": 1}]}
    first, second = (town.refund(placed["order_no"], key="the-same", **wanted) for _ in range(2))
    assert (first["refund_no"], first["amount_fen"]) == (second["refund_no"], 5_000)
    town.settle_refunds()
    town.until("one piece is back", lambda: town.refunded_fen(payment_no), 5_000)


def test_a_refund_without_a_key_is_refused(town: Town):
    buyer, sku_id = town.someone(), town.shelf()
    placed, _ = town.paid(buyer, sku_id)
    assert town.refusal(lambda: town.refund_without_key(placed["order_no"])) == (400, "IDEMPOTENCY_KEY_MISSING")


def test_ten_refunds_at_once_give_back_what_was_paid_and_no_more(town: Town):
    """Elsewhere concurrent partial refunds lose one, or give too much (yudao)."""
    buyer, sku_id = town.someone(), town.shelf(4_000, 4)
    placed, payment_no = town.paid(buyer, sku_id, 4)
    line, = town.staff.call("orders.view_order", order_no=placed["order_no"])["order"]["lines"]
    wanted = {"lines": [{"line_id": line["line_id"], "quantity": 1}]}
    answers = town.at_once(*[lambda: town.refund(placed["order_no"], **wanted)["amount_fen"]] * 10)
    assert [each for each in answers if isinstance(each, int)] == [4_000] * 4

    def back() -> int:
        town.move_on()
        town.settle_refunds()
        return town.refunded_fen(payment_no)

    town.until("four pieces are back", back, 16_000)


def test_two_clicks_make_one_order(town: Town):
    """Elsewhere a double click makes two (litemall#91)."""
    buyer, sku_id = town.someone(), town.shelf(stock=9)
    wanted = {"lines": [{"sku_id": sku_id, "quantity": 1}], "delivery": "PICKUP"}
    answers = town.at_once(*[lambda: town.call(buyer, "orders.place_order", "click", **wanted)["order_no"]] * 6)
    assert len(set(answers)) == 1
    assert town.stock(sku_id) == (8, 1)


def test_an_order_of_nothing_is_paid_without_wechat(town: Town):
    """Elsewhere a coupon above the total is an error (litemall, yudao)."""
    buyer, sku_id = town.someone(), town.shelf(1_000)
    template_id = town.coupon("满10减10", 1_000, 1_000, town.spus[sku_id])
    coupon_id = buyer.call("coupons.claim_coupon", template_id=template_id)["coupon_id"]
    placed = town.order(buyer, sku_id, delivery="PICKUP", coupon_ids=[coupon_id])
    assert (placed["pay_fen"], town.state(buyer, placed["order_no"])) == (0, "TO_SHIP")
