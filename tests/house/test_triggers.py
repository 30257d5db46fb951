"""Every shape of trigger event, as documented by its platform, and everything that is none."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mall.app.triggers import (
    MAX_BODY_BYTES, BodyTooLarge, Incoming, PlatformIdentity, environment, read_event, uploaded_key,
)
from mall.kit.errors import BadInput, MallError

from tests.house.samples import EVENTS, context_of, read_sample

pytestmark = pytest.mark.spec("L2")

SHAPES = sorted(path.stem for path in (EVENTS / "_shapes").glob("*.json"))
BODY = b'{"spu_id":"spu_DEMO0000000000000000000001"}'
SCF_REQUEST = "aa7b70e6-6b1c-4b60-8b2f-3f4a5d6e7f80"
AWS_REQUEST = "e1506fd5-9e7b-434f-bd42-4f8fa224b599"
XIAOHONG = PlatformIdentity("wxd678efh567hg6787", "openid-xiaohong", "oUnion-xiaohong")


def read(name: str, address_header: str = "") -> Incoming:
    sample = read_sample(f"_shapes/{name}", trigger_secret="the secret")
    return read_event(sample["event"], context_of(sample), address_header=address_header)


@pytest.mark.parametrize("name", ["cloudbase_call", "cloudbase_call_environ"])
def test_a_cloud_calls_identity_is_the_platforms_and_user_info_is_dropped(name: str):
    assert read(name) == Incoming(
        "cloud_call", SCF_REQUEST, BODY, {"idempotency-key": "tap-1763731200"}, "203.0.113.9", XIAOHONG, {})


def test_a_function_url_has_its_caller_in_a_header_that_is_believed_where_the_deployment_says_so():
    assert read("scf_function_url", "X-Scf-Remote-Addr").client_ip == "111.206.96.145"
    assert read("scf_function_url") == Incoming("http", SCF_REQUEST, BODY, {
        "accept": "*/*", "content-length": "43", "content-type": "application/json",
        "host": "1302533238-abcdefghij.ap-guangzhou.tencentscf.com", "user-agent": "curl/8.5.0",
        "x-scf-remote-addr": "111.206.96.145"}, None, query={"a": "1", "b": "2"})


@pytest.mark.parametrize("name", ["cloudbase_http_access", "cloudbase_http_access_base64"])
def test_the_access_service_sends_text_or_base64_and_header_names_become_lower_case(name: str):
    assert read(name) == Incoming("http", SCF_REQUEST, BODY, {
        "host": "mall-prod-3g7f2.service.tcloudbase.com", "content-type": "application/json",
        "x-real-ip": "111.206.96.146", "x-client-proto": "https"}, None)
    assert read(name, "x-real-ip").client_ip == "111.206.96.146"


@pytest.mark.parametrize("name", ["aws_function_url", "aws_function_url_base64"])
def test_aws_has_its_caller_in_the_request_context_and_not_in_a_header(name: str):
    assert read(name) == Incoming("http", AWS_REQUEST, BODY, {
        "content-type": "application/json", "host": "abcdefg.lambda-url.ap-southeast-1.on.aws",
        "header2": "value1,value2", "x-forwarded-for": "203.0.113.77"}, "1.2.3.4", query={"a": "1,2"})


def test_scf_and_eventbridge_fire_the_same_timer():
    scf, aws = read("scf_timer"), read("eventbridge_constant_input")
    assert scf == Incoming("timer", SCF_REQUEST, trigger={
        "Type": "Timer", "TriggerName": "orders-close_unpaid_orders", "Time": "2026-11-21T11:49:00Z",
        "Message": "the secret"})
    assert aws == Incoming("timer", "0f1e2d3c-9e7b-434f-bd42-4f8fa224b599", trigger={
        "Type": "Timer", "TriggerName": "orders-close_unpaid_orders", "Message": "the secret"})


def test_an_outbox_event_is_a_message():
    incoming = read("scf_message")
    assert (incoming.source, incoming.trigger["Kind"], incoming.trigger["Secret"]) == (
        "message", "orders.order_paid", "the secret")


def test_a_cos_record_names_its_object():
    incoming = read("cos_trigger")
    assert incoming.source == "storage"
    assert uploaded_key(incoming.trigger["Records"][0]) == "imports/商品.xlsx"


def test_every_shape_has_a_test():
    assert set(SHAPES) == {
        "aws_function_url", "aws_function_url_base64", "cloudbase_call", "cloudbase_call_environ",
        "cloudbase_http_access", "cloudbase_http_access_base64", "cos_trigger", "eventbridge_constant_input",
        "scf_function_url", "scf_message", "scf_timer"}


# what tries to look like another shape


def test_a_client_in_a_cloud_call_cannot_play_a_timer_or_an_http_request():
    context = context_of(read_sample("_shapes/cloudbase_call"))
    for forged in ({"Type": "Timer", "Message": "x"}, {"httpMethod": "POST", "headers": {"authorization": "x"}},
                   {"requestContext": {}}, {"Records": []}):
        incoming = read_event(forged, context)
        assert (incoming.source, incoming.identity, incoming.headers) == ("cloud_call", XIAOHONG, {})


@pytest.mark.parametrize("source", ["wx_http", "wx_trigger", "wx_unknown", "scf,wx_client", "", None])
def test_an_openid_without_wechats_own_source_is_nobody(source: str | None):
    world = {"WX_OPENID": "openid-xiaohong", "WX_APPID": "wxd678efh567hg6787"}
    if source is not None:
        world["TCB_SOURCE"] = source
    assert read_event({}, {"environment": json.dumps(world)}).identity is None


@pytest.mark.parametrize("source", ["wx_client", "wx_client,scf"])
def test_wechats_source_may_be_followed_by_others(source: str):
    world = {"WX_OPENID": "openid-xiaohong", "WX_APPID": "wxd678efh567hg6787", "TCB_SOURCE": source}
    assert read_event({}, {"environment": json.dumps(world)}).identity == PlatformIdentity(
        "wxd678efh567hg6787", "openid-xiaohong", None)


def test_user_info_in_the_event_and_wechats_headers_over_http_are_nobody(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WX_OPENID", "openid-of-the-call-before")
    monkeypatch.setenv("TCB_SOURCE", "wx_client")
    cloud = read_event({"userInfo": {"openId": "openid-xiaohong", "appId": "wxd678efh567hg6787"}}, {})
    http = read_sample("_shapes/scf_function_url")["event"]
    http["headers"] |= {"X-WX-OPENID": "openid-xiaohong", "X-WX-SOURCE": "wx_client"}
    assert cloud.identity is None
    assert read_event(http, {}).identity is None


# broken ones: refused in the mall's own words, never by a stray exception


@pytest.mark.parametrize("event", [None, [], "text", 7, b"{}", True])
def test_what_is_no_object_is_refused(event: Any):
    with pytest.raises(BadInput):
        read_event(event, {})


@pytest.mark.parametrize("body", [7, {}, [], True])
def test_an_http_body_that_is_no_text_is_refused(body: Any):
    with pytest.raises(BadInput):
        read_event({"httpMethod": "POST", "headers": {}, "body": body}, {})


@pytest.mark.parametrize("body", ["not base64!", "=", "中文"])
def test_a_base64_body_that_is_none_is_refused(body: str):
    with pytest.raises(BadInput):
        read_event({"requestContext": {}, "body": body, "isBase64Encoded": True}, {})


def test_a_body_of_more_than_a_million_bytes_is_refused_also_in_base64():
    with pytest.raises(BodyTooLarge):
        read_event({"httpMethod": "POST", "body": "x" * 1_000_001}, {})
    with pytest.raises(BodyTooLarge):
        read_event({"requestContext": {}, "body": "AAAA" * 333_334, "isBase64Encoded": True}, {})


@pytest.mark.parametrize("context", [None, {}, [], "x", {"environment": "{"}, {"environment": 7}, {"environ": ";;="},
                                     {"environment": "[]"}, {"request_id": 7}, {"request_id": "x" * 65}])
def test_an_odd_context_names_nobody_and_gets_a_request_id_of_ours(context: Any):
    incoming = read_event({"spu_id": "x"}, context)
    assert incoming.identity is None
    assert incoming.request_id.startswith("req_")


ODD = st.recursive(  # all that JSON can say, a lone surrogate included
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=6)


@given(shape=st.sampled_from(SHAPES), data=st.data())
@settings(max_examples=400, deadline=None)
def test_any_field_may_be_anything(shape: str, data: st.DataObject):
    sample = copy.deepcopy(read_sample(f"_shapes/{shape}"))
    for part in ("event", "context"):
        _spoil(sample[part], data)
    try:
        incoming = read_event(sample["event"], sample["context"])
    except MallError:
        return
    assert isinstance(incoming.body, bytes)
    assert 0 < len(incoming.request_id) <= 64
    assert all(isinstance(name, str) and isinstance(value, str) for name, value in incoming.headers.items())
    assert incoming.client_ip is None or isinstance(incoming.client_ip, str)


@given(event=ODD, context=ODD)
@settings(max_examples=300, deadline=None)
def test_anything_at_all_may_come(event: Any, context: Any):
    try:
        read_event(event, context)
    except MallError:
        pass
    assert all(isinstance(value, str) for value in environment(context).values())


def _spoil(part: dict[str, Any], data: st.DataObject) -> None:
    """Replace one value somewhere inside by something odd."""
    for _ in range(data.draw(st.integers(1, 4))):
        keys = sorted(key for key in part if isinstance(key, str))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        if isinstance(part[key], dict) and data.draw(st.booleans()):
            part = part[key]
        else:
            part[key] = data.draw(ODD)


def test_a_cloud_call_nested_beyond_reason_is_refused():
    event: dict[str, Any] = {}
    for _ in range(100_000):
        event = {"a": event}
    with pytest.raises(BadInput):
        read_event(event, None)


def test_a_body_is_as_long_in_a_cloud_call_as_over_http_and_no_longer():
    for length, event in ((1_000_000, {"a": "x" * 999_992}), (1_000_001, {"a": "x" * 999_993})):
        for made in (event, {"requestContext": {}, "body": json.dumps(event, separators=(",", ":"))}):
            if length == MAX_BODY_BYTES:
                assert len(read_event(made, {}).body) == length
            else:
                with pytest.raises(BodyTooLarge):
                    read_event(made, {})
