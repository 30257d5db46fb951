"""Which openid pays in which app: an openid is good in its own app alone (appid和openid不匹配)."""

import json

import pytest

from infra.local.simulators.openids import openid_of
from infra.local.simulators.wechat_api.account import APPID, WEB_APPID
from infra.local.simulators.wechat_api.people import identify

pytestmark = pytest.mark.spec("E14", "E5")
FOREIGN = "wx00000000000000ff"
NOT_A_PAIR = (400, {"code": "PARAM_ERROR", "message": "appid和openid不匹配"})


def jsapi(bare, order, appid: str, openid: str):
    number = f"{order['out_trade_no']}{appid[-2:]}"
    asked = {**order, "appid": appid, "payer": {"openid": openid}, "out_trade_no": number}
    status, _, body = bare("POST", "/v3/pay/transactions/jsapi", asked)
    return status, json.loads(body)


def test_both_simulators_know_an_openid_by_the_same_rule():
    for appid in (APPID, WEB_APPID):
        assert identify("alice", appid)["openid"] == openid_of(appid, "alice")
    assert openid_of(APPID, "alice")[:6] == openid_of(APPID, "bob")[:6] != openid_of(WEB_APPID, "alice")[:6]


@pytest.mark.parametrize("people", ["simulated", "any"])
def test_an_openid_of_another_app_is_refused(start, data_dir, bare_for, new_order, people):
    running = start(data_dir, appids=[APPID, WEB_APPID], people=people)
    bare, mini, web = bare_for(running), openid_of(APPID, "alice"), openid_of(WEB_APPID, "alice")
    for appid, own, other in ((APPID, mini, web), (WEB_APPID, web, mini)):
        assert jsapi(bare, new_order(), appid, own)[0] == 200
        assert jsapi(bare, new_order(), appid, other) == NOT_A_PAIR
    status, answer = jsapi(bare, new_order(), FOREIGN, openid_of(FOREIGN, "alice"))
    assert (status, answer["code"]) == (400, "APPID_MCHID_NOT_MATCH")
    made_up = jsapi(bare, new_order(), APPID, "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")
    assert made_up == NOT_A_PAIR if people == "simulated" else made_up[0] == 200
    assert len(running.http.get("/_sim/orders").json()["orders"]) == (2 if people == "simulated" else 3)


def test_who_scans_a_code_pays_with_an_openid_of_its_app(start, data_dir, bare_for, new_order):
    running = start(data_dir, appids=[APPID, WEB_APPID], people="simulated")
    order = {**new_order(), "appid": WEB_APPID}
    assert bare_for(running)("POST", "/v3/pay/transactions/native", order)[0] == 200
    refused = running.pay(order["out_trade_no"], openid=openid_of(APPID, "alice"))
    assert (refused.status_code, refused.json()["code"]) == (409, "PAYER_MISMATCH")
    paid = running.pay(order["out_trade_no"]).json()
    assert paid["openid"] == openid_of(WEB_APPID, "somebody")
