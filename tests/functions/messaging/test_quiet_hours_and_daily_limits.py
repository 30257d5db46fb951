"""When a message waits for the morning, and when it is one too many that day (messaging.send_due_messages, spec I1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from mall.domains.messaging.tells import Template
from mall.domains.orders.rules import OrderPaid, OrderShipped
from mall.kit.zone import SHANGHAI
from mall.tables.reach import message_consents, message_days, messages
from mall.tables.trade import orders
from sqlalchemy import update

from tests.functions.messaging.conftest import TEMPLATES
from tests.support.shop import Caller, Shop, refused

pytestmark = pytest.mark.spec("I1")
SEND = "messaging.send_due_messages"
NOTHING = {"sent": 0, "skipped": 0, "dropped": 0, "failed": 0, "retried": 0, "waits": 0}


def settings(shop: Shop, **changes) -> None:
    shop.staff().call("staff.save_settings", version=1, changes=changes)


def at(shop: Shop, hour: int) -> None:
    """Go on to the next day's hour, by the shop's clock."""
    here = shop.now.astimezone(SHANGHAI)
    then = (here + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0)
    shop.move(seconds=(then - here).total_seconds())


@pytest.fixture
def member(shop: Shop, seeds) -> Caller:
    found = shop.member()
    for template in (Template.ORDER_PAID, Template.ORDER_SHIPPED):
        seeds.consent(found, template, remaining=50)
    return found


def paid(shop: Shop, seeds, member: Caller) -> None:
    seeds.tell(OrderPaid(seeds.order(member, state="TO_SHIP"), "pay_1", member.subject_id, 1_230))
    shop.relay()


def shipped(shop: Shop, seeds, member: Caller) -> str:
    order_no = seeds.order(member, state="SHIPPED")
    seeds.tell(OrderShipped(order_no, member.subject_id))
    shop.relay()
    return order_no


def test_what_is_not_urgent_waits_until_the_morning_and_is_no_try(shop: Shop, seeds, member: Caller, wechat):
    settings(shop, quiet_from="22:00", quiet_until="08:00")
    at(shop, 23)
    shipped(shop, seeds, member)
    paid(shop, seeds, member)
    assert shop.tick(SEND) == NOTHING | {"sent": 1, "waits": 1}
    assert [template_id for _, template_id, *_ in wechat.sent] == [TEMPLATES["order_paid"]]
    assert shop.tick(SEND) == NOTHING
    [row] = shop.rows(messages, template="order_shipped")
    assert (row.state, row.attempts, row.send_at.astimezone(SHANGHAI).hour) == ("PENDING", 0, 8)
    shop.move(hours=8, minutes=50)
    assert shop.tick(SEND) == NOTHING
    shop.move(minutes=11)
    assert shop.tick(SEND) == NOTHING | {"sent": 1}


def test_in_the_morning_it_is_decided_again(shop: Shop, seeds, member: Caller, wechat):
    settings(shop, quiet_from="22:00", quiet_until="08:00")
    at(shop, 3)
    order_no = shipped(shop, seeds, member)
    assert shop.tick(SEND) == NOTHING | {"waits": 1}
    shop.database.run(lambda tx: tx.write(
        update(orders).where(orders.c.order_no == order_no).values(state="RECEIVED")))
    shop.move(hours=6)
    assert shop.tick(SEND) == NOTHING | {"skipped": 1}
    assert [row.problem for row in shop.rows(messages)] == ["OUTDATED RECEIVED"]
    assert wechat.sent == []


def test_the_shop_says_what_is_urgent(shop: Shop, seeds, member: Caller, wechat):
    settings(shop, quiet_from="22:00", quiet_until="08:00", messages_at_night=["order_shipped"])
    at(shop, 23)
    shipped(shop, seeds, member)
    paid(shop, seeds, member)
    assert shop.tick(SEND) == NOTHING | {"sent": 1, "waits": 1}
    assert [template_id for _, template_id, *_ in wechat.sent] == [TEMPLATES["order_shipped"]]


def test_one_too_many_of_a_kind_in_a_day_is_dropped_counted_and_shown(shop: Shop, seeds, member: Caller, wechat):
    settings(shop, message_member_day_most=2)
    at(shop, 12)
    for _ in range(4):
        paid(shop, seeds, member)
    shipped(shop, seeds, member)
    assert shop.tick(SEND) == NOTHING | {"sent": 3, "dropped": 2}
    assert [row.problem for row in shop.rows(messages, state="SKIPPED")] == ["DAILY_CAP"] * 2
    assert sorted(row.remaining for row in shop.rows(message_consents)) == [48, 49]
    shown = {each["template"]: (each["sent_today"], each["dropped_today"])
             for each in shop.staff().call("messaging.list_own_templates")["items"]}
    assert (shown["order_paid"], shown["order_shipped"], shown["refund_done"]) == ((2, 2), (1, 0), (0, 0))
    at(shop, 9)
    paid(shop, seeds, member)
    assert shop.tick(SEND) == NOTHING | {"sent": 1}


def test_a_members_limit_is_exact_however_many_send(shop: Shop, seeds, member: Caller, wechat):
    settings(shop, message_member_day_most=3)
    at(shop, 12)
    for _ in range(8):
        paid(shop, seeds, member)
    answers = shop.in_parallel(*[lambda: shop.tick(SEND) for _ in range(4)])
    assert (sum(each["sent"] for each in answers), sum(each["dropped"] for each in answers)) == (3, 5)
    assert len(wechat.sent) == 3
    assert [(row.sent, row.dropped) for row in shop.rows(message_days)] == [(3, 5)]


def test_a_members_limit_holds_where_the_shops_clock_was_moved_for_days(shop: Shop, seeds, member: Caller, wechat):
    settings(shop, message_member_day_most=1)
    shop.move(days=30)
    for expected in ({"sent": 1}, {"dropped": 1}):
        paid(shop, seeds, member)
        assert shop.tick(SEND) == NOTHING | expected


def test_the_limit_of_all_is_of_one_kind(shop: Shop, seeds, member: Caller, wechat):
    settings(shop, message_day_most=1)
    at(shop, 12)
    other = shop.member("小明")
    seeds.consent(other, Template.ORDER_PAID)
    for each in (member, other):
        paid(shop, seeds, each)
    shipped(shop, seeds, member)
    assert shop.tick(SEND) == NOTHING | {"sent": 2, "dropped": 1}


@pytest.mark.parametrize(("name", "value"), [
    ("quiet_from", "24:00"), ("quiet_until", "8:00"), ("messages_at_night", ["gossip"]),
    ("message_channels", ["TEMPLATE", "TEMPLATE"]), ("message_channels", [])])
def test_hours_that_are_no_hours_and_a_channel_named_twice_are_refused(shop: Shop, name: str, value):
    with refused("BAD_SETTING", status=400) as caught:
        settings(shop, **{name: value})
    assert caught[0].field.split(".")[0] == name
