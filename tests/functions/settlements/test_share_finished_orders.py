"""settlements.share_finished_orders against the payment simulator: when, how much, once (E7)."""

from __future__ import annotations

from mall.tables.settlements import frozen_payments, share_lines, shares
from mall.tables.trade import cases, order_lines, orders

from tests.functions.refunds.parts import balances, start
from tests.functions.settlements.parts import (
    NOTHING,
    differences,
    finish,
    frozen_order,
    receiver,
    shared_order,
    turn_on,
)
from tests.support import trade
from tests.support.pay import Paying
from tests.support.shop import Shop


def test_a_paid_order_is_shared_at_once_by_the_ratios_of_its_receivers(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop, "1900000201", 1_500), receiver(shop, "1900000202", 500)
    order_no, payment_no = frozen_order(shop, paying)
    assert shop.tick("settlements.share_finished_orders") == {**NOTHING, "decided": 1, "SENT": 1}
    assert {key: balances(shop)[key] for key in ("shares_payable", "wechat")} == {
        "shares_payable": -2_000, "wechat": 10_000}
    finish(shop, paying, payment_no)
    share = shop.rows(shares)[0]
    assert (share.state, share.order_no, share.net_fen, share.amount_fen) == ("DONE", order_no, 10_000, 2_000)
    assert [(row.account, row.state, row.amount_fen) for row in sorted(shop.rows(share_lines), key=lambda r: r.account)
            ] == [("1900000201", "SUCCESS", 1_500), ("1900000202", "SUCCESS", 500)]
    assert [(part["account"], part["amount_fen"]) for part in paying.order(payment_no)["shares"][0]["receivers"]] == [
        ("1900000201", 1_500), ("1900000202", 500)]
    found = balances(shop)
    assert (found["wechat"], found[f"shared/{share.seller_id}"], "shares_payable" in found) == (8_000, 2_000, False)
    assert differences(shop, paying, payment_no) == []
    assert shop.tick("settlements.share_finished_orders") == NOTHING


def test_nothing_is_shared_while_the_mode_is_off(shop: Shop, paying: Paying):
    receiver(shop)
    _, payment_no = frozen_order(shop, paying)
    assert shop.tick("settlements.share_finished_orders") == NOTHING
    assert (shop.rows(frozen_payments), paying.order(payment_no)["frozen"]) == ([], False)


def test_frozen_until_receipt_shares_some_days_after_the_buyer_has_it(shop: Shop, paying: Paying):
    turn_on(shop, "on_receipt", sharing_after_days=3)
    receiver(shop)
    order_no, payment_no = frozen_order(shop, paying)
    assert shop.tick("settlements.share_finished_orders") == NOTHING
    trade.ship(shop, order_no)
    paying.move(days=10, minutes=1)
    shop.tick("orders.finish_delivered_orders")
    assert shop.rows(orders, order_no=order_no)[0].state == "RECEIVED"
    paying.move(days=2, hours=23)
    assert shop.tick("settlements.share_finished_orders") == NOTHING
    assert paying.order(payment_no)["frozen"] is True
    paying.move(hours=2)
    assert shop.tick("settlements.share_finished_orders")["SENT"] == 1


def test_four_timers_at_once_share_an_order_once(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    _, payment_no = frozen_order(shop, paying)
    answers = shop.in_parallel(*[lambda: shop.tick("settlements.share_finished_orders") for _ in range(4)])
    assert (sum(one["decided"] for one in answers), sum(one["SENT"] for one in answers)) == (1, 1)
    finish(shop, paying, payment_no)
    assert [row.state for row in shop.rows(shares)] == ["DONE"]
    assert len(paying.order(payment_no)["shares"]) == 1
    assert differences(shop, paying, payment_no) == []


def test_a_share_whose_answer_was_lost_is_asked_about_and_not_made_twice(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    _, payment_no = frozen_order(shop, paying)
    paying.faults({"at": "share", "do": "500", "act": True, "order": payment_no})
    assert shop.tick("settlements.share_finished_orders")["failed"] == 1
    assert shop.rows(shares)[0].state == "DUE"
    paying.faults({"at": "share", "do": "refuse", "order": payment_no, "times": None})
    finish(shop, paying, payment_no)
    assert shop.tick("settlements.share_finished_orders")["DONE"] == 1
    assert (shop.rows(shares)[0].state, shop.rows(cases)) == ("DONE", [])
    assert differences(shop, paying, payment_no) == []


def test_too_many_requests_and_a_payment_that_is_too_young_come_again_under_the_same_number(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    _, payment_no = frozen_order(shop, paying)
    paying.faults({"at": "share", "do": "429", "order": payment_no},
                  {"at": "share", "do": "refuse", "status": 400, "code": "INVALID_REQUEST",
                   "message": "订单处理中，暂时无法分账，请稍后再试", "order": payment_no})
    assert shop.tick("settlements.share_finished_orders")["failed"] == 1
    paying.move(minutes=2)
    assert shop.tick("settlements.share_finished_orders")["waiting"] == 1
    paying.move(minutes=3)
    assert shop.tick("settlements.share_finished_orders")["SENT"] == 1
    assert (len(paying.order(payment_no)["shares"]), shop.rows(cases)) == (1, [])


def test_a_share_that_wechat_refuses_leaves_the_money_to_the_seller_with_a_case(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    order_no, payment_no = frozen_order(shop, paying)
    paying.faults({"at": "share", "do": "refuse", "status": 403, "code": "RULE_LIMIT", "message": "超过最大分账比例",
                   "order": payment_no})
    assert shop.tick("settlements.share_finished_orders") == {**NOTHING, "decided": 1, "FAILED": 1}
    case = shop.rows(cases)[0]
    assert (case.kind, case.data["order_no"], "RULE_LIMIT" in case.sentence) == ("SHARE_FAILED", order_no, True)
    assert [row.state for row in shop.rows(share_lines)] == ["CLOSED"]
    assert balances(shop)["wechat"] == 10_000
    assert differences(shop, paying, payment_no) == []


def test_an_order_without_receivers_or_with_a_refund_under_way_is_not_shared(shop: Shop, paying: Paying):
    turn_on(shop)
    _, alone = frozen_order(shop, paying)
    assert shop.tick("settlements.share_finished_orders") == {**NOTHING, "nothing": 1}
    receiver(shop)
    order_no, payment_no = frozen_order(shop, paying, quantity=2)
    start(shop.staff(), shop.rows(order_lines, order_no=order_no)[0], 1)
    assert shop.tick("settlements.share_finished_orders") == NOTHING
    shop.tick("refunds.send_due_refunds")
    paying.until(lambda: paying.order(payment_no)["refunded_fen"] == 10_000)
    paying.until(lambda: shop.tick("settlements.share_finished_orders")["SENT"] == 1)
    assert [(row.state, row.net_fen, row.amount_fen) for row in shop.rows(shares, order_no=order_no)] == [
        ("SENT", 10_000, 1_500)]
    finish(shop, paying, payment_no)
    assert differences(shop, paying, payment_no, alone) == []


def test_a_shared_order_shows_what_its_seller_keeps(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    order_no, _ = shared_order(shop, paying)
    shown = shop.staff("settlements.*").call("settlements.list_statements")["items"][0]
    assert (shown["order_no"], shown["net_fen"], shown["shared_fen"], shown["kept_fen"]) == (
        order_no, 10_000, 1_500, 8_500)
