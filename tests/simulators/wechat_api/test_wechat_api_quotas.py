"""Counts and their limits, and the request ids of what was refused."""

import pytest

pytestmark = [pytest.mark.spec("E14", "L1"), pytest.mark.usefixtures("still")]

TEXT = "/wxa/msg_sec_check"
LINK, SCHEME = "/wxa/generate_urllink", "/wxa/generatescheme"
QUOTA, CLEAR, RID = "/cgi-bin/openapi/quota/get", "/cgi-bin/clear_quota", "/cgi-bin/openapi/rid/get"


def check(wechat) -> dict:
    return wechat.call(TEXT, {"version": 2, "scene": 2, "openid": wechat.openid("alice"), "content": "好"})


def quota(wechat, path: str) -> dict:
    return wechat.call(QUOTA, {"cgi_path": path})["quota"]


def limit(wechat, path: str, most: int | None, period: str = "day") -> None:
    wechat.control("/_sim/quotas", {"cgi_path": path, "most": most, "period": period})


def test_calls_are_counted_by_the_shanghai_day_and_one_too_many_is_refused(wechat, errcode):
    assert quota(wechat, TEXT) == {"daily_limit": 2000000, "used": 0, "remain": 2000000}
    limit(wechat, TEXT, 2)
    assert [check(wechat)["errcode"] for _ in range(2)] == [0, 0]
    assert errcode(check(wechat)) == 45009
    assert quota(wechat, TEXT) == {"daily_limit": 2, "used": 2, "remain": 0}
    wechat.ahead(86400)
    assert check(wechat)["errcode"] == 0
    assert quota(wechat, TEXT) == {"daily_limit": 2, "used": 1, "remain": 1}


def test_too_many_in_a_minute_wait_for_the_next(wechat, errcode):
    limit(wechat, TEXT, 1, "minute")
    assert check(wechat)["errcode"] == 0
    assert errcode(check(wechat)) == 45011
    wechat.ahead(60)
    assert check(wechat)["errcode"] == 0
    limit(wechat, TEXT, None, "minute")
    assert [check(wechat)["errcode"] for _ in range(3)] == [0, 0, 0]


def test_links_and_schemes_share_one_count(wechat, errcode):
    limit(wechat, LINK, 9)  # of no interface by itself: the pool has a name of its own
    limit(wechat, "urllink and scheme", 2)
    assert wechat.call(LINK, {"path": "pages/a"})["errcode"] == 0
    assert wechat.call(SCHEME, {"jump_wxa": {}})["errcode"] == 0
    assert errcode(wechat.call(SCHEME, {"jump_wxa": {}})) == 45009
    assert quota(wechat, LINK) == {"daily_limit": 2, "used": 2, "remain": 0}


def test_one_person_signs_in_a_hundred_times_a_minute(wechat, errcode):
    for _ in range(100):
        assert "openid" in wechat.login("sim:alice")
    assert errcode(wechat.login("sim:alice")) == 45011
    assert "openid" in wechat.login("sim:bob")
    wechat.ahead(60)
    assert "openid" in wechat.login("sim:alice")


def test_two_thousand_plain_tokens_a_day(wechat, errcode):
    limit(wechat, "/cgi-bin/token", 1)
    kept = wechat.plain_token()["access_token"]
    assert errcode(wechat.plain_token()) == 45009
    wechat.ahead(301)
    assert wechat.get("/cgi-bin/getcallbackip", access_token=kept)["ip_list"] == ["127.0.0.1"]


def test_the_counts_of_one_account_are_cleared_ten_times_a_month(wechat, errcode):
    limit(wechat, TEXT, 1)
    assert check(wechat)["errcode"] == 0
    assert errcode(wechat.call(CLEAR, {"appid": "wx0"})) == 40013
    assert errcode(check(wechat)) == 45009
    assert wechat.call(CLEAR, {"appid": wechat.app["appid"]}) == {"errcode": 0, "errmsg": "ok"}
    assert check(wechat)["errcode"] == 0
    own = {"appid": wechat.app["appid"], "appsecret": wechat.app["secret"]}
    for _ in range(9):
        assert wechat.client.post(CLEAR + "/v2", json=own).json()["errcode"] == 0
    assert errcode(wechat.call(CLEAR, {"appid": wechat.app["appid"]})) == 48006
    assert wechat.call(CLEAR, {"appid": wechat.app["web_appid"]}, web=True)["errcode"] == 0
    assert errcode(wechat.client.post(CLEAR + "/v2", json=own | {"appsecret": "0" * 32}).json()) == 40125


def test_a_quota_is_told_of_an_interface_that_the_account_may_call(wechat, errcode):
    answer = wechat.call(QUOTA, {"cgi_path": TEXT})
    assert answer["rate_limit"] == {"call_count": 4000, "refresh_second": 60}
    assert errcode(wechat.call(QUOTA, {"cgi_path": "/wxa/nothing"})) == 76021
    assert errcode(wechat.call(QUOTA, {"cgi_path": TEXT}, web=True)) == 76022


def rid_of(answer: dict) -> str:
    return answer["errmsg"].rpartition("rid: ")[2]


def test_every_refusal_can_be_asked_about_without_its_secrets(wechat):
    token = wechat.token()
    refusal = wechat.post(TEXT, {"version": 3, "content": "好"}, token=token)
    request = wechat.call(RID, {"rid": rid_of(refusal)})["request"]
    assert request["request_url"] == f"{TEXT}?access_token={token[:10]}%2A%2A%2A"
    assert request["request_body"].replace(" ", "") == '{"version":3,"content":"好"}'
    assert '"errcode": 40097' in request["response_body"] and rid_of(refusal) in request["response_body"]
    assert set(request) == {"invoke_time", "cost_in_ms", "request_url", "request_body", "response_body", "client_ip"}
    wrong = wechat.stable_token(secret="not-the-secret")
    assert "not-the-secret" not in wechat.call(RID, {"rid": rid_of(wrong)})["request"]["request_body"]
    wrong = wechat.login("sim:alice", secret="not-the-secret")
    assert "not-the-secret" not in wechat.call(RID, {"rid": rid_of(wrong)})["request"]["request_url"]


def test_a_rid_is_known_for_a_week_to_its_own_account(wechat, errcode):
    rid = rid_of(wechat.call(TEXT, {"version": 3}))
    assert errcode(wechat.call(RID, {"rid": rid}, web=True)) == 76003
    assert errcode(wechat.call(RID, {"rid": "00000000-00000000-00000000"})) == 76001
    assert errcode(wechat.call(RID, {"rid": "what"})) == 76002
    assert errcode(wechat.call(RID, {})) == 76002
    wechat.ahead(7 * 86400)
    assert wechat.call(RID, {"rid": rid})["errcode"] == 0
    wechat.ahead(7 * 86400 + 1)
    assert errcode(wechat.call(RID, {"rid": rid})) == 76004
    assert errcode(wechat.call(RID, {"rid": rid})) == 76001  # a refusal sweeps out what is too old


def test_a_given_fault_has_a_rid_too(wechat):
    rules = [{"at": TEXT, "do": "busy"}]
    wechat.client.put("/_sim/faults", json={"rules": rules})
    assert "system error" in wechat.call(RID, {"rid": rid_of(check(wechat))})["request"]["response_body"]
