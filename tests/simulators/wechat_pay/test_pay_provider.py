"""A service provider's orders (服务商模式): paid in its own app, or in the app of the merchant that it acts for."""

import json

import pytest

pytestmark = pytest.mark.spec("E14", "L1")

SUB = "1900000333"
PATH = "/v3/pay/partner/transactions"


@pytest.fixture
def provided(simulator, new_order):
    """The body of a service provider's order."""

    def make(**changes):
        order = {**new_order(), "sp_mchid": simulator.merchant["mchid"], "sub_mchid": SUB,
                 "sp_appid": simulator.merchant["appids"][0], "payer": {"sp_openid": "oOfProvider"}, **changes}
        return {name: value for name, value in order.items() if name not in ("mchid", "appid")}

    return make


def ask(bare, order, product="jsapi"):
    status, _, body = bare("POST", f"{PATH}/{product}", order)
    return status, json.loads(body)


def looked_up(bare, simulator, order):
    url = f"{PATH}/out-trade-no/{order['out_trade_no']}?sp_mchid={simulator.merchant['mchid']}&sub_mchid={SUB}"
    status, _, body = bare("GET", url)
    assert status == 200, body
    return json.loads(body)


OWN_APP = {"sub_appid": "wx0000000000000333"}


@pytest.mark.parametrize(("changes", "payer"), [
    ({}, {"sp_openid": "oOfProvider"}),
    ({**OWN_APP, "payer": {"sub_openid": "oOfSub"}}, {"sub_openid": "oOfSub"}),
    ({**OWN_APP, "payer": {"sp_openid": "oOfProvider", "sub_openid": "oOfSub"}},
     {"sp_openid": "oOfProvider", "sub_openid": "oOfSub"}),
])
def test_the_payer_is_known_in_the_app_that_the_order_names(simulator, bare, site, provided, changes, payer):
    order = provided(**changes)
    status, answer = ask(bare, order)
    assert (status, list(answer)) == (200, ["prepay_id"])
    assert simulator.pay(order["out_trade_no"]).status_code == 200
    told = site.open(simulator.merchant, 0)["resource"]
    whose = {"sp_mchid": simulator.merchant["mchid"], "sp_appid": simulator.merchant["appids"][0], "sub_mchid": SUB,
             **({name: value for name, value in changes.items() if name == "sub_appid"})}
    for seen in (told, looked_up(bare, simulator, order)):
        assert {name: value for name, value in seen.items() if name.startswith(("sp_", "sub_"))} == whose
        assert (seen["trade_state"], seen["payer"]) == ("SUCCESS", payer)


@pytest.mark.parametrize(("changes", "code", "field"), [
    ({"payer": {"sub_openid": "oOfSub"}}, "PARAM_ERROR", "/sub_appid"),
    ({"payer": {}}, "PARAM_ERROR", "/payer/sp_openid"),
    ({**OWN_APP, "payer": {}}, "PARAM_ERROR", "/payer/sub_openid"),
    ({"sp_appid": "wx0000000000000999"}, "APPID_MCHID_NOT_MATCH", None),
    ({"sp_appid": None}, "PARAM_ERROR", "/sp_appid"),
])
def test_an_order_that_names_no_payer_or_a_foreign_app_is_refused(simulator, bare, provided, changes, code, field):
    order = provided(**changes)
    status, answer = ask(bare, order)
    assert (status, answer["code"], answer.get("detail", {}).get("field")) == (400, code, field)
    assert simulator.http.get(f"/_sim/orders/{order['out_trade_no']}").status_code == 404


@pytest.mark.parametrize(("product", "answered"), [("native", "code_url"), ("app", "prepay_id"), ("h5", "h5_url")])
def test_a_payer_who_is_not_named_is_told_by_the_payment(simulator, bare, site, provided, product, answered):
    scene = {"payer_client_ip": "203.0.113.7", "h5_info": {"type": "Wap"}}
    order = {name: value for name, value in provided(scene_info=scene).items() if name != "payer"}
    status, answer = ask(bare, order, product)
    assert (status, list(answer)) == (200, [answered])
    simulator.pay(order["out_trade_no"], openid="oSomebody")
    assert site.open(simulator.merchant, 0)["resource"]["payer"] == {"sp_openid": "oSomebody"}
