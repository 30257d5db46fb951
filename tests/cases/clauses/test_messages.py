"""Messages, clause by clause: what docs/spec.md promises of I1, played over HTTP."""

from __future__ import annotations

import pytest

from infra.local.demo.stage import set_settings
from tests.cases.town import Town

FIELDS = [{"key": "thing7", "value": "goods"}, {"key": "amount2", "value": "paid_fen"}]


def own_template(town: Town, fields: list[dict]) -> str:
    made = town.wechat.post("/_sim/templates", json={"title": "付款成功", "fields": [
        {"key": each["key"], "label": each["key"]} for each in fields]})
    return made.json()["template_id"]


def saved(town: Town, template: str, fields: list[dict], template_id: str | None = None) -> str:
    """The template by which messages of this kind go out from now on."""
    template_id = template_id or own_template(town, fields)
    found = {each["template"]: each for each in town.staff.call("messaging.list_own_templates")["items"]}
    town.staff.call("messaging.save_template", template=template, template_id=template_id, fields=fields,
                    version=found[template]["version"])
    return template_id


@pytest.mark.clause("I1", "consent counted per template", "messaging.record_subscription")
def test_consent_is_counted_per_template(town: Town):
    buyer = town.someone()
    town.allow_messages(buyer, "order_paid", "order_shipped")
    counted = buyer.call("messaging.record_subscription", accepted=["order_paid"])["remaining"]
    assert counted == {"order_paid": 2, "order_shipped": 1}


@pytest.mark.clause("I1", "one message once", "messaging.send_due_messages")
def test_one_message_once_by_the_merchants_own_template(town: Town):
    template_id, buyer, sku_id = saved(town, "order_paid", FIELDS), town.someone(), town.shelf()
    town.allow_messages(buyer, "order_paid")
    town.allow_messages(buyer, "order_paid")
    town.paid(buyer, sku_id)
    for _ in range(2):
        town.until("the message arrived", lambda: town.inbox(buyer), [template_id])
    got = town.wechat.get("/_sim/inbox", params={"openid": town.openid(buyer)}).json()["messages"]
    assert [each["data"] for each in got] == [{"thing7": "案例商品", "amount2": "¥99.00"}]


@pytest.mark.clause("I1", "failures retried, but a template that WeChat refuses is a case", "messaging.save_template")
def test_a_template_that_wechat_refuses_is_a_case_and_not_tried_again(town: Town):
    real = own_template(town, [{"key": "thing7"}, {"key": "phrase9"}])
    saved(town, "order_paid", FIELDS, real)  # phrase9 is forgotten
    buyer, sku_id = town.someone(), town.shelf()
    town.allow_messages(buyer, "order_paid")
    town.paid(buyer, sku_id)
    town.until("the case is open", lambda: (town.inbox(buyer), town.cases("order_paid"))[1], ["MESSAGE_TEMPLATE_WRONG"])
    [case] = [each for each in town.staff.call("ops.list_cases")["items"] if each["reference"] == "order_paid"]
    assert (case["data"]["template_id"], case["data"]["errcode"], case["data"]["key"]) == (real, 47003, "phrase9")
    saved(town, "order_paid", FIELDS)
    assert town.cases("order_paid") == []


@pytest.mark.clause("I1", "failures retried", "messaging.send_due_messages")
def test_what_wechat_was_too_busy_for_arrives_later_and_once(town: Town):
    buyer = town.someone()
    [template_id] = town.allow_messages(buyer, "order_paid")
    town.wechat.put("/_sim/faults", json={"rules": [{
        "at": "/cgi-bin/message/subscribe/send", "do": "busy", "times": 2, "openid": town.openid(buyer)}]})
    town.paid(buyer, town.shelf())
    town.until("WeChat was asked", lambda: (town.inbox(buyer), _busy_left(town))[1] < 2, True)
    assert town.inbox(buyer) == []

    def later() -> list[str]:
        town.later(20)
        return town.inbox(buyer)

    town.until("it arrived", later, [template_id])
    assert later() == [template_id]


def _busy_left(town: Town) -> int:
    return sum(each["times"] or 0 for each in town.wechat.get("/_sim/faults").json()["rules"])


@pytest.mark.clause("I1", "a field that does not fit is refused when it is saved", "messaging.save_template")
def test_a_field_that_does_not_fit_is_refused(town: Town):
    refused = town.refusal(lambda: saved(town, "order_paid", [{"key": "phrase1", "value": "goods"}], "wx-any"))
    assert refused == (400, "MESSAGE_FIELD_UNFIT")


@pytest.mark.clause("I1", "WeChat's push is verified, and counts once", "messaging.receive_push")
def test_wechats_push_is_verified_and_counts_once(town: Town):
    assert town.wechat.post("/_sim/push/verify", json={}).json()["good"] is True
    assert town.wechat.post("/_sim/push/verify", json={"wrong": True}).json() == {"status": 401, "good": False}
    for mode in ("secure", "compatible"):
        for form in ("json", "xml"):
            town.wechat.put("/_sim/push/setup", json={"mode": mode, "format": form}).raise_for_status()
            told = town.wechat.post("/_sim/push", json={"text": "在吗", "person": "小推", "times": 2}).json()
            assert told["answers"] == [{"status": 200, "body": "success"}] * 2
    town.wechat.put("/_sim/push/setup", json={"mode": "plain"}).raise_for_status()
    refused = town.wechat.post("/_sim/push", json={"text": "在吗", "person": "小推", "times": 1}).json()
    assert refused["answers"][0]["status"] == 401
    town.wechat.put("/_sim/push/setup", json={"mode": "secure", "format": "json"}).raise_for_status()


SHIPPED = [{"key": "character_string2", "value": "tracking_no"}, {"key": "thing4", "value": "goods"}]


def shipped(town: Town, buyer, number: int) -> None:
    placed, _ = town.paid(buyer, town.shelf(), delivery="EXPRESS")
    town.staff.call("fulfilment.ship_orders", parcels=[
        {"order_no": placed["order_no"], "carrier": "SF", "tracking_no": f"SF{town.run}{number}"}])


@pytest.mark.clause("I1", "template messages of the service account, where no subscribe message is allowed",
                    "messaging.save_template", "messaging.learn_followers", "messaging.send_due_messages")
def test_a_follower_is_told_by_the_service_account(town: Town):
    made = town.wechat.post("/_sim/templates", json={"title": "发货", "account": "service", "fields": [
        {"key": each["key"], "label": each["key"]} for each in SHIPPED]}).json()["template_id"]
    before = {each["template"]: each for each in town.staff.call("messaging.list_own_templates")["service_items"]}
    town.staff.call("messaging.save_template", channel="TEMPLATE", template="order_shipped", template_id=made,
                    fields=SHIPPED, version=before["order_shipped"]["version"])
    buyer = town.someone()
    openid = town.wechat.post("/_sim/follow", json={"person": buyer.code}).json()["openid"]
    town.wechat.post("/_sim/push", json={"event": "subscribe", "person": buyer.code, "account": "service"})
    town.mall.tick("messaging.learn_followers")
    shipped(town, buyer, 31)

    def arrived() -> list[str]:
        town.inbox(buyer)
        told = town.wechat.get("/_sim/inbox", params={"openid": openid}).json()["messages"]
        return [each["template_id"] for each in told]

    town.until("it arrived", arrived, [made])


@pytest.mark.clause("I1", "quiet hours", "staff.save_settings", "messaging.send_due_messages")
def test_in_the_quiet_hours_only_what_is_urgent_goes_out(town: Town):
    buyer = town.someone()
    wanted = town.allow_messages(buyer, "order_paid", "order_shipped")
    set_settings(town.staff, {"quiet_from": "00:01", "quiet_until": "00:00"})
    shipped(town, buyer, 32)
    town.until("paid is told", lambda: town.inbox(buyer), wanted[:1])
    set_settings(town.staff, {"quiet_from": None, "quiet_until": None})
    town.later(24 * 60)
    town.until("shipped is told in the morning", lambda: town.inbox(buyer), sorted(wanted))


@pytest.mark.clause("I1", "daily caps; what is dropped is counted", "messaging.send_due_messages",
                    "messaging.list_own_templates")
def test_one_too_many_in_a_day_is_dropped_and_counted(town: Town):
    buyer = town.someone()

    def dropped() -> int:
        listed = town.staff.call("messaging.list_own_templates")["items"]
        return next(each["dropped_today"] for each in listed if each["template"] == "order_paid")

    set_settings(town.staff, {"message_member_day_most": 1})
    before = dropped()
    for _ in range(2):
        [template_id] = town.allow_messages(buyer, "order_paid")
        town.paid(buyer, town.shelf())
        town.until("one arrived", lambda: town.inbox(buyer), [template_id])
    town.until("the other is counted", dropped, before + 1)
    set_settings(town.staff, {"message_member_day_most": None})
