from __future__ import annotations

import json
import logging
import threading
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlsplit

import pytest
from mall.adapters.wechat_api import (
    BadLoginCode,
    NoConsentLeft,
    OrderNotYetVisible,
    Parcel,
    Session,
    TextVerdict,
    WeChatApi,
    WeChatApiConfig,
    WeChatBusy,
    WeChatRefused,
    client,
)
from mall.kit import clock, outside
from mall.kit.errors import BadInput, MallError, RuleBroken, TooMany, Unavailable

pytestmark = pytest.mark.spec("A1", "I1")

UTC = timezone.utc
SECRET, WEB_SECRET = "secret-of-the-mini-program", "secret-of-the-service-account"
TOKEN_PATH = "/cgi-bin/stable_token"
PNG = b"\x89PNG\r\n\x1a\n picture"


@pytest.fixture
def api(server):
    return WeChatApi(config(server))


def config(server, **changes):
    given = {
        "appid": "wxmini",
        "secret": SECRET,
        "web_appid": "wxweb",
        "web_secret": WEB_SECRET,
        "base_url": server.url,
        "timeout": (2, 5),
    }
    return WeChatApiConfig(**(given | changes))


class Desk:
    """WeChat's side: hands out tokens and answers the paths it was told about."""

    def __init__(self, server, **answers):
        self.server, self.answers = server, {f"/{path}": answer for path, answer in answers.items()}
        self.tokens, self.good = iter(f"token-{n}" for n in range(1, 100)), None
        self.next_token = next(self.tokens)
        self.expires_in = 7200
        server.script = self.answer

    def answer(self, request):
        path = urlsplit(request.path).path
        if path == TOKEN_PATH:
            if json.loads(request.body)["force_refresh"]:
                self.next_token = next(self.tokens)
            return said({"access_token": self.next_token, "expires_in": self.expires_in})
        if self.good and query_of(request).get("access_token") not in (None, self.good):
            return said({"errcode": 40001, "errmsg": "invalid credential rid: 1-2-3"})
        given = self.answers.get(path, {"errcode": 0, "errmsg": "ok"})
        return given if "body" in given else said(given)

    def paths(self):
        return [urlsplit(request.path).path for request in self.server.received]


def said(content):
    # /sns/ paths really answer text/plain, so nothing may depend on the content type
    return {
        "body": json.dumps(content, ensure_ascii=False).encode(),
        "headers": {"Content-Type": "text/plain"},
    }


def refusing(server, path, errcode, errmsg="no rid: 65f1-0a2b-3c4d"):
    return Desk(server, **{path: {"errcode": errcode, "errmsg": errmsg}})


def query_of(request):
    return dict(parse_qsl(urlsplit(request.path).query))


def ship(api, **changes):
    told = {
        "payment_no": "pay_01JD0000000000000000000000",
        "mchid": "1900000001",
        "openid": "o-lin",
        "logistics_type": 1,
        "items": [Parcel("龙井茶 250 克", "SF1234567890", "SF", "13812345678")],
        "upload_time": datetime(2026, 1, 1, 2, 3, 4, 567890, tzinfo=UTC),
    }
    api.upload_shipping_info(**(told | changes))


CALLS = {
    "sns/jscode2session": lambda api: api.code_to_session("code"),
    "wxa/business/getuserphonenumber": lambda api: api.phone_number("code"),
    "sns/oauth2/access_token": lambda api: api.oauth_identity("code"),
    "cgi-bin/message/subscribe/send": lambda api: api.send_subscribe_message(
        "o-lin", "T1", "p", {"thing1": "x"}
    ),
    "wxa/getwxacodeunlimit": lambda api: api.mini_program_code("g=1", "pages/goods"),
    "wxa/msg_sec_check": lambda api: api.check_text("o-lin", "好茶", 2),
    "wxa/getuserriskrank": lambda api: api.user_risk_rank("o-lin", 0, "203.0.113.7"),
    "wxa/sec/order/upload_shipping_info": ship,
}
every_call = pytest.mark.parametrize(("path", "call"), CALLS.items(), ids=CALLS)


# Who is it


def test_a_login_code_becomes_a_person(server, api):
    Desk(server, **{"sns/jscode2session": {"openid": "o-lin", "session_key": "a2V5", "unionid": "u-lin"}})
    assert api.code_to_session("0abc") == Session("o-lin", "u-lin", "a2V5")
    [request] = server.received
    assert request.method == "GET"
    assert query_of(request) == {
        "appid": "wxmini",
        "secret": SECRET,
        "js_code": "0abc",
        "grant_type": "authorization_code",
    }


def test_a_person_without_a_unionid_has_none(server, api):
    Desk(server, **{"sns/jscode2session": {"openid": "o-lin", "session_key": "a2V5"}})
    assert api.code_to_session("0abc").unionid is None


def test_the_session_key_and_the_secrets_do_not_print(server):
    assert "a2V5" not in repr(Session("o-lin", None, "a2V5"))
    assert SECRET not in repr(config(server)) and WEB_SECRET not in repr(config(server))


def test_a_phone_code_becomes_the_pure_number(server, api):
    info = {"phoneNumber": "+8613812345678", "purePhoneNumber": "13812345678", "countryCode": "86"}
    desk = Desk(server, **{"wxa/business/getuserphonenumber": {"errcode": 0, "phone_info": info}})
    assert api.phone_number("0abc") == "13812345678"
    assert desk.paths() == [TOKEN_PATH, "/wxa/business/getuserphonenumber"]
    assert json.loads(server.received[1].body) == {"code": "0abc"}


def test_a_number_of_another_country_is_not_taken(server, api):
    info = {"purePhoneNumber": "61234567", "countryCode": "852"}
    Desk(server, **{"wxa/business/getuserphonenumber": {"errcode": 0, "phone_info": info}})
    with pytest.raises(BadInput) as caught:
        api.phone_number("0abc")
    assert (caught.value.message, caught.value.field) == ("目前只支持中国大陆手机号", "code")
    assert "61234567" not in f"{caught.value} {caught.value.data}"


def test_the_authorize_url_has_the_documented_form(api):
    assert api.authorize_url("https://shop.example/h5?a=1&b=2", "xyz") == (
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wxweb"
        "&redirect_uri=https%3A%2F%2Fshop.example%2Fh5%3Fa%3D1%26b%3D2"
        "&response_type=code&scope=snsapi_userinfo&state=xyz#wechat_redirect"
    )


def test_a_web_code_that_tells_the_unionid_takes_one_call(server, api):
    granted = {"access_token": "w", "openid": "w-lin", "scope": "snsapi_userinfo", "unionid": "u-lin"}
    Desk(server, **{"sns/oauth2/access_token": granted})
    assert api.oauth_identity("0abc") == Session("w-lin", "u-lin")
    [request] = server.received
    assert query_of(request) == {
        "appid": "wxweb",
        "secret": WEB_SECRET,
        "code": "0abc",
        "grant_type": "authorization_code",
    }


def test_a_web_code_without_unionid_asks_userinfo_where_the_scope_allows(server, api):
    desk = Desk(
        server,
        **{
            "sns/oauth2/access_token": {"access_token": "w", "openid": "w-lin", "scope": "snsapi_userinfo"},
            "sns/userinfo": {"openid": "w-lin", "nickname": "林", "unionid": "u-lin"},
        },
    )
    assert api.oauth_identity("0abc") == Session("w-lin", "u-lin")
    assert desk.paths() == ["/sns/oauth2/access_token", "/sns/userinfo"]
    assert query_of(server.received[1]) == {"access_token": "w", "openid": "w-lin", "lang": "zh_CN"}


def test_a_silent_web_sign_in_has_an_openid_only(server, api):
    granted = {"access_token": "w", "openid": "w-lin", "scope": "snsapi_base"}
    desk = Desk(server, **{"sns/oauth2/access_token": granted})
    assert api.oauth_identity("0abc") == Session("w-lin", None)
    assert desk.paths() == ["/sns/oauth2/access_token"]


def test_a_snapshot_visitor_is_nobody(server, api):
    granted = {"access_token": "w", "openid": "fake", "scope": "snsapi_userinfo", "is_snapshotuser": 1}
    desk = Desk(server, **{"sns/oauth2/access_token": granted})
    with pytest.raises(BadLoginCode) as caught:
        api.oauth_identity("0abc")
    assert caught.value.message == "请点击右下角“使用完整服务”后再登录"
    assert desk.paths() == ["/sns/oauth2/access_token"]


# Everything else, word by word


def test_a_subscribe_message_is_sent_as_documented_and_not_escaped(server, api):
    Desk(server)
    told = {"thing1": "龙井茶", "amount2": "123.45元"}
    assert api.send_subscribe_message("o-lin", "T1", "pages/order?no=1", told, "trial") is None
    request = server.received[1]
    assert (request.method, request.path) == (
        "POST",
        "/cgi-bin/message/subscribe/send?access_token=token-1",
    )
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    assert "龙井茶".encode() in request.body
    assert json.loads(request.body) == {
        "touser": "o-lin",
        "template_id": "T1",
        "page": "pages/order?no=1",
        "data": {"thing1": {"value": "龙井茶"}, "amount2": {"value": "123.45元"}},
        "miniprogram_state": "trial",
        "lang": "zh_CN",
    }


@pytest.mark.parametrize("picture", [PNG, b"\xff\xd8\xff\xe0 picture"])
def test_a_mini_program_code_is_the_picture_itself(server, api, picture):
    answer = {"body": picture, "headers": {"Content-Type": "image/jpeg"}}
    Desk(server, **{"wxa/getwxacodeunlimit": answer})
    assert api.mini_program_code("g=1", "pages/goods") == picture
    assert json.loads(server.received[1].body) == {"scene": "g=1", "page": "pages/goods", "width": 430}


@pytest.mark.parametrize("content_type", ["application/json", "image/jpeg"])
def test_a_refused_mini_program_code_is_an_error_whatever_it_calls_itself(server, api, content_type):
    answer = {"body": b'{"errcode":41030,"errmsg":"invalid page"}', "headers": {"Content-Type": content_type}}
    Desk(server, **{"wxa/getwxacodeunlimit": answer})
    with pytest.raises(WeChatRefused) as caught:
        api.mini_program_code("g=1", "pages/nowhere")
    assert caught.value.data == {"errcode": 41030}


def test_a_picture_after_a_renewed_token_still_comes(server, api):
    desk = Desk(server, **{"wxa/getwxacodeunlimit": {"body": PNG}})
    api.call("/anything", {})
    desk.next_token = desk.good = "token-new"
    assert api.mini_program_code("g=1", "pages/goods") == PNG


def test_a_text_gets_its_verdict(server, api):
    answer = {"errcode": 0, "trace_id": "t-1", "result": {"suggest": "risky", "label": 20001}, "detail": []}
    Desk(server, **{"wxa/msg_sec_check": answer})
    assert api.check_text("o-lin", "好茶", 2) == TextVerdict("risky", 20001, "t-1")
    body = {"version": 2, "scene": 2, "openid": "o-lin", "content": "好茶"}
    assert json.loads(server.received[1].body) == body
    api.check_text("o-lin", "好茶", 1, nickname="林")
    assert json.loads(server.received[2].body) == body | {"scene": 1, "nickname": "林"}


def test_a_person_has_a_risk_rank(server, api):
    Desk(server, **{"wxa/getuserriskrank": {"errcode": 0, "risk_rank": 0, "unoin_id": 1}})
    assert api.user_risk_rank("o-lin", 1, "203.0.113.7") == 0
    assert json.loads(server.received[1].body) == {
        "appid": "wxmini",
        "openid": "o-lin",
        "scene": 1,
        "client_ip": "203.0.113.7",
    }


def test_a_shipping_report_has_the_documented_form_and_a_masked_phone(server, api):
    Desk(server)
    ship(api)
    assert json.loads(server.received[1].body) == {
        "order_key": {
            "order_number_type": 1,
            "mchid": "1900000001",
            "out_trade_no": "pay_01JD0000000000000000000000",
        },
        "logistics_type": 1,
        "delivery_mode": 1,
        "shipping_list": [
            {
                "item_desc": "龙井茶 250 克",
                "tracking_no": "SF1234567890",
                "express_company": "SF",
                "contact": {"receiver_contact": "138****5678"},
            }
        ],
        "upload_time": "2026-01-01T10:03:04.567+08:00",
        "payer": {"openid": "o-lin"},
    }


def test_a_virtual_delivery_reports_only_what_it_is(server, api):
    Desk(server)
    ship(api, logistics_type=3, items=[Parcel("月" * 130)])
    assert json.loads(server.received[1].body)["shipping_list"] == [{"item_desc": "月" * 120}]


def test_an_item_may_be_given_by_the_names_of_its_fields(server, api):
    Desk(server)
    ship(api, items=[{"item_desc": "茶", "tracking_no": "ZT1", "express_company": "ZTO"}])
    assert json.loads(server.received[1].body)["shipping_list"] == [
        {"item_desc": "茶", "tracking_no": "ZT1", "express_company": "ZTO"}]


@pytest.mark.parametrize("done", [True, False])
def test_a_split_delivery_says_whether_it_is_the_last(server, api, done):
    Desk(server)
    ship(api, delivery_mode=2, is_all_delivered=done)
    assert json.loads(server.received[1].body)["is_all_delivered"] is done


def test_a_shipping_report_that_changes_nothing_is_a_success(server, api):
    refusing(server, "wxa/sec/order/upload_shipping_info", 10060023)
    assert ship(api) is None


def test_a_payment_not_yet_visible_is_to_be_tried_later(server, api):
    refusing(server, "wxa/sec/order/upload_shipping_info", 10060001, "支付单不存在 rid: 65f1-0a2b-3c4d")
    with pytest.raises(OrderNotYetVisible) as caught:
        ship(api)
    assert (caught.value.status, caught.value.retryable) == (503, True)
    assert caught.value.data == {"errcode": 10060001, "rid": "65f1-0a2b-3c4d"}


# What it means when it goes wrong


@every_call
@pytest.mark.parametrize(
    ("errcode", "kind", "base"),
    [
        (-1, Unavailable, Unavailable),
        (45009, WeChatBusy, TooMany),
        (45011, WeChatBusy, TooMany),
        (44990, WeChatBusy, TooMany),
        (43101, NoConsentLeft, RuleBroken),
        (47003, WeChatRefused, RuleBroken),
        (61010, WeChatRefused, RuleBroken),
        (40029, BadLoginCode, BadInput),
        (40163, BadLoginCode, BadInput),
    ],
)
def test_an_errcode_becomes_the_class_that_says_what_to_do(server, api, path, call, errcode, kind, base):
    refusing(server, path, errcode)
    with pytest.raises(MallError) as caught:
        call(api)
    assert type(caught.value) is kind
    assert isinstance(caught.value, base)
    assert caught.value.retryable is base.retryable
    assert caught.value.data == {"errcode": errcode, "rid": "65f1-0a2b-3c4d"}
    assert server.received[-1].path.startswith(f"/{path}")


@every_call
@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ({"status": 500, "body": b"oops"}, "HTTP 500"),
        ({"status": 502, "body": b'{"errcode":0}'}, "HTTP 502"),
        ({"status": 302, "body": b"", "headers": {"Location": "/"}}, "HTTP 302"),
        ({"body": b"", "hang_up": True}, "ConnectionError"),
        ({"body": b"<html>"}, "unreadable answer"),
        ({"body": b"\xff\xfe"}, "unreadable answer"),
        ({"body": b"[]"}, "unreadable answer"),
    ],
)
def test_no_useful_answer_is_unavailable(server, api, path, call, answer, cause):
    Desk(server, **{path: answer})
    with pytest.raises(Unavailable) as caught:
        call(api)
    assert type(caught.value) is Unavailable
    assert caught.value.data == {"cause": cause}
    assert (caught.value.__context__, caught.value.__cause__) == (None, None)


@pytest.mark.parametrize(
    "path", [path for path in CALLS if "subscribe" not in path and "shipping" not in path]
)
def test_an_answer_without_what_was_asked_for_is_unavailable(server, api, path):
    Desk(server, **{path: {"errcode": 0, "errmsg": "ok", "phone_info": {"countryCode": "86"}, "result": {}}})
    with pytest.raises(Unavailable) as caught:
        CALLS[path](api)
    assert caught.value.data == {"cause": "unreadable answer"}


def test_no_answer_in_time_is_unavailable(server):
    hasty = WeChatApi(config(server, timeout=(2, 0.1)))
    Desk(server, **{"sns/jscode2session": {"body": b"{}", "delay": 0.3}})
    with pytest.raises(Unavailable) as caught:
        hasty.code_to_session("0abc")
    assert caught.value.data == {"cause": "ReadTimeout"}


def test_nobody_listening_is_unavailable_and_shows_no_secret(server):
    api = WeChatApi(config(server, base_url="http://127.0.0.1:1"))
    with pytest.raises(Unavailable) as caught:
        api.code_to_session("0abc")
    assert caught.value.data == {"cause": "ConnectionError"}
    assert SECRET not in f"{caught.value!r} {caught.value} {caught.value.__context__}"


def test_errors_quote_nothing_of_what_wechat_said(server, api):
    refusing(server, "wxa/msg_sec_check", 40003, "invalid openid o-lin token-1 rid: 65f1-0a2b-3c4d")
    with pytest.raises(WeChatRefused) as caught:
        api.check_text("o-lin", "好茶", 2)
    assert "o-lin" not in f"{caught.value!r} {caught.value.data}"
    assert caught.value.data == {"errcode": 40003, "rid": "65f1-0a2b-3c4d"}


def test_no_secret_or_token_is_written_even_by_a_log_at_debug(server, api, caplog):
    caplog.set_level(logging.DEBUG)
    Desk(server)
    with pytest.raises(Unavailable):
        api.code_to_session("0abc")
    api.call("/anything", {})
    assert SECRET not in caplog.text
    assert "token-1" not in caplog.text


# The token


def test_one_token_serves_all_calls(server, api):
    desk = Desk(server)
    for _ in range(3):
        assert api.call("/anything", {"a": 1}) == {"errcode": 0, "errmsg": "ok"}
    assert desk.paths() == [TOKEN_PATH, "/anything", "/anything", "/anything"]
    assert json.loads(server.received[0].body) == {
        "grant_type": "client_credential",
        "appid": "wxmini",
        "secret": SECRET,
        "force_refresh": False,
    }
    assert [query_of(request) for request in server.received[1:]] == [{"access_token": "token-1"}] * 3


@pytest.mark.parametrize(("later_s", "reads"), [(6890, 1), (6910, 2)])
def test_a_token_is_read_again_five_minutes_before_its_end(server, api, monkeypatch, later_s, reads):
    desk = Desk(server)
    api.call("/anything", {})
    now = clock.wall()
    monkeypatch.setattr(client.clock, "wall", lambda: now + timedelta(seconds=later_s))
    api.call("/anything", {})
    assert desk.paths().count(TOKEN_PATH) == reads


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
def test_a_refused_token_is_read_again_once_without_force(server, api, errcode):
    desk = Desk(server)
    api.call("/anything", {})
    desk.next_token = "token-new"
    plain = desk.answer

    def answer(request):
        if query_of(request).get("access_token") == "token-1":
            return said({"errcode": errcode, "errmsg": "expired"})
        return said({"errcode": 0, "a": 1}) if "anything" in request.path else plain(request)

    server.script = answer
    server.received.clear()
    assert api.call("/anything", {"b": 2}) == {"errcode": 0, "a": 1}
    assert desk.paths() == ["/anything", TOKEN_PATH, "/anything"]
    assert json.loads(server.received[1].body)["force_refresh"] is False
    assert json.loads(server.received[2].body) == {"b": 2}


def test_a_new_token_is_forced_only_when_the_refused_one_is_handed_out_again(server, api):
    desk = Desk(server)
    desk.good = "token-2"
    assert api.call("/anything", {}) == {"errcode": 0, "errmsg": "ok"}
    assert desk.paths() == [TOKEN_PATH, "/anything", TOKEN_PATH, TOKEN_PATH, "/anything"]
    forced = [json.loads(one.body)["force_refresh"] for one in server.received if TOKEN_PATH in one.path]
    assert forced == [False, False, True]


def test_no_second_token_is_forced_within_thirty_seconds_and_nothing_loops(server, api):
    desk = Desk(server)
    desk.good = "never"
    for _ in range(2):
        with pytest.raises(Unavailable) as caught:
            api.call("/anything", {})
        assert caught.value.data == {"errcode": 40001, "rid": "1-2-3"}
    forced = [json.loads(one.body)["force_refresh"] for one in server.received if TOKEN_PATH in one.path]
    assert forced == [False, False, True, False]
    assert desk.paths().count("/anything") == 4


def test_a_refused_secret_is_told_and_the_call_is_not_made(server, api):
    desk = Desk(server)
    server.script = lambda request: said({"errcode": 40125, "errmsg": f"invalid appsecret {SECRET}"})
    with pytest.raises(WeChatRefused) as caught:
        api.call("/anything", {})
    assert caught.value.data == {"errcode": 40125}
    assert desk.paths() == [TOKEN_PATH]


def test_many_threads_read_one_token(server, api):
    desk = Desk(server)
    threads = [threading.Thread(target=api.call, args=("/anything", {})) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert desk.paths().count(TOKEN_PATH) == 1
    assert desk.paths().count("/anything") == 8


# The line


def test_calls_share_one_connection_until_a_long_sleep(server, api, monkeypatch):
    Desk(server)
    api.call("/anything", {})
    api.call("/anything", {})
    assert len({request.connection for request in server.received}) == 1
    monkeypatch.setattr(client, "IDLE", timedelta(0))
    api.call("/anything", {})
    assert len({request.connection for request in server.received}) == 2


def test_the_environment_cannot_route_a_secret_elsewhere(server, api, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "")
    Desk(server)
    assert api.call("/anything", {}) == {"errcode": 0, "errmsg": "ok"}


@every_call
def test_no_call_leaves_inside_a_transaction(server, api, path, call):
    outside.enter_transaction()
    try:
        with pytest.raises(RuntimeError, match="outbound call wechat_api/"):
            call(api)
    finally:
        outside.leave_transaction()
    assert server.received == []
