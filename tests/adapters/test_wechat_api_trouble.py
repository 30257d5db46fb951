"""WeChat's interface: what an errcode means, the access token, and the connection."""

from __future__ import annotations

import json
import logging
import threading
from datetime import timedelta

import pytest
from mall.adapters.wechat_api import BadLoginCode, NoConsentLeft, WeChatApi, WeChatBusy, WeChatRefused, client
from mall.kit import clock, outside
from mall.kit.errors import BadInput, MallError, RuleBroken, TooMany, Unavailable

from tests.adapters.api_words import CALLS, SECRET, TOKEN_PATH, Desk, config, every_call, query_of, refusing, said

pytestmark = pytest.mark.spec("A1", "I1")


@pytest.fixture
def api(server):
    return WeChatApi(config(server))


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
