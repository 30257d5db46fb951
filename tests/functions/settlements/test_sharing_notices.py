"""What WeChat tells of profit sharing at the payments' own address is only a reason to ask it (E7)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from mall.adapters.wechat_pay import Notice
from mall.kit import clock
from mall.tables.settlements import share_returns, shares
from mall.tables.trade import cases

from tests.functions.settlements.parts import differences, frozen_order, receiver, shared_order, turn_on
from tests.functions.settlements.test_poll_sharing_results import refund_all, send_until_done
from tests.support.pay import Paying
from tests.support.shop import Shop

DOOR = {"body": "{}", "headers": {}, "httpMethod": "POST", "path": "/webhooks/wechat-pay/payment", "queryString": {}}


def told(shop: Shop, paying: Paying, **resource: Any) -> dict[str, Any]:
    """Our answer to a notice of this content that verifies."""
    notice = Notice("EV-1", resource.pop("event_type", "PROFITSHARING"), clock.wall(), resource, "profitsharing")
    paying.adapter.open_notice = lambda *_: notice
    return shop.send("payments.receive_payment_notice", DOOR)


@pytest.mark.parametrize("event_type", ["PROFITSHARING", "PROFITSHARING.SUCCESS", "WHATEVER.IT.IS"])
def test_a_share_that_ended_is_known_at_once_whatever_its_notice_is_called(
        shop: Shop, paying: Paying, event_type: str):
    turn_on(shop)
    paying.tell_of_sharing(event_type)
    receiver(shop, "1900000201", 1_500), receiver(shop, "1900000202", 500)
    _, payment_no = frozen_order(shop, paying)
    paying.faults({"at": "notice.sharing", "do": "duplicate", "n": 4, "order": payment_no})
    shop.tick("settlements.share_finished_orders")
    paying.until(lambda: shop.rows(shares)[0].state == "DONE")
    notices = paying.until(lambda: [each for each in paying.client.get(f"/_sim/orders/{payment_no}").json()[
        "notifications"] if each["event_type"] == event_type and each["state"] == "DELIVERED"][1:])
    assert len(notices) == 1 and set(paying.answers) == {200}
    assert differences(shop, paying, payment_no) == []


def test_without_notices_nothing_is_known_before_the_timer_asks(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    _, payment_no = frozen_order(shop, paying)
    shop.tick("settlements.share_finished_orders")
    paying.until(lambda: paying.order(payment_no)["shares"][0]["state"] == "FINISHED")
    assert (shop.rows(shares)[0].state, len(paying.answers)) == ("SENT", 1)


def test_a_return_that_ended_late_is_known_by_its_notice(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    order_no, payment_no = shared_order(shop, paying)
    paying.tell_of_sharing("PROFITSHARING.RETURN")
    paying.faults({"at": "return_outcome", "do": "stuck", "order": payment_no})
    refund_all(shop, order_no)
    assert shop.tick("refunds.send_due_refunds")["waiting"] == 1
    paying.client.post(f"/_sim/returns/{shop.rows(share_returns)[0].return_no}", json={}).raise_for_status()
    paying.until(lambda: shop.rows(share_returns)[0].state == "DONE")
    send_until_done(shop, paying)
    assert differences(shop, paying, payment_no) == []


def test_a_notice_is_not_believed_wechat_is_asked(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    _, payment_no = frozen_order(shop, paying)
    paying.faults({"at": "share_outcome", "do": "stuck", "order": payment_no})
    shop.tick("settlements.share_finished_orders")
    share_no = shop.rows(shares)[0].share_no
    paying.move(minutes=2)
    before = shop.snapshot()
    answer = told(shop, paying, mchid=paying.simulator["mchid"], out_order_no=share_no, order_id="3008", receiver={
        "type": "MERCHANT_ID", "account": "1900000201", "amount": 1_500})
    assert (answer["statusCode"], shop.snapshot()) == (200, before)
    assert paying.order(payment_no)["shares"][0]["state"] == "PROCESSING"


def test_a_share_that_was_never_sent_is_not_sent_by_a_notice(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    _, payment_no = frozen_order(shop, paying)
    paying.faults({"at": "share", "do": "500", "order": payment_no})
    shop.tick("settlements.share_finished_orders")
    before = shop.snapshot()
    answer = told(shop, paying, mchid=paying.simulator["mchid"], out_order_no=shop.rows(shares)[0].share_no)
    assert (answer["statusCode"], shop.snapshot(), paying.order(payment_no)["shares"]) == (200, before, [])


@pytest.mark.parametrize("number", ["shr_NONE", "unf_01M8G1KS0CF6BZ8VWS1CSS42GA", "", None, 7, "x" * 300, "分账'--"])
def test_numbers_that_are_none_of_ours_and_repetitions_change_nothing(shop: Shop, paying: Paying, number: Any):
    turn_on(shop)
    receiver(shop)
    shared_order(shop, paying)
    before = shop.snapshot()
    mchid, ended = paying.simulator["mchid"], shop.rows(shares)[0].share_no
    assert told(shop, paying, mchid=mchid, out_order_no=number)["statusCode"] == 200
    assert [told(shop, paying, mchid=mchid, out_order_no=ended)["statusCode"] for _ in range(2)] == [200, 200]
    assert shop.snapshot() == before


def test_one_of_another_merchant_is_refused_and_one_while_wechat_does_not_answer_comes_again(
        shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    _, payment_no = frozen_order(shop, paying)
    shop.tick("settlements.share_finished_orders")
    paying.until(lambda: paying.order(payment_no)["shares"][0]["state"] == "FINISHED")
    share_no, before = shop.rows(shares)[0].share_no, shop.snapshot()
    answer = told(shop, paying, mchid="1900009999", out_order_no=share_no)
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (422, "FAIL")
    paying.faults({"at": "query_share", "do": "500", "order": payment_no})
    assert told(shop, paying, mchid=paying.simulator["mchid"], out_order_no=share_no)["statusCode"] == 503
    assert shop.snapshot() == before
    assert told(shop, paying, mchid=paying.simulator["mchid"], out_order_no=share_no)["statusCode"] == 200
    assert (shop.rows(shares)[0].state, shop.rows(cases)) == ("DONE", [])


def test_a_notice_of_a_share_that_does_not_verify_changes_nothing(shop: Shop, paying: Paying):
    turn_on(shop)
    paying.tell_of_sharing()
    receiver(shop)
    _, payment_no = frozen_order(shop, paying)
    paying.faults(*({"at": "notice.sharing", "do": do, "order": payment_no, "times": 1}
                    for do in ("unknown_serial", "tampered_body", "wrong_mchid", "lose")))
    shop.tick("settlements.share_finished_orders")
    paying.until(lambda: shop.rows(shares)[0].state == "DONE")  # the fifth send is the true one
    paying.until(lambda: paying.answers[1:] == [401, 401, 422, 200])
    assert differences(shop, paying, payment_no) == []
