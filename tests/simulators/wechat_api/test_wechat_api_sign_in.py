"""Login codes, phone codes, access tokens, the account file."""

import json
import stat

import pytest

from infra.local.simulators.wechat_api import ensure_app, identify

pytestmark = pytest.mark.spec("E14", "L1")

APPID = "wxd678efh567hg6787"


def test_the_account_is_made_once_without_a_server_and_kept(tmp_path):
    first = ensure_app(tmp_path)
    assert first["appid"] == APPID
    assert len(first["secret"]) == 32 and len(first["web_secret"]) == 32
    assert [one["name"] for one in first["templates"]] == [
        "order_paid", "order_shipped", "group_progress", "group_success",
        "group_failed", "coupon_expiring", "order_unpaid", "refund_done", "refund_refused",
    ]  # fmt: skip
    assert ensure_app(tmp_path) == first
    assert ensure_app(tmp_path, gateway_url="http://127.0.0.1:9") == first | {"gateway_url": "http://127.0.0.1:9"}
    assert json.loads((tmp_path / "app.json").read_text()) == first | {"gateway_url": "http://127.0.0.1:9"}
    assert stat.S_IMODE((tmp_path / "app.json").stat().st_mode) == 0o600


def test_a_sim_code_is_that_person_any_number_of_times(wechat):
    first, again, other = wechat.login("sim:alice"), wechat.login("sim:alice"), wechat.login("sim:bob")
    assert first == again
    assert set(first) == {"openid", "session_key", "unionid"}
    assert first["openid"] == identify("alice", APPID)["openid"]
    assert len(first["openid"]) == 28 and len(first["unionid"]) == 28 and len(first["session_key"]) == 24
    assert other["openid"] != first["openid"] and other["unionid"] != first["unionid"]


def test_the_mini_program_is_not_told_a_unionid_before_the_apps_are_bound(wechat):
    told = wechat.login("sim:alice")["unionid"]
    wechat.control("/_sim/people", {"person": "alice", "unionid": False})
    assert set(wechat.login("sim:alice")) == {"openid", "session_key"}
    assert wechat.login("sim:bob")["unionid"] != told
    wechat.control("/_sim/people", {"person": "alice", "unionid": True})
    assert wechat.login("sim:alice")["unionid"] == told


def test_an_issued_login_code_works_once(wechat, errcode):
    code = wechat.control("/_sim/codes", {"person": "alice"})["code"]
    assert wechat.login(code)["openid"] == identify("alice", APPID)["openid"]
    assert errcode(wechat.login(code)) == 40163


def test_a_login_code_ends_after_five_minutes(wechat, errcode):
    young, old = (wechat.control("/_sim/codes", {"person": "alice"})["code"] for _ in range(2))
    wechat.ahead(299)
    assert "openid" in wechat.login(young)
    wechat.ahead(301)
    assert errcode(wechat.login(old)) == 40029


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"js_code": "whatever"}, 40029),
        ({"js_code": "sim:"}, 40029),
        ({"js_code": ""}, 41008),
        ({"appid": "wx0000000000000000"}, 40013),
        ({"secret": "0" * 32}, 40125),
        ({"appid": ""}, 41002),
        ({"secret": ""}, 41004),
        ({"grant_type": "client_credential"}, 40002),
    ],
)
def test_a_wrong_login_is_refused_and_nobody_becomes_known(wechat, errcode, changed, expected):
    assert errcode(wechat.login("sim:alice", **changed)) == expected
    assert wechat.get("/_sim/people") == {"people": []}


def test_a_phone_code_is_no_login_code(wechat, errcode):
    code = wechat.control("/_sim/codes", {"person": "alice", "kind": "phone"})["code"]
    assert errcode(wechat.login(code)) == 40029
    assert wechat.post("/wxa/business/getuserphonenumber", {"code": code})["errcode"] == 0


def test_the_phone_number_follows_from_the_person(wechat):
    first = wechat.post("/wxa/business/getuserphonenumber", {"code": "sim:alice"})
    again = wechat.post("/wxa/business/getuserphonenumber", {"code": "sim:alice"})
    info = first["phone_info"]
    assert (first["errcode"], first["errmsg"]) == (0, "ok")
    assert info["phoneNumber"] == info["purePhoneNumber"] == again["phone_info"]["phoneNumber"]
    assert info["phoneNumber"] == identify("alice", APPID)["phone"]
    assert len(info["phoneNumber"]) == 11 and info["phoneNumber"][0] == "1"
    assert info["countryCode"] == "86" and info["watermark"]["appid"] == APPID


def test_a_phone_code_works_once_for_five_minutes(wechat, errcode):
    used, old = (wechat.control("/_sim/codes", {"person": "alice", "kind": "phone"})["code"] for _ in range(2))
    ask = lambda code: wechat.post("/wxa/business/getuserphonenumber", {"code": code})  # noqa: E731
    assert ask(used)["errcode"] == 0
    assert errcode(ask(used)) == 40029
    wechat.ahead(301)
    assert errcode(ask(old)) == 40029
    assert errcode(ask("")) == 41008


def test_a_stable_token_stays_until_its_last_five_minutes(wechat):
    first = wechat.stable_token()
    assert first["expires_in"] == 7200 and len(first["access_token"]) > 100
    wechat.ahead(6890)
    later = wechat.stable_token()
    assert later["access_token"] == first["access_token"] and 305 <= later["expires_in"] <= 310
    wechat.ahead(6910)
    successor = wechat.stable_token()
    assert successor["access_token"] != first["access_token"] and successor["expires_in"] == 7200


def test_old_and_new_token_are_both_good_in_the_overlap(wechat, errcode):
    old = wechat.token()
    wechat.ahead(6910)
    new = wechat.token()
    ask = lambda token: wechat.post("/wxa/business/getuserphonenumber", {"code": "sim:a"}, token=token)  # noqa: E731
    assert ask(old)["errcode"] == ask(new)["errcode"] == 0
    wechat.ahead(7201)
    assert errcode(ask(old)) == 42001
    assert ask(new)["errcode"] == 0


def test_a_forced_refresh_ends_the_old_token_at_once(wechat, errcode):
    old = wechat.token()
    new = wechat.token(force_refresh=True)
    assert new != old and wechat.token() == new
    assert errcode(wechat.post("/wxa/business/getuserphonenumber", {"code": "sim:a"}, token=old)) == 40001


def test_forced_refreshes_stand_thirty_seconds_apart_and_twenty_a_day(wechat, errcode):
    kept = wechat.token(force_refresh=True)
    assert errcode(wechat.stable_token(force_refresh=True)) == 45011
    assert wechat.token() == kept
    for number in range(1, 20):
        wechat.ahead(31 * number)
        kept = wechat.token(force_refresh=True)
    wechat.ahead(31 * 20)
    assert errcode(wechat.stable_token(force_refresh=True)) == 45009
    assert wechat.token() == kept
    wechat.ahead(86400 + 31)
    assert wechat.token(force_refresh=True) != kept


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"appid": "wx0000000000000000"}, 40013),
        ({"secret": "0" * 32}, 40125),
        ({"grant_type": "authorization_code"}, 40002),
        ({"appid": None}, 41002),
        ({"secret": None}, 41004),
    ],
)
def test_a_wrong_token_request_issues_nothing(wechat, errcode, changed, expected):
    assert errcode(wechat.stable_token(**changed)) == expected
    assert "access_token · 当前没有有效的" in wechat.client.get("/").text


PROTECTED = [
    "/wxa/business/getuserphonenumber",
    "/cgi-bin/message/subscribe/send",
    "/wxa/getwxacodeunlimit",
    "/wxa/msg_sec_check",
    "/wxa/getuserriskrank",
    "/wxa/sec/order/upload_shipping_info",
    "/wxa/sec/order/get_order",
    "/cgi-bin/express/delivery/open_msg/get_delivery_list",
]


@pytest.mark.parametrize("path", PROTECTED)
def test_every_server_interface_asks_for_a_token_a_post_and_json(wechat, errcode, path):
    token = wechat.token()
    assert errcode(wechat.post(path, {}, token="")) == 41001
    assert errcode(wechat.post(path, {}, token="nonsense")) == 40001
    assert errcode(wechat.get(path, access_token=token)) == 43002
    assert errcode(wechat.client.post(path, params={"access_token": token}).json()) == 44002
    bad = wechat.client.post(path, params={"access_token": token}, content=b"{not json")
    assert bad.status_code == 200 and errcode(bad.json()) == 47001


def test_a_get_interface_refuses_post(wechat, errcode):
    assert errcode(wechat.client.post("/sns/jscode2session", json={}).json()) == 43001


def test_everything_survives_a_restart(start):
    first = start()
    token, openid = first.token(), first.openid("alice")
    spent = first.control("/_sim/codes", {"person": "alice"})["code"]
    first.login(spent)
    first.ahead(100)
    template = first.template("order_paid")["template_id"]
    first.control("/_sim/consents", {"openid": openid, "template_id": template, "times": 3})
    second = start()
    assert second.token() == token
    assert second.login(spent)["errcode"] == 40163
    assert second.get("/_sim/clock")["ahead_s"] == 100
    assert [one["person"] for one in second.get("/_sim/people")["people"]] == ["alice"]
    consents = [{"openid": openid, "template_id": template, "times_left": 3}]
    assert second.get("/_sim/consents") == {"consents": consents}
