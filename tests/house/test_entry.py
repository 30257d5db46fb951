"""A unit of several actions: each call goes to the one that it names, whichever way it comes, and to no other."""

from __future__ import annotations

import json
from typing import Any

import pytest
from mall.app import registry
from mall.app.entry import Entry

from infra.local.shapes import HTTP_SHAPES, make_event
from infra.local.wire import Request
from infra.package.plan import units
from infra.package.platforms import SCF
from tests.support.shop import Shop

pytestmark = pytest.mark.spec("L2")

COUNTER = Entry("members_counter", "members.view_profile", "members.list_addresses", "members.sign_out")
ALONE = Entry("orders-place_order", "orders.place_order")
TIMERS = Entry("trade_timers", "orders.close_unpaid_orders", "refunds.send_due_refunds")
LISTENERS = Entry("orders_listeners", "catalog.on_order_paid_count_sold", "messaging.on_event_compose_messages")
CLIENT = {"environment": json.dumps({"TCB_SOURCE": "wx_client", "WX_OPENID": "o", "WX_APPID": "wx1"})}


def over_http(shape: str, path: str, query: str = "") -> tuple[Any, Any]:
    request = Request("POST", path, query, {}, b"{}", "203.0.113.9")
    return make_event(shape, request, registry.find("members.list_addresses"))


def meant(entry: Entry, event: Any, context: Any = None) -> str:
    return entry.action_of(event, context or {}).name


@pytest.mark.parametrize("shape", HTTP_SHAPES)
@pytest.mark.parametrize("path, query", [
    ("/api/members/list_addresses", ""), ("/list_addresses", ""), ("/", "action=members.list_addresses")])
def test_over_http_the_end_of_the_path_names_it_or_the_query_where_the_path_was_cut(shape: str, path: str, query: str):
    assert meant(COUNTER, *over_http(shape, path, query)) == "members.list_addresses"


@pytest.mark.parametrize("context", [CLIENT, {}])
def test_a_cloud_call_names_it_in_a_field(context: dict[str, str]):
    assert meant(COUNTER, {"action": "members.sign_out"}, context) == "members.sign_out"


def test_a_timer_names_it_by_its_trigger_and_the_relay_in_its_message():
    assert meant(TIMERS, {"Type": "Timer", "TriggerName": "refunds-send_due_refunds"}) == "refunds.send_due_refunds"
    assert meant(LISTENERS, {"Type": "Message", "Listener": "messaging.on_event_compose_messages"}) == (
        "messaging.on_event_compose_messages")


@pytest.mark.parametrize("event", [
    {}, {"action": "members.bind_phone"}, {"action": "orders.sign_out"}, {"action": 7}, {"action": ""}, [], None, "x"])
def test_what_names_none_of_its_actions_is_refused(event: Any):
    assert meant(COUNTER, event, CLIENT) == "members_counter.nowhere"


def test_a_client_cannot_name_it_as_a_timer_or_the_relay_does():
    for forged in ({"Type": "Timer", "TriggerName": "members-sign_out"},
                   {"Type": "Message", "Listener": "members.sign_out"},
                   {"httpMethod": "POST", "path": "/api/members/sign_out"}):
        assert meant(COUNTER, forged, CLIENT) == "members_counter.nowhere"


def test_an_action_alone_needs_no_name_and_is_not_called_by_another_ones():
    for event in ({}, {"action": "orders.place_order"}, {"lines": []}):
        assert meant(ALONE, event, CLIENT) == "orders.place_order"
    assert meant(ALONE, *over_http("aws", "/")) == "orders.place_order"
    assert meant(ALONE, {"action": "orders.get_order"}, CLIENT) == "orders-place_order.nowhere"
    assert meant(Entry("ops-relay_outbox", "ops.relay_outbox"), {"Type": "Timer", "TriggerName": "nudge"}) == (
        "ops.relay_outbox")


def test_the_action_answers_through_its_unit_and_the_field_that_names_it_is_no_input(shop: Shop):
    member = shop.member("小明")
    context = {"environment": json.dumps({"TCB_SOURCE": "wx_client", "WX_OPENID": member.openid,
                                          "WX_APPID": shop.house.deployment.wechat_appid})}
    answer = COUNTER({"action": "members.list_addresses"}, context, shop.house)
    assert answer["ok"] is True
    assert answer["data"]["addresses"] == []


def test_a_call_that_names_no_action_is_a_404_and_changes_nothing(shop: Shop):
    before = shop.snapshot()
    answer = COUNTER(*over_http("aws", "/api/members/no_such_thing"), shop.house)
    assert answer["statusCode"] == 404
    assert json.loads(answer["body"])["error"]["code"] == "NO_SUCH_ACTION"
    assert json.loads(answer["body"])["error"]["field"] == "action"
    assert shop.snapshot() == before


def test_no_input_has_a_field_of_the_name_that_names_the_action():
    assert [action.name for action in registry.load().values()
            if action.input and "action" in action.input.model_fields] == []


def test_no_two_actions_of_a_unit_end_alike():
    for unit in units(SCF):
        verbs = [action.name.split(".")[1] for action in unit.actions]
        assert len(verbs) == len(set(verbs)), unit.name
