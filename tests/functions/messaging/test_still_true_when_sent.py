"""A message is composed when something happens and sent later: what is not true by then is not sent (I1, I2)."""

from __future__ import annotations

from typing import Any

import pytest
from mall.domains.coupons.rules import CouponExpiring
from mall.domains.group_buys.rules import GroupFailed, GroupProgressed, GroupSucceeded
from mall.domains.messaging.tells import Template
from mall.domains.orders.rules import OrderPaid, OrderShipped
from mall.domains.refunds.rules import RefundFinished
from mall.tables.marketing import coupons, group_seats, groups
from mall.tables.reach import message_consents, messages
from mall.tables.trade import orders, refunds
from sqlalchemy import update

from tests.support.shop import Caller, Shop

SEND = "messaging.send_due_messages"


def change(shop: Shop, table: Any, **values: Any) -> None:
    shop.database.run(lambda tx: tx.write(update(table).values(**values)))


def remind(shop: Shop, seeds, member: Caller) -> None:
    seeds.order(member, minutes=5)
    shop.tick("messaging.remind_unpaid_orders")


def paid(shop: Shop, seeds, member: Caller) -> None:
    seeds.tell(OrderPaid(seeds.order(member, state="TO_SHIP"), "pay_1", member.subject_id, 1_230))


def shipped(shop: Shop, seeds, member: Caller) -> None:
    seeds.tell(OrderShipped(seeds.order(member, state="SHIPPED"), member.subject_id))


def progressed(shop: Shop, seeds, member: Caller) -> None:
    group_id = seeds.group(size=3)
    seeds.seat(group_id, member)
    seeds.tell(GroupProgressed(group_id, 2))


def succeeded(shop: Shop, seeds, member: Caller) -> None:
    group_id = seeds.group(state="SUCCEEDED", size=2)
    seeds.seat(group_id, member)
    seeds.tell(GroupSucceeded(group_id))


def coupon(shop: Shop, seeds, member: Caller) -> None:
    seeds.tell(CouponExpiring(seeds.coupon(member), member.subject_id))


def refunded(shop: Shop, seeds, member: Caller) -> None:
    order_no = seeds.order(member, state="CLOSED")
    seeds.tell(RefundFinished(seeds.refund(member, order_no), order_no, member.subject_id, 1_230))


CASES = [
    (Template.ORDER_UNPAID, remind, orders, {"state": "TO_SHIP"}, "OUTDATED TO_SHIP"),
    (Template.ORDER_UNPAID, remind, orders, {"state": "CLOSED"}, "OUTDATED CLOSED"),
    (Template.ORDER_UNPAID, remind, orders, {"pay_fen": 1}, "OUTDATED PRICE"),
    (Template.ORDER_PAID, paid, orders, {"state": "CLOSED"}, "OUTDATED CLOSED"),
    (Template.ORDER_SHIPPED, shipped, orders, {"state": "CLOSED"}, "OUTDATED CLOSED"),
    (Template.ORDER_SHIPPED, shipped, orders, {"state": "RECEIVED"}, "OUTDATED RECEIVED"),
    (Template.GROUP_PROGRESS, progressed, groups, {"state": "FAILED"}, "OUTDATED FAILED"),
    (Template.GROUP_PROGRESS, progressed, groups, {"state": "SUCCEEDED"}, "OUTDATED SUCCEEDED"),
    (Template.GROUP_PROGRESS, progressed, group_seats, {"state": "REFUNDED"}, "OUTDATED REFUNDED"),
    (Template.GROUP_PROGRESS, progressed, groups, {"size": 2}, "OUTDATED JOINED"),
    (Template.GROUP_SUCCESS, succeeded, orders, {"state": "CLOSED"}, "OUTDATED CLOSED"),
    (Template.COUPON_EXPIRING, coupon, coupons, {"state": "USED"}, "OUTDATED USED"),
    (Template.COUPON_EXPIRING, coupon, coupons, {"state": "HELD"}, "OUTDATED HELD"),
    (Template.REFUND_DONE, refunded, refunds, {"state": "SENT"}, "OUTDATED"),
]


def composed(shop: Shop, seeds, template: Template, happens: Any) -> Caller:
    member = shop.member()
    seeds.consent(member, template)
    happens(shop, seeds, member)
    shop.relay()
    assert [row.state for row in shop.rows(messages)] == ["PENDING"]
    return member


@pytest.mark.parametrize(("template", "happens", "table", "since", "why"), CASES, ids=[
    f"{template.value} {why}" for template, *_, why in CASES])
def test_what_is_no_longer_true_is_not_sent_and_uses_no_consent(
        shop: Shop, seeds, wechat, template: Template, happens: Any, table: Any, since: dict, why: str):
    composed(shop, seeds, template, happens)
    change(shop, table, **since)
    assert shop.tick(SEND) == {
        "sent": 0, "skipped": 1, "dropped": 0, "failed": 0, "retried": 0, "waits": 0}
    assert wechat.sent == []
    assert [(row.state, row.problem) for row in shop.rows(messages)] == [("SKIPPED", why)]
    assert [row.remaining for row in shop.rows(message_consents)] == [1]


@pytest.mark.parametrize(("template", "happens"), [
    (Template.ORDER_UNPAID, remind), (Template.GROUP_PROGRESS, progressed), (Template.COUPON_EXPIRING, coupon),
], ids=lambda each: getattr(each, "__name__", str(each)))
def test_what_time_has_overtaken_is_not_sent(shop: Shop, seeds, wechat, template: Template, happens: Any):
    composed(shop, seeds, template, happens)
    shop.move(days=8)
    assert shop.tick(SEND)["skipped"] == 1
    assert wechat.sent == []


@pytest.mark.parametrize(("template", "happens"), [
    (Template.ORDER_UNPAID, remind), (Template.ORDER_PAID, paid), (Template.ORDER_SHIPPED, shipped),
    (Template.GROUP_PROGRESS, progressed), (Template.GROUP_SUCCESS, succeeded), (Template.COUPON_EXPIRING, coupon),
    (Template.REFUND_DONE, refunded)], ids=lambda each: getattr(each, "__name__", str(each)))
def test_what_is_true_still_is_sent(shop: Shop, seeds, wechat, template: Template, happens: Any):
    composed(shop, seeds, template, happens)
    assert shop.tick(SEND)["sent"] == 1


def test_a_group_that_failed_is_told_whenever(shop: Shop, seeds, wechat):
    member = shop.member()
    seeds.consent(member, Template.GROUP_FAILED)
    group_id = seeds.group(state="FAILED")
    seeds.seat(group_id, member)
    seeds.tell(GroupFailed(group_id))
    shop.relay()
    change(shop, orders, state="CLOSED")
    assert shop.tick(SEND)["sent"] == 1
