"""Both kinds of token, several accounts, and who may call what."""

import hashlib
import hmac
import json

import pytest

from infra.local.simulators.wechat_api import identify
from infra.local.simulators.wechat_api.account import MINI, WEB
from infra.local.simulators.wechat_api.interfaces import INTERFACES

pytestmark = [pytest.mark.spec("E14", "L1"), pytest.mark.usefixtures("still")]

ADDRESSES = "/cgi-bin/getcallbackip"


def good(wechat, token: str) -> bool:
    answer = wechat.get(ADDRESSES, access_token=token)
    return answer == {"ip_list": ["127.0.0.1"]} or answer["errcode"]


def test_each_plain_token_is_new_and_leaves_the_last_five_minutes(wechat):
    first, second = wechat.plain_token(), wechat.plain_token()
    assert first["expires_in"] == second["expires_in"] == 7200
    assert first["access_token"] != second["access_token"]
    assert good(wechat, first["access_token"]) is good(wechat, second["access_token"]) is True
    wechat.ahead(301)
    assert good(wechat, first["access_token"]) == 40001
    assert good(wechat, second["access_token"]) is True
    wechat.ahead(7201)
    assert good(wechat, second["access_token"]) == 42001


def test_the_two_kinds_of_token_end_none_of_the_other(wechat):
    stable, plain = wechat.token(), wechat.plain_token()["access_token"]
    wechat.plain_token(), wechat.token(force_refresh=True)
    wechat.ahead(10)
    assert good(wechat, plain) is True
    assert good(wechat, stable) == 40001
    stable = wechat.token()
    wechat.ahead(400)
    assert good(wechat, plain) == 40001
    assert good(wechat, stable) is True


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"appid": "wx0000000000000000"}, 40013),
        ({"secret": "0" * 32}, 40125),
        ({"grant_type": "authorization_code"}, 40002),
        ({"appid": ""}, 41002),
        ({"secret": ""}, 41004),
    ],
)
def test_a_wrong_plain_token_request_leaves_the_old_token(wechat, errcode, changed, expected):
    kept = wechat.plain_token()["access_token"]
    assert errcode(wechat.plain_token(**changed)) == expected
    wechat.ahead(301)
    assert good(wechat, kept) is True


def test_a_service_account_has_stable_tokens_of_its_own(wechat):
    mini, web = wechat.token(), wechat.web_token()
    assert mini != web and wechat.web_token() == web
    wechat.token(appid=wechat.app["web_appid"], secret=wechat.app["web_secret"], force_refresh=True)
    assert good(wechat, web) == 40001
    assert good(wechat, mini) is True


def test_further_accounts_of_app_json_are_served_with_their_own_secret_and_openids(start, tmp_path, errcode):
    first = start()
    first.openid("alice")
    app = first.app | {"accounts": [{"appid": "wxanother00000001", "secret": "s" * 32, "kind": "mini"}]}
    (tmp_path / "app.json").write_text(json.dumps(app, ensure_ascii=False))
    second = start()
    asked = {"appid": "wxanother00000001", "secret": "s" * 32}
    session = second.login("sim:alice", **asked)
    assert session["openid"] == identify("alice", "wxanother00000001")["openid"] != second.openid("alice")
    assert session["unionid"] == second.login("sim:alice")["unionid"]
    assert errcode(second.login("sim:alice", appid="wxanother00000001")) == 40125
    token = second.token(**asked)
    check = {"version": 2, "scene": 2, "content": "好"}
    assert second.post("/wxa/msg_sec_check", check | {"openid": session["openid"]}, token=token)["errcode"] == 0
    assert errcode(second.post("/wxa/msg_sec_check", check | {"openid": second.openid("alice")}, token=token)) == 40003


def test_an_account_of_no_known_kind_is_not_started_with(start, tmp_path):
    app = start().app | {"accounts": [{"appid": "wx1", "secret": "s", "kind": "game"}]}
    (tmp_path / "app.json").write_text(json.dumps(app))
    with pytest.raises(ValueError, match="wx1"):
        start()


def test_every_interface_asks_for_a_token_of_its_kind_and_its_method(wechat):
    tokens = {MINI: wechat.token(), WEB: wechat.web_token()}
    for one in INTERFACES:
        send = wechat.client.get if one.method == "GET" else wechat.client.post
        other = wechat.client.post if one.method == "GET" else wechat.client.get
        assert other(one.path).json()["errcode"] == (43001 if one.method == "GET" else 43002), one.path
        if not one.needs_token:
            continue
        codes = [send(one.path, params={"access_token": token}).json()["errcode"] for token in ("", "nonsense")]
        assert codes == [41001, 40001], one.path
        for kind in {MINI, WEB} - set(one.kinds):
            answer = send(one.path, params={"access_token": tokens[kind]}).json()
            assert answer["errcode"] == 48001, one.path


def test_a_session_key_can_be_checked(wechat, errcode):
    session = wechat.login("sim:alice")
    asked = {"openid": session["openid"], "sig_method": "hmac_sha256"}
    signature = hmac.new(session["session_key"].encode(), b"", hashlib.sha256).hexdigest()
    assert wechat.call("/wxa/checksession", **asked, signature=signature) == {"errcode": 0, "errmsg": "ok"}
    assert errcode(wechat.call("/wxa/checksession", **asked, signature="0" * 64)) == 87009
    assert errcode(wechat.call("/wxa/checksession", **(asked | {"openid": "oX"}), signature=signature)) == 40003


def test_a_js_ticket_is_the_same_for_two_hours(wechat, errcode):
    ask = lambda kind: wechat.call("/cgi-bin/ticket/getticket", web=True, type=kind)  # noqa: E731
    first, card = ask("jsapi"), ask("wx_card")
    assert (first["errcode"], first["expires_in"]) == (0, 7200)
    assert first["ticket"] != card["ticket"]
    wechat.ahead(7100)
    assert ask("jsapi")["ticket"] == first["ticket"] and ask("jsapi")["expires_in"] == 100
    wechat.ahead(7201)
    assert ask("jsapi")["ticket"] != first["ticket"]
    assert errcode(ask("other")) == 40097


def test_a_web_token_can_be_asked_about(wechat, errcode):
    query = {"appid": wechat.app["web_appid"], "secret": wechat.app["web_secret"], "grant_type": "authorization_code"}
    web = wechat.get("/sns/oauth2/access_token", **query, code="sim:alice")
    ask = lambda token, openid: wechat.get("/sns/auth", access_token=token, openid=openid)  # noqa: E731
    assert ask(web["access_token"], web["openid"]) == {"errcode": 0, "errmsg": "ok"}
    assert errcode(ask(web["access_token"], "oOther")) == 40003
    assert errcode(ask("nonsense", web["openid"])) == 40001
    refresh = {"appid": wechat.app["web_appid"], "refresh_token": web["refresh_token"]}
    fresh = wechat.get("/sns/oauth2/refresh_token", **refresh)
    assert errcode(ask(web["access_token"], web["openid"])) == 40001
    wechat.ahead(7201)
    assert errcode(ask(fresh["access_token"], web["openid"])) == 42001
