"""messaging.on_event_compose_messages (spec I2)."""

from __future__ import annotations

from dataclasses import asdict

from mall.domains.coupons.rules import CouponExpiring
from mall.domains.group_buys.rules import GroupFailed, GroupProgressed, GroupSucceeded
from mall.domains.messaging.values import moment
from mall.domains.messaging.tells import Template
from mall.domains.orders.rules import OrderPaid, OrderShipped
from mall.domains.refunds.requests import RefundRequestRefused
from mall.domains.refunds.rules import RefundFinished
from mall.kit.outbox import outbox_events
from mall.tables.reach import message_consents, messages

from tests.functions.messaging.test_remind_unpaid_orders import together
from tests.support.shop import SECRETS, Shop

COMPOSE = "messaging.on_event_compose_messages"


def composed(shop: Shop) -> list[tuple]:
    return [(row.template, row.member_id, row.state, row.problem) for row in shop.rows(messages)]


def test_a_paid_order_becomes_one_pending_message_with_its_page_and_values(shop: Shop, seeds):
    member = shop.member()
    seeds.consent(member, Template.ORDER_PAID)
    order_no = seeds.order(member, state="TO_SHIP")
    seeds.tell(OrderPaid(order_no, "pay_1", member.subject_id, 1_230))
    assert shop.relay() == 2
    [row] = shop.rows(messages)
    assert (row.member_id, row.template, row.state, row.attempts) == (member.subject_id, "order_paid", "PENDING", 0)
    assert row.page == f"pages/order/order?order_no={order_no}"
    assert row.fields == {"character_string1": order_no, "thing2": "云南小粒咖啡豆等2件", "amount3": "¥12.30",
                          "time4": moment(shop.rows(outbox_events)[0].created_at), "thing5": "我们会尽快为您安排"}
    assert [row.remaining for row in shop.rows(message_consents)] == [1]  # spent when it is sent


def test_orders_that_were_paid_together_are_one_message_with_the_sum(shop: Shop, seeds):
    member = shop.member()
    seeds.consent(member, Template.ORDER_PAID, remaining=9)
    first, second = (seeds.order(member, state="TO_SHIP") for _ in range(2))
    together(shop, first, second)
    for order_no in (second, first):
        seeds.tell(OrderPaid(order_no, "pay_1", member.subject_id, 1_230))
    shop.relay()
    [row] = shop.rows(messages)
    assert (row.fields["character_string1"], row.page, row.fields["amount3"], row.fields["thing2"]) == (
        first, "pages/orders/orders", "¥24.60", "云南小粒咖啡豆等4件")


def test_without_consent_the_message_is_skipped_and_can_be_seen(shop: Shop, seeds):
    member = shop.member()
    seeds.consent(member, Template.ORDER_PAID, remaining=0)
    seeds.tell(OrderPaid(seeds.order(member, state="TO_SHIP"), "pay_1", member.subject_id, 1_230))
    shop.relay()
    assert composed(shop) == [("order_paid", member.subject_id, "SKIPPED", "NO_CONSENT")]


def test_the_same_event_told_four_times_at_once_is_one_message(shop: Shop, seeds):
    member = shop.member()
    seeds.consent(member, Template.ORDER_PAID, remaining=9)
    order_no = seeds.order(member, state="TO_SHIP")
    payload = {"order_no": order_no, "payment_no": "pay_1", "member_id": member.subject_id, "paid_fen": 1_230}
    event = {"Type": "Message", "Secret": SECRETS["trigger_secret"], "EventId": "evt_1", "Kind": OrderPaid.kind,
             "Payload": payload, "RequestId": "req_1"}
    answers = shop.in_parallel(*[lambda: shop.send(COMPOSE, event) for _ in range(4)])
    assert [answer["ok"] for answer in answers] == [True] * 4
    assert shop.send(COMPOSE, event | {"EventId": "evt_2"})["ok"]  # told anew under another id
    assert len(shop.rows(messages)) == 1


def test_a_message_without_the_secret_composes_nothing(shop: Shop, seeds):
    before = shop.snapshot()
    answer = shop.send(COMPOSE, {"Type": "Message", "Secret": "guess", "EventId": "evt_1", "Kind": OrderPaid.kind,
                                 "Payload": {}, "RequestId": "req_1"})
    assert answer["error"]["code"] == "NOT_ALLOWED"
    assert shop.snapshot() == before


def test_a_shipped_order_tells_its_tracking_number(shop: Shop, seeds):
    member = shop.member()
    seeds.consent(member, Template.ORDER_SHIPPED)
    order_no = seeds.order(member, state="SHIPPED")
    seeds.shipment(order_no, "SF1234567890123")
    seeds.tell(OrderShipped(order_no, member.subject_id))
    shop.relay()
    [row] = shop.rows(messages)
    assert (row.fields["phrase3"], row.fields["character_string4"]) == ("快递", "SF1234567890123")


def test_group_progress_goes_to_those_who_paid_once_for_each_step(shop: Shop, seeds):
    one, two, held = shop.member("一"), shop.member("二"), shop.member("三")
    for member in (one, two, held):
        seeds.consent(member, Template.GROUP_PROGRESS, remaining=5)
    group_id = seeds.group(size=4)
    seeds.seat(group_id, one)
    seeds.seat(group_id, held, "HELD")
    seeds.tell(GroupProgressed(group_id, 3))
    shop.relay()
    seeds.seat(group_id, two)
    seeds.tell(GroupProgressed(group_id, 2))
    seeds.tell(GroupProgressed(group_id, 2))
    shop.relay()
    told = sorted((row.member_id, row.fields["number3"]) for row in shop.rows(messages))
    assert told == sorted([(one.subject_id, "3"), (one.subject_id, "2"), (two.subject_id, "2")])


def test_success_and_failure_go_to_every_seat_that_was_paid_when_the_group_ended(shop: Shop, seeds):
    for state, event, template in (("SUCCEEDED", GroupSucceeded, Template.GROUP_SUCCESS),
                                   ("FAILED", GroupFailed, Template.GROUP_FAILED)):
        paid, back, earlier, left = (shop.member(name) for name in "一二三四")
        for member in (paid, back, earlier, left):
            seeds.consent(member, template)
        group_id = seeds.group(state=state)
        seeds.seat(group_id, paid)
        seeds.seat(group_id, back, "REFUNDED")  # its refund came after the end
        seeds.seat(group_id, earlier, "REFUNDED", minutes_ago=5)
        seeds.seat(group_id, left, "RELEASED")
        seeds.tell(event(group_id))
        shop.relay()
        told = {row.member_id for row in shop.rows(messages, template=template.value)}
        assert told == {paid.subject_id, back.subject_id}
    assert {row.state for row in shop.rows(messages)} == {"PENDING"}


def test_a_coupon_that_was_used_since_is_not_reminded_of(shop: Shop, seeds):
    member = shop.member()
    seeds.consent(member, Template.COUPON_EXPIRING, remaining=2)
    seeds.tell(CouponExpiring(seeds.coupon(member), member.subject_id))
    seeds.tell(CouponExpiring(seeds.coupon(member, state="USED"), member.subject_id))
    assert shop.relay() == 2
    [row] = shop.rows(messages)
    assert (row.fields["thing1"], row.fields["thing2"]) == ("九折券", "9折")


def test_a_refund_tells_its_amount_and_why_and_a_refund_without_an_order_too(shop: Shop, seeds):
    member = shop.member()
    seeds.consent(member, Template.REFUND_DONE, remaining=2)
    order_no = seeds.order(member, state="CLOSED")
    refund_no, second = seeds.refund(member, order_no), seeds.refund(member, None, cause="SECOND_PAYMENT")
    seeds.tell(RefundFinished(refund_no, order_no, member.subject_id, 1_230))
    seeds.tell(RefundFinished(second, None, member.subject_id, 500))
    shop.relay()
    told = [(row.fields["character_string1"], row.fields["amount2"], row.fields["thing5"], row.page)
            for row in shop.rows(messages)]
    assert sorted(told) == [  # deliveries of two events have no order
        (order_no, "¥12.30", "拼团未成功", f"pages/order/order?order_no={order_no}"),
        (second, "¥5.00", "订单重复支付", "pages/orders/orders")]


def test_what_was_kept_and_goes_back_after_all_is_told_so(shop: Shop, seeds):
    member = shop.member()
    seeds.consent(member, Template.REFUND_DONE)
    order_no = seeds.order(member, state="CLOSED")
    refund_no = seeds.refund(member, order_no, cause="KEPT_BACK")
    seeds.tell(RefundFinished(refund_no, order_no, member.subject_id, 1_230))
    shop.relay()
    [told] = shop.rows(messages)
    assert (told.member_id, told.fields["thing5"]) == (member.subject_id, "商家退还已付款")


def test_what_is_not_there_any_more_is_told_to_nobody(shop: Shop, seeds):
    for event in (OrderPaid("ord_x", "pay_x", "mem_x", 1), OrderShipped("ord_x", "mem_x"), GroupProgressed("grp_x", 1),
                  GroupSucceeded("grp_x"), GroupFailed("grp_x"), CouponExpiring("cpn_x", "mem_x"),
                  RefundFinished("rfd_x", None, "mem_x", 1)):
        payload = asdict(event)
        answer = shop.send(COMPOSE, {"Type": "Message", "Secret": SECRETS["trigger_secret"], "RequestId": "req_1",
                                     "EventId": f"evt_{event.kind}", "Kind": event.kind, "Payload": payload})
        assert answer["ok"] is True
    assert shop.rows(messages) == []


def test_a_request_for_a_refund_that_was_refused_is_told_with_the_shops_words(shop: Shop, seeds):
    member = shop.member()
    seeds.consent(member, Template.REFUND_REFUSED)
    order_no = seeds.order(member, state="SHIPPED")
    request_id = seeds.refused_request(member, order_no, "该商品不参加保价")
    seeds.tell(RefundRequestRefused(request_id, order_no, member.subject_id))
    shop.relay()
    [row] = shop.rows(messages)
    assert (row.state, row.once_key) == ("PENDING", f"refund_refused:{request_id}:{member.subject_id}")
    assert {name: row.fields[name] for name in ("thing2", "amount3", "thing5")} == {
        "thing2": "云南小粒咖啡豆等2件", "amount3": "¥12.30", "thing5": "该商品不参加保价"}


def test_of_a_request_that_is_not_there_nobody_hears(shop: Shop, seeds):
    member = shop.member()
    seeds.consent(member, Template.REFUND_REFUSED)
    seeds.tell(RefundRequestRefused("rrq_NONE", seeds.order(member), member.subject_id))
    shop.relay()
    assert shop.rows(messages) == []
