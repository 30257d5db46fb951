"""messaging.send_due_messages (spec I1)."""

from __future__ import annotations

import json

import httpx
import pytest
from mall.adapters.wechat_api import NoConsentLeft, WeChatApi, WeChatApiConfig, WeChatBusy, WeChatRefused
from mall.domains.coupons.rules import CouponExpiring
from mall.domains.group_buys.rules import GroupFailed, GroupProgressed, GroupSucceeded
from mall.domains.messaging.tells import Template
from mall.domains.orders.rules import OrderPaid, OrderShipped
from mall.domains.refunds.requests import RefundRequestRefused
from mall.domains.refunds.rules import RefundFinished
from mall.kit.errors import Unavailable
from mall.kit.ids import new_id
from mall.tables.reach import message_consents, messages
from mall.tables.people import member_identities, shop_settings
from sqlalchemy import delete, update

from tests.support.shop import Caller, Shop

SEND = "messaging.send_due_messages"
NOTHING = {"sent": 0, "skipped": 0, "dropped": 0, "failed": 0, "retried": 0, "waits": 0}


@pytest.fixture
def member(shop: Shop, seeds) -> Caller:
    found = shop.member()
    seeds.consent(found, Template.ORDER_PAID, remaining=2)
    return found


@pytest.fixture
def message(shop: Shop, seeds, member: Caller) -> str:
    """One message that is due; the number of its order."""
    return compose(shop, seeds, member)


def compose(shop: Shop, seeds, member: Caller) -> str:
    order_no = seeds.order(member, state="TO_SHIP")
    seeds.tell(OrderPaid(order_no, "pay_1", member.subject_id, 1_230))
    shop.relay()
    return order_no


def state(shop: Shop) -> list[tuple]:
    return [(row.state, row.problem, row.attempts) for row in shop.rows(messages)]


def remaining(shop: Shop) -> list[int]:
    return [row.remaining for row in shop.rows(message_consents)]


def test_a_message_is_sent_once_and_uses_one_consent(shop: Shop, member: Caller, message: str, wechat):
    assert shop.tick(SEND) == NOTHING | {"sent": 1}
    [(openid, template_id, page, data)] = wechat.sent
    assert (openid, template_id) == (member.openid, "wx-template-order_paid")
    assert page == f"pages/order/order?order_no={message}"
    assert data == shop.rows(messages)[0].fields
    assert state(shop) == [("SENT", None, 1)]
    assert remaining(shop) == [1]
    shop.move(days=1)
    assert shop.tick(SEND) == NOTHING
    assert len(wechat.sent) == 1


def test_without_consent_at_wechat_it_is_skipped_and_ours_is_forgotten(shop: Shop, message: str, wechat):
    wechat.answers = [NoConsentLeft(errcode=43101)]
    assert shop.tick(SEND) == NOTHING | {"skipped": 1}
    assert state(shop) == [("SKIPPED", "NO_CONSENT", 1)]
    assert remaining(shop) == [0]
    shop.move(days=1)
    assert shop.tick(SEND) == NOTHING
    assert len(wechat.sent) == 1


@pytest.mark.parametrize(("problem", "stored"), [
    (WeChatBusy(errcode=45009), "WECHAT_BUSY 45009"), (WeChatRefused(errcode=47003), "WECHAT_REFUSED 47003"),
])
def test_a_used_up_quota_and_a_refusal_are_final(shop: Shop, message: str, wechat, problem, stored):
    wechat.answers = [problem]
    assert shop.tick(SEND) == NOTHING | {"failed": 1}
    assert state(shop) == [("FAILED", stored, 1)]
    assert remaining(shop) == [2]
    shop.move(days=1)
    assert shop.tick(SEND) == NOTHING
    assert len(wechat.sent) == 1


def test_silence_is_tried_again_ever_more_rarely_and_six_times_at_most(shop: Shop, message: str, wechat):
    wechat.answers = [Unavailable() for _ in range(6)]
    waits = []
    for _ in range(6):
        minutes = 0
        while not any((counts := shop.tick(SEND)).values()):
            shop.move(minutes=1)
            minutes += 1
        waits.append((minutes, counts))
    assert [minutes for minutes, _ in waits] == [0, 2, 4, 8, 16, 32]
    assert [counts["retried"] for _, counts in waits] == [1, 1, 1, 1, 1, 0]
    assert waits[-1][1] == NOTHING | {"failed": 1}
    assert state(shop) == [("FAILED", "UNAVAILABLE", 6)]
    assert len(wechat.sent) == 6
    assert remaining(shop) == [2]


def test_after_silence_the_message_still_arrives(shop: Shop, message: str, wechat):
    wechat.answers = [Unavailable()]
    assert shop.tick(SEND) == NOTHING | {"retried": 1}
    shop.move(minutes=2)
    assert shop.tick(SEND) == NOTHING | {"sent": 1}
    assert state(shop) == [("SENT", None, 2)]


def test_a_message_on_which_wechat_is_silent_keeps_no_other_waiting(shop: Shop, seeds, member: Caller, wechat):
    for _ in range(2):
        compose(shop, seeds, member)
    wechat.answers = [Unavailable()]
    assert shop.tick(SEND) == NOTHING | {"retried": 1, "sent": 1}
    assert len(wechat.sent) == 2
    assert shop.tick(SEND) == NOTHING


def test_when_wechat_is_silent_ten_times_on_end_the_tries_of_the_rest_are_saved_up(shop: Shop, seeds, wechat):
    member = shop.member()
    seeds.consent(member, Template.ORDER_PAID, remaining=15)
    for _ in range(15):
        compose(shop, seeds, member)
    wechat.answers = [Unavailable() for _ in range(10)]
    assert shop.tick(SEND) == NOTHING | {"retried": 10}
    assert sorted(row.attempts for row in shop.rows(messages)) == [0] * 5 + [1] * 10
    assert shop.tick(SEND) == NOTHING | {"sent": 5}
    shop.move(minutes=2)
    assert shop.tick(SEND) == NOTHING | {"sent": 10}


def test_four_senders_at_the_same_moment_send_each_message_once(shop: Shop, seeds, member: Caller, wechat):
    numbers = {compose(shop, seeds, member) for _ in range(6)}
    answers = shop.in_parallel(*[lambda: shop.tick(SEND) for _ in range(4)])
    assert sum(answer["sent"] for answer in answers) == 6
    assert sorted(data["character_string1"] for *_, data in wechat.sent) == sorted(numbers)
    assert remaining(shop) == [0]  # two were allowed: never below zero


def test_a_sender_that_died_gives_its_message_back_and_six_dead_senders_end_it(shop: Shop, message: str, wechat):
    wechat.answers = [SystemExit() for _ in range(6)]  # the instance dies while it calls
    for _ in range(6):
        with pytest.raises(SystemExit):
            shop.tick(SEND)
        assert shop.tick(SEND) == NOTHING
        shop.move(minutes=10)
    assert shop.tick(SEND) == NOTHING | {"failed": 1}
    assert state(shop) == [("FAILED", "GIVEN_UP", 7)]
    assert len(wechat.sent) == 6


def test_a_member_without_an_openid_here_and_a_template_that_was_taken_away_are_skipped(
        shop: Shop, seeds, member: Caller, message: str, wechat):
    shop.database.run(lambda tx: tx.write(delete(member_identities)))
    assert shop.tick(SEND) == NOTHING | {"skipped": 1}
    assert state(shop) == [("SKIPPED", "NO_OPENID", 1)]
    seeds.write(member_identities, appid=shop.house.deployment.wechat_appid, openid=new_id("o"),
                member_id=member.subject_id, created_at=shop.now)
    compose(shop, seeds, member)
    shop.database.run(lambda tx: tx.write(delete(shop_settings)))
    assert shop.tick(SEND) == NOTHING | {"skipped": 1}
    assert state(shop)[1] == ("SKIPPED", "TEMPLATE_NOT_SET", 1)
    assert wechat.sent == []


def test_a_consent_given_while_wechat_refused_is_kept(shop: Shop, member: Caller, message: str, wechat):
    def refuse(*_):
        shop.move(seconds=1)
        member.call("messaging.record_subscription", accepted=["order_paid"])
        raise NoConsentLeft(errcode=43101)

    wechat.send_subscribe_message = refuse
    assert shop.tick(SEND) == NOTHING | {"skipped": 1}
    assert remaining(shop) == [3]


def test_every_kind_of_message_reaches_the_inbox_of_a_true_wechat_server(shop: Shop, seeds, wechat_simulator):
    url, account = wechat_simulator
    api = WeChatApi(WeChatApiConfig(appid=account["appid"], secret=account["secret"], base_url=url))
    shop.house.world.put("wechat_api", api)
    openid, member = api.code_to_session(f"sim:{new_id('per')}").openid, shop.member()
    known = {template["name"]: template["template_id"] for template in account["templates"]}
    shop.database.run(lambda tx: (
        tx.write(update(member_identities).values(openid=openid)),
        tx.write(update(shop_settings).values(document=json.dumps({"templates": known})))))
    for template in Template:
        seeds.consent(member, template)
        httpx.post(f"{url}/_sim/consents", json={"openid": openid, "template_id": known[template.value], "times": 1})
    forming, succeeded, failed = seeds.group(), seeds.group(state="SUCCEEDED"), seeds.group(state="FAILED")
    for group_id in (forming, succeeded, failed):
        seeds.seat(group_id, member)
    shipped, refund_no = seeds.order(member, state="SHIPPED"), seeds.refund(member, None)
    for event in (OrderPaid(shipped, "pay_1", member.subject_id, 1_230), OrderShipped(shipped, member.subject_id),
                  GroupProgressed(forming, 2), GroupSucceeded(succeeded), GroupFailed(failed),
                  CouponExpiring(seeds.coupon(member), member.subject_id),
                  RefundFinished(refund_no, None, member.subject_id, 500),
                  RefundRequestRefused(seeds.refused_request(member, shipped), shipped, member.subject_id)):
        seeds.tell(event)
    seeds.order(member, minutes=5)
    shop.tick("messaging.remind_unpaid_orders")
    shop.relay()
    assert shop.tick(SEND) == NOTHING | {"sent": 9}
    inbox = httpx.get(f"{url}/_sim/inbox", params={"openid": openid}).json()["messages"]
    assert sorted(each["template"] for each in inbox) == sorted(known)
    compose(shop, seeds, member)  # a second one of a kind: nothing is allowed any more
    assert shop.tick(SEND) == NOTHING
    assert len(shop.rows(messages, state="SKIPPED")) == 1
