"""Stock, coupons and seats: nothing sold, used or taken twice."""

from __future__ import annotations

import pytest

from tests.cases.town import Town

pytestmark = pytest.mark.spec("B3", "D4", "F1", "E1")


def test_three_units_and_twenty_buyers_make_three_orders(town: Town):
    """Elsewhere: 24 and 16 orders on three units (django-oscar, Vendure)."""
    sku_id, buyers = town.shelf(stock=3), [town.someone() for _ in range(20)]
    answers = town.at_once(*[lambda who=who: town.order(who, sku_id, delivery="PICKUP")["order_no"] for who in buyers])
    assert sum(each.startswith("ord_") for each in answers) == 3
    assert {each for each in answers if not each.startswith("ord_")} == {"OUT_OF_STOCK"}
    assert town.stock(sku_id) == (0, 3)


def test_a_cancelled_order_gives_its_last_units_back(town: Town):
    """Elsewhere they are gone for good (newbee-mall)."""
    buyer, sku_id = town.someone(), town.shelf(stock=1)
    order_no = town.order(buyer, sku_id, delivery="PICKUP")["order_no"]
    assert town.stock(sku_id) == (0, 1)
    buyer.call("orders.cancel_order", order_no=order_no)
    assert town.stock(sku_id) == (1, 0)


def test_two_lines_of_one_sku_are_counted_together(town: Town):
    """Elsewhere the same item twice in a cart passes (medusa#16502)."""
    buyer, sku_id = town.someone(), town.shelf(stock=3)
    lines = [{"sku_id": sku_id, "quantity": 2}] * 2
    status, code = town.refusal(lambda: buyer.call("orders.place_order", lines=lines, delivery="PICKUP"))
    assert status in (400, 422) and code in ("OUT_OF_STOCK", "BAD_INPUT", "SKU_LISTED_TWICE", "BAD_LINES"), code
    assert town.stock(sku_id) == (3, 0)


def test_an_order_that_is_paid_in_the_last_second_is_not_closed_by_the_timer(town: Town):
    buyer, sku_id = town.someone(), town.shelf(stock=2)
    order_no = town.order(buyer, sku_id, delivery="PICKUP")["order_no"]
    payment_no = buyer.call("payments.start_payment", order_no=order_no)["payment_no"]
    town.fault(at="notice", do="lose", times=None, order=payment_no)
    town.thumb(payment_no)
    town.later(31)
    town.mall.tick("orders.close_unpaid_orders")
    town.until("it is paid all the same", lambda: town.state(buyer, order_no), "TO_SHIP")
    assert town.stock(sku_id) == (1, 0)


def test_one_coupon_pays_for_one_order(town: Town):
    """Elsewhere one coupon goes into two orders at once (litemall, yudao)."""
    buyer, sku_id = town.someone(), town.shelf(12_000, 5)
    template_id = town.coupon("满100减20", 10_000, 2_000, town.spus[sku_id])
    coupon_id = buyer.call("coupons.claim_coupon", template_id=template_id)["coupon_id"]
    answers = town.at_once(*[
        lambda: town.order(buyer, sku_id, delivery="PICKUP", coupon_ids=[coupon_id])["pay_fen"]] * 5)
    assert [each for each in answers if isinstance(each, int)] == [10_000]


def test_a_coupon_of_which_there_are_ten_is_claimed_ten_times(town: Town):
    """Elsewhere the limit is counted, then inserted (saleor#544, shopware#11245)."""
    sku_id, people = town.shelf(), [town.someone() for _ in range(14)]
    template_id = town.coupon("限量", 1_000, 100, town.spus[sku_id])
    answers = town.at_once(*[
        lambda who=who: who.call("coupons.claim_coupon", template_id=template_id)["coupon_id"] for who in people])
    assert sum(each.startswith("cpn_") for each in answers) == 10
    person = people[0]
    again = town.at_once(*[lambda: person.call("coupons.claim_coupon", template_id=template_id)] * 3)
    assert all(isinstance(each, str) for each in again)


def test_a_cancelled_order_gives_its_coupon_back(town: Town):
    buyer, sku_id = town.someone(), town.shelf(12_000, 5)
    template_id = town.coupon("满100减20", 10_000, 2_000, town.spus[sku_id])
    coupon_id = buyer.call("coupons.claim_coupon", template_id=template_id)["coupon_id"]
    order_no = town.order(buyer, sku_id, delivery="PICKUP", coupon_ids=[coupon_id])["order_no"]
    buyer.call("orders.cancel_order", order_no=order_no)
    assert town.order(buyer, sku_id, delivery="PICKUP", coupon_ids=[coupon_id])["pay_fen"] == 10_000


def test_the_parts_of_a_discount_add_up_to_the_fen(town: Town):
    """Elsewhere shares of a discount sum to 9.99 of 10.00 (macrozheng/mall#356)."""
    buyer, sku_id = town.someone(), town.shelf(3_334, 9)
    template_id = town.coupon("满100减10", 10_000, 1_000, town.spus[sku_id])
    coupon_id = buyer.call("coupons.claim_coupon", template_id=template_id)["coupon_id"]
    placed, _ = town.paid(buyer, sku_id, 3, coupon_ids=[coupon_id])
    line, = town.staff.call("orders.view_order", order_no=placed["order_no"])["order"]["lines"]
    amounts = [town.refund(placed["order_no"], lines=[{"line_id": line["line_id"], "quantity": 1}])["amount_fen"]
               for _ in range(3)]
    assert (sum(amounts), placed["pay_fen"]) == (9_002, 9_002)


def test_two_last_joiners_of_a_group_are_not_both_let_in(town: Town):
    sku_id = town.shelf(5_000, 9)
    activity = town.group_buy(town.spus[sku_id], sku_id, 4_000)
    leader, *others = [town.someone() for _ in range(5)]
    opened = town.order(leader, sku_id, delivery="PICKUP", group_buy_id=activity)
    answers = town.at_once(*[lambda who=who: town.order(
        who, sku_id, delivery="PICKUP", group_buy_id=activity, group_id=opened["group_id"])["order_no"]
        for who in others])
    assert sum(each.startswith("ord_") for each in answers) == 2


def test_a_group_that_nobody_joins_is_refunded_and_does_not_succeed(town: Town):
    """Elsewhere an expired group succeeds (litemall#159 #283)."""
    sku_id, leader = town.shelf(5_000, 9), town.someone()
    activity = town.group_buy(town.spus[sku_id], sku_id, 4_000)
    placed, payment_no = town.paid(leader, sku_id, group_buy_id=activity)
    town.later(48 * 60 + 1)
    town.mall.tick("group_buys.fail_expired_groups")

    def back() -> int:
        town.settle_refunds()
        return town.refunded_fen(payment_no)

    town.until("it is back", back, 4_000)
    assert town.state(leader, placed["order_no"]) == "CLOSED"
    assert town.stock(sku_id) == (9, 0)


def test_points_and_prices_that_a_client_makes_up_change_nothing(town: Town):
    """Elsewhere the amount is the client's (crmeb, newbee-mall#100)."""
    buyer, sku_id = town.someone(), town.shelf(9_900)
    for more in ({"pay_fen": 1}, {"price_fen": 1}, {"points": 99_999}, {"balance_fen": 9_900},
                 {"expected_pay_fen": 1}, {"member_id": "mem_1"}, {"state": "TO_SHIP"}):
        status, _ = town.refusal(lambda more=more: town.order(buyer, sku_id, delivery="PICKUP", **more))
        assert 400 <= status < 500, more
    assert town.stock(sku_id) == (10, 0)
