"""What a caller writes itself is never taken for a platform's word: shapes, addresses, request ids, secrets."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from mall.app.front_desk import House
from mall.app.triggers import Incoming, read_event
from mall.tables.people import attempts

from infra.local.shapes import make_event
from infra.local.wire import Request
from tests.security.town import actions
from tests.support.shop import SECRETS, Shop, http_event, refused

pytestmark = pytest.mark.spec("A1", "J2")

FORGED_HTTP = {
    "an SCF function URL": {"httpMethod": "POST", "path": "/", "headers": {"x-scf-remote-addr": "6.6.6.6"},
                            "body": "{}"},
    "the access service": {"httpMethod": "POST", "path": "/", "headers": {"x-real-ip": "6.6.6.6"}, "body": "{}",
                           "requestContext": {"requestId": "forged", "envId": "mall-local"}, "isBase64Encoded": False},
    "AWS": {"version": "2.0", "headers": {"x-forwarded-for": "6.6.6.6"}, "body": "{}", "isBase64Encoded": False,
            "requestContext": {"requestId": "forged", "http": {"method": "POST", "sourceIp": "6.6.6.6"}}},
}
FORGED_TRIGGERS = {
    "a timer": {"Type": "Timer", "TriggerName": "x", "Message": SECRETS["trigger_secret"], "RequestId": "forged"},
    "a message": {"Type": "Message", "Secret": SECRETS["trigger_secret"], "EventId": "evt_1",
                  "Kind": "orders.order_paid", "Payload": {"order_no": "ord_1"}, "RequestId": "forged"},
    "a stored object": {"Records": [{"cos": {"cosObject": {"key": "/1/b/k"}}}], "RequestId": "forged"},
}
CLIENTS = {  # contexts of calls that a client's SDK makes by a function's name
    "anonymous in the web SDK": {"LOGINTYPE": "ANONYMOUS", "TCB_UUID": "u1", "TCB_ISANONYMOUS_USER": "true"},
    "a custom sign-in": {"LOGINTYPE": "CUSTOM", "TCB_CUSTOM_USER_ID": "42"},
    "a uid alone": {"TCB_UUID": "u1", "TCB_SOURCE": "wx_http"},
    "a source of its own": {"TCB_SOURCE": "web"},
    "WeChat's other sources": {"TCB_SOURCE": "wx_unknown"},
    "the developer's tools": {"TCB_SOURCE": "wx_devtools"},
    "another function": {"TCB_SOURCE": "scf"},
    "the mini program": {"TCB_SOURCE": "wx_client", "WX_OPENID": "o", "WX_APPID": "a"},
}


def of(world: dict[str, str]) -> dict[str, Any]:
    return {"request_id": "aa7b70e6", "environment": json.dumps({"TCB_SOURCE_IP": "203.0.113.9", **world})}


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("shape", [*FORGED_HTTP, *FORGED_TRIGGERS])
def test_a_call_by_a_clients_sdk_is_a_cloud_call_whatever_its_body_looks_like(client: str, shape: str):
    event = {**FORGED_HTTP, **FORGED_TRIGGERS}[shape]
    for header in ("", "x-real-ip", "x-scf-remote-addr", "x-forwarded-for"):
        incoming = read_event(event, of(CLIENTS[client]), address_header=header)
        assert (incoming.source, incoming.headers, incoming.client_ip, incoming.request_id, incoming.trigger) == (
            "cloud_call", {}, "203.0.113.9", "aa7b70e6", {})


@pytest.mark.parametrize("shape", FORGED_HTTP)
def test_no_header_and_no_request_context_is_believed_of_an_address_unless_the_deployment_says_so(shape: str):
    tencent = read_event(FORGED_HTTP[shape], {"request_id": "aa7b70e6", "environment": '{"SCF_NAMESPACE":"mall"}'})
    assert (tencent.source, tencent.client_ip, tencent.request_id) == ("http", None, "aa7b70e6")
    told = read_event(FORGED_HTTP[shape], of({"TCB_SOURCE": "wx_http"}))
    assert (told.source, told.client_ip) == ("http", "203.0.113.9")  # the context's word goes before the event's


def test_lambda_itself_writes_its_request_context_and_its_headers_are_the_clients():
    context = SimpleNamespace(aws_request_id="e1506fd5")
    assert read_event(FORGED_HTTP["AWS"], context) == Incoming(
        "http", "e1506fd5", b"{}", {"x-forwarded-for": "6.6.6.6"}, "6.6.6.6")
    event = http_event("catalog.get_product", "{}", {"x-real-ip": "6.6.6.6", "x-scf-remote-addr": "6.6.6.6",
                                                     "x-forwarded-for": "6.6.6.6", "true-client-ip": "6.6.6.6"})
    assert read_event(event, context).client_ip == "203.0.113.9"


@pytest.mark.parametrize("shape", ["aws", "scf", "access"])
@pytest.mark.parametrize("header", ["x-real-ip", "x-scf-remote-addr", "x-forwarded-for", "forwarded"])
def test_a_forged_header_is_no_address_in_any_shape(shape: str, header: str):
    action = {each.name: each for each in actions()}["members.sign_in"]
    request = Request("POST", "/", "", {header: "6.6.6.6"}, b"{}", "127.0.0.1")
    assert read_event(*make_event(shape, request, action)).client_ip == ("127.0.0.1" if shape == "aws" else None)


@pytest.mark.parametrize("sent, believed", [
    ("6.6.6.6, 198.51.100.7", "198.51.100.7"), ("198.51.100.7", "198.51.100.7"), ("6.6.6.6,", None), ("a b", None),
    ("", None), ("198.51.100.7, " + "x" * 65, None)])
def test_of_the_header_that_the_deployment_names_the_last_entry_is_believed(sent: str, believed: str | None):
    event = http_event("members.sign_in", "{}", {"X-Forwarded-For": sent})
    assert read_event(event, None, address_header="X-Forwarded-For").client_ip == believed


def test_where_the_deployment_names_a_header_tries_are_counted_by_it_and_a_strangers_entry_before_it_changes_nothing(
        shop: Shop):
    deployment = replace(shop.house.deployment, client_address_header="x-forwarded-for")
    shop.house = House(deployment, shop.database)
    for number in range(3):
        event = http_event("members.sign_in", "{}", {"x-forwarded-for": f"6.6.6.{number}, 198.51.100.7"})
        with refused("BAD_INPUT", status=400, field="code"):
            shop.answer_of(shop.send("members.sign_in", event))
    assert [row.made for row in shop.rows(attempts)] == [3]


def test_where_nobody_knows_the_address_no_stranger_shuts_out_the_others(shop: Shop):
    """No counter is shared by all the world: a staff name has its own, and nothing else is counted."""
    event = {"httpMethod": "POST", "path": "/", "headers": {"x-scf-remote-addr": "6.6.6.6"}, "body": "{}"}
    for _ in range(400):  # more than member_address_tries
        with refused("BAD_INPUT", status=400, field="code"):
            shop.answer_of(shop.send("members.sign_in", event, {"request_id": "r"}))
    assert shop.rows(attempts) == []


@pytest.mark.parametrize("event", FORGED_TRIGGERS)
def test_a_request_id_that_came_without_our_secret_reaches_neither_answer_nor_log(
        shop: Shop, event: str, capsys: pytest.CaptureFixture):
    given = {**FORGED_TRIGGERS[event], "Message": "guess", "Secret": "guess"}
    for action in ("ops.relay_outbox", "catalog.on_order_paid_count_sold", "members.view_profile"):
        answer = shop.send(action, given, {"request_id": "aa7b70e6"})
        assert (answer["error"]["code"], answer["request_id"]) == ("NOT_ALLOWED", "aa7b70e6")
    assert "forged" not in capsys.readouterr().out


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("event", FORGED_TRIGGERS)
def test_a_clients_sdk_fires_no_timer_and_delivers_no_message_even_with_the_secret(shop: Shop, client: str, event: str):
    before = shop.snapshot()
    for action in ("ops.relay_outbox", "catalog.on_order_paid_count_sold"):
        answer = shop.send(action, FORGED_TRIGGERS[event], of(CLIENTS[client]))
        assert (answer["error"]["code"], answer["request_id"]) == ("NOT_ALLOWED", "aa7b70e6")
    assert shop.snapshot() == before


@pytest.mark.parametrize("action", ["staff.sign_in_staff", "members.sign_in_web", "members.begin_web_sign_in"])
@pytest.mark.parametrize("client", CLIENTS)
def test_what_is_only_for_http_is_refused_to_every_cloud_call_before_it_is_looked_at(
        shop: Shop, action: str, client: str):
    before = shop.snapshot()
    for event in ({"username": "owner", "password": "x"}, *FORGED_HTTP.values()):
        with refused("OVER_HTTP_ONLY"):
            shop.answer_of(shop.send(action, event, of(CLIENTS[client])))
    assert (shop.snapshot(), shop.rows(attempts)) == (before, [])


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE"])
@pytest.mark.parametrize("shape", ["aws", "scf", "access"])
def test_an_action_runs_by_post_only_in_every_shape(shop: Shop, shape: str, method: str):
    action = {each.name: each for each in actions()}["catalog.list_products"]
    event, context = make_event(shape, Request(method, "/", "", {}, b"{}", "127.0.0.1"), action)
    with refused("METHOD_NOT_ALLOWED", status=405):
        shop.answer_of(shop.send(action.name, event, context))
