"""Template messages of the service account (模板消息), and which channel reaches whom (spec I1)."""

from __future__ import annotations

import httpx
import pytest
from mall.adapters.wechat_api import NoConsentLeft, WeChatApiConfig, WeChatRefused
from mall.adapters.wechat_service import NotFollowing, ServiceAccount
from mall.domains.messaging.tells import Template
from mall.domains.orders.rules import OrderPaid
from mall.kit.errors import Unavailable
from mall.kit.ids import new_id
from mall.tables.reach import message_consents, message_days, messages
from mall.tables.people import member_identities, members
from sqlalchemy import update

from infra.local.simulators.wechat_api import identify
from tests.support.push import WEB_APPID
from tests.support.shop import APPID, Caller, Shop

pytestmark = pytest.mark.spec("I1")
SEND = "messaging.send_due_messages"
FIELDS = [{"key": "thing3", "value": "goods"}, {"key": "amount5", "value": "paid_fen"}]


def set_up(shop: Shop) -> None:
    shop.staff().call("messaging.save_template", channel="TEMPLATE", template="order_paid", template_id="wx-service",
                      fields=FIELDS)


def paid(shop: Shop, seeds, member: Caller) -> str:
    order_no = seeds.order(member, state="TO_SHIP")
    seeds.tell(OrderPaid(order_no, "pay_1", member.subject_id, 1_230))
    shop.relay()
    return order_no


def signed_in_there(shop: Shop, seeds, member: Caller, *, following: bool = True) -> None:
    seeds.write(member_identities, appid=WEB_APPID, openid="oService", member_id=member.subject_id,
                created_at=shop.now)
    seeds.follower("oService", following=following)


def state(shop: Shop) -> list[tuple]:
    return [(row.state, row.problem, row.channel) for row in shop.rows(messages)]


@pytest.fixture
def follower(shop: Shop, seeds, wechat, service) -> Caller:
    """Who ordered in the mini program, allowed no message, and follows the service account, which has a template."""
    set_up(shop)
    found = shop.member()
    signed_in_there(shop, seeds, found)
    return found


def test_who_follows_and_allowed_no_message_is_told_by_the_service_account(
        shop: Shop, seeds, wechat, service, follower: Caller):
    order_no = paid(shop, seeds, follower)
    assert shop.tick(SEND)["sent"] == 1
    [row] = shop.rows(messages)
    assert service.sent == [{
        "openid": "oService", "template_id": "wx-service", "once": row.message_id,
        "data": {"thing3": "云南小粒咖啡豆等2件", "amount5": "¥12.30"},
        "mini_program": (APPID, f"pages/order/order?order_no={order_no}")}]
    assert (state(shop), wechat.sent) == ([("SENT", None, "TEMPLATE")], [])
    assert [(day.channel, day.sent) for day in shop.rows(message_days)] == [("TEMPLATE", 1)]


def test_a_follower_is_known_by_the_unionid_too(shop: Shop, seeds, wechat, service):
    set_up(shop)
    member = shop.member()
    shop.database.run(lambda tx: tx.write(update(members).values(unionid="u-1")))
    seeds.follower("oByUnion", unionid="u-1")
    paid(shop, seeds, member)
    assert shop.tick(SEND)["sent"] == 1
    assert [each["openid"] for each in service.sent] == ["oByUnion"]


@pytest.mark.parametrize("why", ["follows no longer", "no template", "no service account"])
def test_whom_no_channel_reaches_is_not_told_and_the_row_says_so(shop: Shop, seeds, wechat, service, why):
    if why != "no template":
        set_up(shop)
    member = shop.member()
    signed_in_there(shop, seeds, member, following=why != "follows no longer")
    if why == "no service account":
        shop.house.world.deployment = shop.house.deployment
    paid(shop, seeds, member)
    assert state(shop) == [("SKIPPED", "NO_CONSENT", "SUBSCRIBE")]
    assert (wechat.sent, service.sent) == ([], [])


@pytest.mark.parametrize(("channels", "by"), [
    (["SUBSCRIBE", "TEMPLATE"], "SUBSCRIBE"), (["TEMPLATE", "SUBSCRIBE"], "TEMPLATE"), (["SUBSCRIBE"], "SUBSCRIBE"),
    (["TEMPLATE"], "TEMPLATE")])
def test_the_shop_says_which_channel_comes_first(
        shop: Shop, seeds, wechat, service, follower: Caller, channels: list[str], by: str):
    shop.staff().call("staff.save_settings", version=1, changes={"message_channels": channels})
    seeds.consent(follower, Template.ORDER_PAID)
    paid(shop, seeds, follower)
    assert shop.tick(SEND)["sent"] == 1
    assert state(shop) == [("SENT", None, by)]
    assert (len(wechat.sent), len(service.sent)) == ((1, 0) if by == "SUBSCRIBE" else (0, 1))
    assert [row.remaining for row in shop.rows(message_consents)] == [0 if by == "SUBSCRIBE" else 1]


def test_where_wechat_says_that_no_consent_is_left_the_next_channel_is_tried_with_the_next_fire(
        shop: Shop, seeds, wechat, service, follower: Caller):
    seeds.consent(follower, Template.ORDER_PAID)
    paid(shop, seeds, follower)
    wechat.answers = [NoConsentLeft(errcode=43101)]
    assert shop.tick(SEND)["waits"] == 1
    assert state(shop) == [("PENDING", "NO_CONSENT", "TEMPLATE")]
    assert shop.tick(SEND)["sent"] == 1
    assert state(shop) == [("SENT", None, "TEMPLATE")]
    assert (len(wechat.sent), len(service.sent)) == (1, 1)
    assert [row.remaining for row in shop.rows(message_consents)] == [0]


def test_who_follows_no_longer_is_told_by_the_mini_program_where_that_comes_next(
        shop: Shop, seeds, wechat, service, follower: Caller):
    shop.staff().call("staff.save_settings", version=1, changes={"message_channels": ["TEMPLATE", "SUBSCRIBE"]})
    seeds.consent(follower, Template.ORDER_PAID)
    paid(shop, seeds, follower)
    service.answers = [NotFollowing(errcode=43004)]
    assert shop.tick(SEND)["waits"] == 1
    assert shop.tick(SEND)["sent"] == 1
    assert (state(shop), len(wechat.sent)) == ([("SENT", None, "SUBSCRIBE")], 1)


def test_the_last_channel_that_does_not_reach_ends_it(shop: Shop, seeds, service, follower: Caller):
    paid(shop, seeds, follower)
    service.answers = [NotFollowing(errcode=43004)]
    assert shop.tick(SEND)["skipped"] == 1
    assert state(shop) == [("SKIPPED", "NOT_FOLLOWING", "TEMPLATE")]


def test_silence_is_tried_again_under_the_same_number(shop: Shop, seeds, service, follower: Caller):
    paid(shop, seeds, follower)
    service.answers = [Unavailable()]
    assert shop.tick(SEND)["retried"] == 1
    shop.move(minutes=2)
    assert shop.tick(SEND)["sent"] == 1
    assert len({each["once"] for each in service.sent}) == 1


def test_a_template_at_fault_is_a_case_of_its_own_until_it_is_saved_anew(
        shop: Shop, seeds, service, follower: Caller):
    paid(shop, seeds, follower)
    service.answers = [WeChatRefused(errcode=47003, key="thing3")]
    assert shop.tick(SEND)["failed"] == 1
    staff = shop.staff()
    [case] = staff.call("ops.list_cases")["items"]
    assert (case["reference"], case["data"]["template_id"], case["data"]["key"]) == (
        "order_paid@service", "wx-service", "thing3")
    staff.call("messaging.save_template", template="order_paid", template_id="wx-mine", fields=FIELDS)
    assert len(staff.call("ops.list_cases")["items"]) == 1  # the other channel's template mends nothing
    staff.call("messaging.save_template", channel="TEMPLATE", template="order_paid", template_id="wx-2",
               fields=FIELDS, version=1)
    assert staff.call("ops.list_cases")["items"] == []


def test_both_channels_are_listed_each_with_its_version(shop: Shop, service):
    set_up(shop)
    listed = shop.staff().call("messaging.list_own_templates")
    [own] = [each for each in listed["service_items"] if each["template"] == "order_paid"]
    assert (own["version"], own["template_id"], own["active"]) == (1, "wx-service", True)
    assert {each["active"] for each in listed["service_items"] if each["template"] != "order_paid"} == {False}
    assert {each["version"] for each in listed["items"]} == {None}


def test_a_true_wechat_server_takes_it_once_and_tells_who_a_follower_is(wechat_simulator):
    url, account = wechat_simulator
    person = new_id("per")
    openid = httpx.post(f"{url}/_sim/follow", json={"person": person}).json()["openid"]
    fields = [{"key": "thing3", "label": "商品"}]
    template_id = httpx.post(f"{url}/_sim/templates", json={
        "title": "通知", "account": "service", "fields": fields}).json()["template_id"]
    api = ServiceAccount(WeChatApiConfig(appid=account["web_appid"], secret=account["web_secret"], base_url=url))

    def send(data: dict[str, str]) -> None:
        api.send_template_message(openid, template_id, data, mini_program=(account["appid"], "pages/a?b=1"), once="m1")

    for _ in range(2):
        send({"thing3": "咖啡"})
    told = httpx.get(f"{url}/_sim/inbox", params={"openid": openid}).json()["messages"]
    assert [(each["data"], each["page"]) for each in told] == [({"thing3": "咖啡"}, "pages/a?b=1")]
    with pytest.raises(WeChatRefused) as caught:
        send({"thing4": "咖啡"})
    assert (caught.value.data["errcode"], caught.value.data["key"]) == (47003, "thing3")
    assert api.unionid_of(openid) == identify(person, account["appid"])["unionid"]
    httpx.post(f"{url}/_sim/follow", json={"person": person, "follows": False})
    assert api.unionid_of(openid) is None
    with pytest.raises(NotFollowing):
        send({"thing3": "咖啡"})
