"""The fault plan, the list of calls, the overview page."""

import time

import pytest

from infra.local.simulators.wechat_api.interfaces import INTERFACES

pytestmark = pytest.mark.spec("E14", "L1")

SEND = "/cgi-bin/message/subscribe/send"
PHONE = "/wxa/business/getuserphonenumber"


def plan(wechat, *rules: dict) -> dict:
    response = wechat.client.put("/_sim/faults", json={"rules": list(rules)})
    assert response.status_code == 200, response.text
    return response.json()


def phone(wechat, name: str = "alice") -> dict:
    return wechat.post(PHONE, {"code": "sim:" + name})


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"do": "busy"}, -1),
        ({"do": "token_expired"}, 40001),
        ({"do": "quota"}, 45009),
        ({"do": "quota", "errcode": 45011}, 45011),
        ({"do": "errcode", "errcode": 40164, "errmsg": "invalid ip"}, 40164),
    ],
)
def test_a_fault_is_given_once_and_then_all_is_well(wechat, errcode, fault, expected):
    plan(wechat, {"at": PHONE, **fault})
    assert errcode(phone(wechat)) == expected
    assert phone(wechat)["errcode"] == 0
    assert [one["given"] for one in wechat.get("/_sim/faults")["rules"]] == [1]


@pytest.mark.parametrize("status", [500, 502])
def test_an_http_fault_has_no_body(wechat, status):
    plan(wechat, {"at": PHONE, "do": "http", "status": status, "times": 2})
    for _ in range(2):
        response = wechat.raw(PHONE, {"code": "sim:alice"})
        assert (response.status_code, response.content) == (status, b"")
    assert phone(wechat)["errcode"] == 0


def test_a_fault_may_be_meant_for_one_person(wechat):
    alice = wechat.openid("alice")
    plan(wechat, {"at": "*", "do": "busy", "openid": alice, "times": None})
    assert phone(wechat, "bob")["errcode"] == 0
    assert phone(wechat, "alice")["errcode"] == -1
    assert wechat.login("sim:alice")["errcode"] == -1
    assert "openid" in wechat.login("sim:bob")


@pytest.mark.parametrize(("done", "arrived"), [(False, 0), (True, 1)])
def test_a_timeout_comes_before_or_after_the_work(wechat, done, arrived):
    openid, template = wechat.openid("alice"), wechat.template("refund_done")
    wechat.control("/_sim/consents", {"openid": openid, "template_id": template["template_id"]})
    data = {field["key"]: {"value": field["example"]} for field in template["fields"]}
    plan(wechat, {"at": SEND, "do": "timeout", "seconds": 0.05, "done": done})
    start = time.monotonic()
    response = wechat.raw(SEND, {"touser": openid, "template_id": template["template_id"], "data": data})
    assert response.status_code == 504 and time.monotonic() - start >= 0.05
    assert len(wechat.get("/_sim/inbox")["messages"]) == arrived
    assert [one["times_left"] for one in wechat.get("/_sim/consents")["consents"]] == [1 - arrived]


def test_the_plan_is_replaced_added_to_and_ended(wechat):
    plan(wechat, {"at": PHONE, "do": "busy"})
    plan(wechat, {"at": SEND, "do": "busy"})
    added = wechat.client.post("/_sim/faults", json={"rules": [{"at": "*", "do": "http"}]}).json()
    assert [(one["at"], one["do"]) for one in added["rules"]] == [(SEND, "busy"), ("*", "http")]
    assert wechat.client.delete("/_sim/faults").json()["rules"] == []
    assert phone(wechat)["errcode"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {"rules": [{"at": "/nowhere", "do": "busy"}]},
        {"rules": [{"at": PHONE, "do": "explode"}]},
        {"rules": [{"at": "/cgi-bin/stable_token", "do": "token_expired"}]},
        {"rules": "all"},
        [],
    ],
)
def test_a_plan_that_makes_no_sense_leaves_the_old_one(wechat, body):
    plan(wechat, {"at": PHONE, "do": "busy"})
    response = wechat.client.put("/_sim/faults", json=body)
    assert response.status_code == 400 and response.json()["error"]
    assert [one["at"] for one in wechat.get("/_sim/faults")["rules"]] == [PHONE]


def test_the_points_are_the_interfaces(wechat):
    points = wechat.get("/_sim/faults")["points"]
    assert set(points) == {one.path for one in INTERFACES}
    assert set(points[SEND]) == {"busy", "errcode", "http", "timeout", "quota", "token_expired"}
    assert "token_expired" not in points["/sns/jscode2session"]


def test_calls_are_listed_newest_first_with_their_outcome(wechat):
    plan(wechat, {"at": PHONE, "do": "busy"})
    phone(wechat), wechat.login("unknown")
    calls = wechat.get("/_sim/calls")["calls"]
    assert [(one["path"], one["errcode"], one["fault"]) for one in calls] == [
        ("/sns/jscode2session", 40029, None),
        (PHONE, -1, "busy"),
        ("/cgi-bin/stable_token", 0, None),
    ]


def test_the_overview_shows_people_and_faults_escaped(wechat):
    wechat.openid("<i>eve</i>")
    plan(wechat, {"at": PHONE, "do": "errcode", "errcode": 40164})
    page = wechat.client.get("/").text
    assert "&lt;i&gt;eve&lt;/i&gt;" in page and "<i>eve" not in page
    assert PHONE in page and "errcode=40164" in page


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/_sim/clock", {"ahead_s": "1"}),
        ("/_sim/clock", {}),
        ("/_sim/people", {"person": ""}),
        ("/_sim/people", {"person": "alice", "unionid": "no"}),
        ("/_sim/people", {"person": "x" * 65}),
        ("/_sim/codes", {"person": "alice", "kind": "other"}),
        ("/_sim/shipping/lag", {"seconds": -1}),
        ("/_sim/orders", {"transaction_id": "4200"}),
    ],
)
def test_a_control_that_makes_no_sense_is_told_and_changes_nothing(wechat, path, body):
    response = wechat.client.post(path, json=body)
    assert response.status_code == 400 and response.json()["error"]
    assert wechat.get("/_sim/people") == {"people": []} and wechat.get("/_sim/clock")["ahead_s"] == 0
