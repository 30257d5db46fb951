"""Messages, clause by clause: what docs/spec.md promises of I1, played over HTTP."""

from __future__ import annotations

import pytest

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
