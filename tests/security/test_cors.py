"""Which pages may call, and read what is answered: the merchant's own, by exact origin, in every HTTP shape."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from mall.app import cors
from mall.app.deployment import Deployment, Misconfigured
from mall.app.front_desk import House

from infra.local.shapes import make_event
from infra.local.wire import Request
from tests.security.town import actions
from tests.support.shop import Shop

pytestmark = pytest.mark.spec("L2")

H5, CONSOLE = "https://h5.mall.example", "https://console.mall.example:8443"
FOREIGN = ["https://evil.example", "https://h5.mall.example.evil.example", "http://h5.mall.example",
           "https://h5.mall.example:444", "https://H5.mall.example", "null", "*", "", "http://localhost:5173",
           "https://h5.mall.example/"]
HEADERS = ("Access-Control-Allow-Origin", "Access-Control-Expose-Headers")


@pytest.fixture
def online(shop: Shop) -> Shop:
    """A shop that is deployed, with two pages of its own."""
    deployment = replace(shop.house.deployment, platform="aws", web_origins=f"{H5} {CONSOLE}")
    shop.house = House(deployment, shop.database)
    return shop


def ask(shop: Shop, name: str, shape: str, method: str, origin: str | None, body: bytes = b"{}") -> dict[str, Any]:
    action = {each.name: each for each in actions()}[name]
    headers = {"content-type": "application/json", **({"Origin": origin} if origin is not None else {})}
    if method == "OPTIONS":
        headers |= {"access-control-request-method": "POST",
                    "access-control-request-headers": "authorization,content-type,x-mall-nonce,x-mall-signature"}
    return shop.send(name, *make_event(shape, Request(method, "/", "", headers, body, "127.0.0.1"), action))


@pytest.mark.parametrize("shape", ["aws", "scf", "access"])
@pytest.mark.parametrize("origin", [H5, CONSOLE])
def test_a_preflight_from_the_merchants_own_page_is_answered_for_every_action(online: Shop, shape: str, origin: str):
    for action in actions():
        if action.allow is None:
            continue
        answer = ask(online, action.name, shape, "OPTIONS", origin, b"")
        assert (answer["statusCode"], answer["body"]) == (204, ""), action.name
        told = answer["headers"]
        assert told["Access-Control-Allow-Origin"] == origin and told["Access-Control-Allow-Methods"] == "POST"
        assert set(told["Access-Control-Allow-Headers"].split(", ")) == set(cors.MAY_SEND)
        assert "Access-Control-Allow-Credentials" not in told and told["Vary"] == "Origin"


@pytest.mark.parametrize("shape", ["aws", "scf", "access"])
def test_an_answer_may_be_read_by_that_page_also_when_it_is_a_refusal_of_any_kind(
        online: Shop, shape: str, monkeypatch: pytest.MonkeyPatch):
    asked = {"good": ("catalog.list_products", b"{}", 200), "no session": ("orders.list_orders", b"{}", 401),
             "bad input": ("members.sign_in", b"{", 400), "too large": ("members.sign_in", b"x" * 1_000_001, 413)}
    for name, body, status in asked.values():
        answer = ask(online, name, shape, "POST", H5, body)
        assert answer["statusCode"] == status
        assert [answer["headers"][each] for each in HEADERS] == [H5, "Date, X-Mall-Time, X-Request-Id"]
        assert answer["headers"]["X-Request-Id"] == json.loads(answer["body"])["request_id"]
        assert abs(int(answer["headers"]["X-Mall-Time"]) - time.time()) < 5
    monkeypatch.setattr(online.database, "read", lambda work: 1 / 0)
    broken = ask(online, "catalog.list_products", shape, "POST", H5)
    assert (broken["statusCode"], broken["headers"]["Access-Control-Allow-Origin"]) == (500, H5)


@pytest.mark.parametrize("shape", ["aws", "scf", "access"])
@pytest.mark.parametrize("origin", FOREIGN)
def test_nobody_elses_page_may(online: Shop, shape: str, origin: str):
    before = online.snapshot()
    refused = ask(online, "catalog.list_products", shape, "OPTIONS", origin, b"")
    assert (refused["statusCode"], json.loads(refused["body"])["error"]["code"]) == (403, "FOREIGN_ORIGIN")
    for answer in (refused, ask(online, "catalog.list_products", shape, "POST", origin)):
        assert not [name for name in answer["headers"] if name.startswith("Access-Control")]
    assert online.snapshot() == before


def test_a_browsers_question_before_a_call_is_counted_as_no_call(online: Shop, capsys: pytest.CaptureFixture):
    ask(online, "catalog.list_products", "aws", "OPTIONS", H5, b"")
    ask(online, "catalog.list_products", "aws", "POST", H5)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["outcome"] for line in lines] == ["preflight", "ok"]


def test_without_a_word_of_the_deployment_no_page_may(shop: Shop):
    shop.house = House(replace(shop.house.deployment, platform="scf", web_origins=""), shop.database)
    for origin in (H5, "", "null", "http://localhost:5173"):
        assert ask(shop, "catalog.list_products", "scf", "OPTIONS", origin, b"")["statusCode"] == 403
        assert "Access-Control-Allow-Origin" not in ask(shop, "catalog.list_products", "scf", "POST", origin)["headers"]


def test_on_a_laptop_the_pages_of_the_laptop_may_too(shop: Shop):
    for origin in ("http://localhost:5173", "http://127.0.0.1:9000", "http://[::1]:3000"):
        answer = ask(shop, "catalog.list_products", "aws", "OPTIONS", origin, b"")
        assert (answer["statusCode"], answer["headers"]["Access-Control-Allow-Origin"]) == (204, origin)
    assert ask(shop, "catalog.list_products", "aws", "OPTIONS", "http://[evil", b"")["statusCode"] == 403


def test_a_notice_a_timer_and_a_cloud_call_have_none_of_it(online: Shop):
    for action in actions():
        if action.allow is not None:
            continue
        for method in ("OPTIONS", "POST"):
            answer = ask(online, action.name, "aws", method, H5)
            assert not [name for name in answer["headers"] if name.startswith("Access-Control")], action.name
    assert set(online.send("catalog.list_products", {}, {"request_id": "r"})) == {"ok", "data", "request_id"}


@pytest.mark.parametrize("origins", ["*", "https://*.mall.cn", "https://mall.cn/", "mall.cn", "https://MALL.cn", "null",
                                     "https://a.cn,https://b.cn"])
def test_what_is_no_exact_origin_is_no_setting(origins: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MALL_WEB_ORIGINS", origins)
    with pytest.raises(Misconfigured, match="MALL_WEB_ORIGINS"):
        Deployment.from_environment()
    monkeypatch.setenv("MALL_WEB_ORIGINS", f"{H5}  {CONSOLE}")
    assert Deployment.from_environment().origins == (H5, CONSOLE)
