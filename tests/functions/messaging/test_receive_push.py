"""messaging.receive_push (spec I1): WeChat's message push, from the check of the address to what follows from each."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest
from mall.domains.messaging.tells import Template
from mall.tables.reach import followers, message_consents, push_notes
from mall.tables.people import member_identities, shop_settings
from mall.tables.trade import cases
from sqlalchemy import select, update

from tests.support import seed, trade
from tests.support.push import ACTION, WEB_APPID, event_of, happened, push, pushed, verify
from tests.support.shop import Shop

SAID = {"ToUserName": "gh_1", "FromUserName": "openid-xiaohong", "CreateTime": 1_780_000_000, "MsgType": "text",
        "Content": "什么时候发货 <&>", "MsgId": 23_456_789_012_345_678}
GOOD = (200, "success")


@pytest.fixture(autouse=True)
def service_account(shop: Shop) -> None:
    set_up(shop, wechat_web_appid=WEB_APPID)


def set_up(shop: Shop, **changed: str) -> None:
    shop.house.deployment = replace(shop.house.deployment, **changed)
    shop.house.world.deployment = shop.house.deployment
    shop.house.world._open.pop("wechat_push", None)


def by_push(shop: Shop) -> None:
    """WeChat's push is what counts consents."""
    [row] = shop.rows(shop_settings)
    document = row.document[:-1] + ', "consents_by_push": true}'
    shop.database.run(lambda tx: tx.write(update(shop_settings).values(document=document)))


def kinds(shop: Shop) -> list[str]:
    return [row.kind for row in shop.rows(push_notes)]


def test_the_address_is_verified_by_the_echo_and_a_stranger_hears_nothing(shop: Shop):
    before = shop.snapshot()
    assert verify(shop) == (200, "27182818")
    assert verify(shop, "wrong")[0] == 401
    assert verify(shop, now=int(time.time()) - 3_600)[0] == 401
    assert shop.send(ACTION, event_of("GET", {}))["statusCode"] == 401
    assert shop.snapshot() == before


@pytest.mark.parametrize("encoding", ["xxx", "rot13"])
def test_a_stranger_who_names_a_decoder_is_refused_as_any_other(shop: Shop, encoding: str):
    before = shop.snapshot()
    body = f'<?xml version="1.0" encoding="{encoding}"?><xml/>'.encode()
    answer = shop.send(ACTION, event_of("POST", {"encrypt_type": "aes", "msg_signature": "x"}, body))
    assert (answer["statusCode"], shop.snapshot()) == (400, before)


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("mode", ["secure", "compatible", "plain"])
def test_in_every_mode_and_format_a_message_is_read_and_kept_once(shop: Shop, mode: str, form: str):
    set_up(shop, wechat_push_mode=mode)
    assert [push(shop, SAID, mode=mode, form=form) for _ in range(3)] == [GOOD] * 3
    [row] = shop.rows(push_notes)
    assert (row.kind, row.openid, row.subject) == ("text", "openid-xiaohong", None)
    assert row.document["Content"] == "什么时候发货 <&>"
    assert row.happened_at == datetime.fromtimestamp(1_780_000_000, timezone.utc)


def test_what_a_person_wrote_is_sealed_in_the_row(shop: Shop):
    push(shop, SAID)
    raw = shop.database.link()
    cursor = raw._cursor if shop.database.kind == "sqlite" else raw._cursor()
    cursor.execute("SELECT document FROM push_notes")
    assert "什么时候" not in str(cursor.fetchall())


@pytest.mark.parametrize("how", [
    {"push_token": "BBBBB"}, {"push_aes_key": "z" * 43}, {"appid": "wxanother"}, {"mode": "plain"},
    {"now": 1_700_000_000},
], ids=lambda how: next(iter(how)))
def test_what_does_not_verify_is_refused_and_nothing_is_written(shop: Shop, how: dict[str, Any]):
    before = shop.snapshot()
    assert push(shop, SAID, **how)[0] == 401
    assert shop.snapshot() == before


def test_another_body_under_a_good_signature_is_refused(shop: Shop):
    good, other = pushed(SAID), pushed({**SAID, "Content": "别的"})
    before = shop.snapshot()
    assert shop.send(ACTION, {**good, "body": other["body"]})["statusCode"] == 401
    assert shop.snapshot() == before


def test_a_mall_that_has_not_set_the_push_up_believes_nobody(shop: Shop):
    set_up(shop, wechat_push_mode="off")
    assert [verify(shop)[0], push(shop, SAID)[0], push(shop, SAID, mode="plain")[0]] == [401, 401, 401]


@pytest.mark.parametrize("body", [
    b"<!DOCTYPE x [<!ENTITY a 'b'>]><xml><MsgType>&a;</MsgType></xml>", b"<xml><a>", b"{", b"[1]", b"<xml></xml>",
    b"<xml>" + b"<a>" * 50 + b"</a>" * 50 + b"</xml>", b'{"MsgType":"event","FromUserName":"o","CreateTime":1}',
    b'{"MsgType":"text","FromUserName":"o","CreateTime":99999999999999}',
])
def test_what_is_no_message_is_refused_and_nothing_is_written(shop: Shop, body: bytes):
    set_up(shop, wechat_push_mode="plain")
    event = pushed(SAID, mode="plain")
    before = shop.snapshot()
    answer = shop.send(ACTION, event_of("POST", event["queryStringParameters"], body))
    assert (answer["statusCode"], answer["body"]) == (400, '{"code":"FAIL","message":"失败"}')
    assert shop.snapshot() == before


def test_an_event_that_nobody_knows_is_noted_and_answered_well(shop: Shop):
    assert push(shop, happened("weapp_audit_fancy", SuccTime=1)) == GOOD
    assert kinds(shop) == ["event.weapp_audit_fancy"]


def test_the_same_push_at_the_same_moment_counts_once(shop: Shop, seeds):
    member = shop.member()
    by_push(shop)
    told = happened("subscribe_msg_popup_event", member.openid, List=[
        {"TemplateId": "wx-template-order_paid", "SubscribeStatusString": "accept", "PopupScene": "2"}])
    assert shop.in_parallel(*[lambda: push(shop, told) for _ in range(3)]) == [GOOD] * 3
    assert [row.remaining for row in shop.rows(message_consents)] == [1]


# consents

@pytest.mark.parametrize("form", ["json", "xml"])
def test_consents_are_counted_as_wechat_tells_them(shop: Shop, form: str):
    member = shop.member()
    by_push(shop)
    answers = [{"TemplateId": "wx-template-order_paid", "SubscribeStatusString": "accept", "PopupScene": "2"},
               {"TemplateId": "wx-template-order_shipped", "SubscribeStatusString": "reject", "PopupScene": "2"},
               {"TemplateId": "wx-nobodys", "SubscribeStatusString": "accept", "PopupScene": "2"}]
    push(shop, happened("subscribe_msg_popup_event", member.openid, List=answers), form=form)
    push(shop, happened("subscribe_msg_popup_event", member.openid, 1_780_000_001, List=answers[0]), form=form)
    assert [(row.template, row.remaining) for row in shop.rows(message_consents)] == [("order_paid", 2)]
    assert member.call("messaging.record_subscription", accepted=["order_paid"]) == {"remaining": {"order_paid": 2}}
    off = {"TemplateId": "wx-template-order_paid", "SubscribeStatusString": "reject"}
    push(shop, happened("subscribe_msg_change_event", member.openid, 1_780_000_002, List=[off]), form=form)
    assert [row.remaining for row in shop.rows(message_consents)] == [0]


def test_where_the_client_counts_consents_the_push_is_only_noted(shop: Shop, seeds):
    member = shop.member()
    seeds.consent(member, Template.ORDER_PAID, remaining=1)
    push(shop, happened("subscribe_msg_popup_event", member.openid, List=[
        {"TemplateId": "wx-template-order_paid", "SubscribeStatusString": "accept", "PopupScene": "2"}]))
    assert [row.remaining for row in shop.rows(message_consents)] == [1]
    assert kinds(shop) == ["event.subscribe_msg_popup_event"]


def test_each_sent_message_tells_of_itself(shop: Shop):
    for number in (1, 2, 2):
        push(shop, happened("subscribe_msg_sent_event", List={"TemplateId": "t", "MsgID": str(number),
                                                             "ErrorCode": "0", "ErrorStatus": "success"}))
    assert len(shop.rows(push_notes)) == 2


# followers

def test_who_follows_is_known_with_the_time_and_joined_to_the_member(shop: Shop):
    member = shop.member()
    shop.database.run(lambda tx: tx.insert(member_identities, appid=WEB_APPID, openid="oWeb", created_at=shop.now,
                                           member_id=member.subject_id))
    first, left, again = 1_780_000_000, 1_780_000_100, 1_780_000_200

    def told(event: str, at: int, **more: Any) -> None:
        assert push(shop, happened(event, "oWeb", at, **more), service=True) == GOOD

    def known() -> tuple:
        [row] = shop.rows(followers)
        return (row.following, *(int(each.timestamp()) for each in (row.first_followed_at, row.followed_at)), row.scene)

    told("subscribe", first, EventKey="qrscene_store-1", Ticket="t")
    assert known() == (True, first, first, "store-1")
    told("unsubscribe", left)
    assert known() == (False, first, first, "store-1")
    told("subscribe", again, EventKey="")
    assert known() == (True, first, again, "")
    told("unsubscribe", left + 50)  # late: what came after it is known
    assert known() == (True, first, again, "")
    assert shop.rows(followers)[0].appid == WEB_APPID


def test_a_plain_push_of_the_service_account_says_so_in_its_address(shop: Shop):
    set_up(shop, wechat_push_mode="plain")
    event = pushed(happened("subscribe", "oWeb"), mode="plain")
    event["queryStringParameters"]["account"] = "service"
    assert shop.send(ACTION, event)["body"] == "success"
    assert [row.appid for row in shop.rows(followers)] == [WEB_APPID]


# orders

def test_wechats_warning_that_an_order_was_not_shipped_is_a_case_until_it_is_shipped(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    order_no = trade.paid_order(shop, member, goods.sku_id)
    payment_no = trade.order(shop, order_no).payment_no
    told = happened("trade_manage_remind_shipping", "gh_1", transaction_id="420000", merchant_id="1900000001",
                    merchant_trade_no=payment_no, pay_time=1_780_000_000, msg="请尽快发货")
    assert push(shop, told) == push(shop, {**told, "CreateTime": 1_780_086_400}) == GOOD
    [case] = shop.rows(cases, kind="SHIPPING_OVERDUE")
    assert (case.reference, case.data) == (order_no, {"order_no": order_no, "payment_no": payment_no})
    trade.ship(shop, order_no, "SF", "SF0000000000001")
    push(shop, {**told, "CreateTime": 1_780_172_800})
    assert len(shop.rows(cases, kind="SHIPPING_OVERDUE")) == 1


def test_settlements_and_content_checks_are_kept_by_what_they_are_about(shop: Shop):
    push(shop, happened("trade_manage_order_settlement", "gh_1", merchant_trade_no="pay_1", settlement_time=1))
    push(shop, happened("trade_manage_order_settlement", "gh_1", merchant_trade_no="pay_2", settlement_time=1))
    push(shop, happened("wxa_media_check", "gh_1", trace_id="trace-1", result={"suggest": "risky", "label": 20002}))
    push(shop, happened("TEMPLATESENDJOBFINISH", "oWeb", MsgID=200163840, Status="failed:user block"), service=True)
    push(shop, happened("user_enter_tempsession", "openid-xiaohong", SessionFrom="order"))
    found = shop.database.read(lambda tx: tx.all(select(push_notes.c.kind, push_notes.c.subject).order_by(
        push_notes.c.push_id)))
    assert [tuple(row) for row in found] == [
        ("event.trade_manage_order_settlement", "pay_1"), ("event.trade_manage_order_settlement", "pay_2"),
        ("event.wxa_media_check", "trace-1"), ("event.TEMPLATESENDJOBFINISH", "200163840"),
        ("event.user_enter_tempsession", "order")]
