"""The gateway's events are the platforms' own: what the front desk reads from them is the request."""

from __future__ import annotations

import pytest
from mall.app import registry
from mall.app.triggers import PlatformIdentity, read_event
from mall.kit.errors import BadInput

from infra.local.shapes import HTTP_SHAPES, UnknownShape, make_event, read_answer
from infra.local.wire import Request, Response

pytestmark = pytest.mark.spec("L1")

ACTION = registry.load()["members.sign_in"]
REQUEST = Request("POST", "/api/members/sign_in", "a=1&a=2&b=", {"authorization": "Bearer x", "idempotency-key": "k-1"},
                  '{"name":"小红"}'.encode(), "127.0.0.1")
XIAOHONG = {"appid": "wx1", "openid": "o-1", "unionid": "u-1"}


@pytest.mark.parametrize("shape", HTTP_SHAPES)
def test_over_http_body_headers_and_caller_arrive(shape: str):
    header = {"aws": "", "scf": "x-scf-remote-addr", "access": "x-real-ip"}[shape]  # what its deployment would name
    incoming = read_event(*make_event(shape, REQUEST, ACTION), address_header=header)
    assert (incoming.source, incoming.body, incoming.client_ip, incoming.identity) == (
        "http", REQUEST.body, "127.0.0.1", None)
    assert incoming.headers["authorization"] == "Bearer x"
    assert len(incoming.request_id) == 36


@pytest.mark.parametrize("shape", ["aws", "access"])
def test_a_binary_body_arrives_in_base64_to_the_byte(shape: str):
    binary = Request("POST", "/webhooks/x", "", {}, b"\xff\x00\xfe", "127.0.0.1")
    event, context = make_event(shape, binary, ACTION)
    assert event["isBase64Encoded"] is True
    assert read_event(event, context).body == b"\xff\x00\xfe"


def test_a_function_url_of_scf_has_no_base64_flag_and_no_request_context():
    event, _ = make_event("scf", REQUEST, ACTION)
    assert set(event) == {"body", "headers", "httpMethod", "path", "queryString"}
    assert event["queryString"] == {"a": "1,2", "b": ""}


def test_aws_leaves_the_query_out_when_there_is_none():
    event, context = make_event("aws", REQUEST, ACTION)
    assert (event["rawQueryString"], event["queryStringParameters"]) == ("a=1&a=2&b=", {"a": "1,2", "b": ""})
    assert context.function_name == "members-sign_in"
    bare, _ = make_event("aws", Request("POST", "/", "", {}, b"", "127.0.0.1"), ACTION)
    assert "queryStringParameters" not in bare


def test_a_cloud_call_carries_the_person_in_its_context_and_the_key_in_its_event():
    event, context = make_event("cloudbase", REQUEST, ACTION, XIAOHONG)
    assert event == {"name": "小红", "action": "members.sign_in", "idempotency_key": "k-1"}
    incoming = read_event(event, context)
    assert (incoming.source, incoming.identity, incoming.headers) == (
        "cloud_call", PlatformIdentity("wx1", "o-1", "u-1"), {"idempotency-key": "k-1"})


def test_a_cloud_call_from_outside_wechat_is_nobody_whatever_it_says():
    forged = Request("POST", "/", "", {}, b'{"userInfo": {"openId": "o-1"}, "WX_OPENID": "o-1"}', "127.0.0.1")
    assert read_event(*make_event("cloudbase", forged, ACTION)).identity is None


def test_a_shape_nobody_knows_is_refused():
    with pytest.raises(UnknownShape):
        make_event("gcp", REQUEST, ACTION)
    with pytest.raises(BadInput):
        make_event("cloudbase", Request("POST", "/", "", {}, b"{", "127.0.0.1"), ACTION)


def test_an_answer_in_parts_becomes_status_headers_and_bytes():
    assert read_answer({"statusCode": 201, "headers": {"A": ["x", "y"], "B": 2}, "body": "/wA=",
                        "isBase64Encoded": True}) == Response(201, b"\xff\x00", {"A": "x,y", "B": "2"})
    assert read_answer({"statusCode": 204}) == Response(204, b"")


def test_an_answer_without_a_status_is_the_json_itself():
    assert read_answer({"ok": True}) == Response(200, b'{"ok": true}',
                                                 {"Content-Type": "application/json; charset=utf-8"})
