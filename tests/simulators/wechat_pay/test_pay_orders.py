"""Orders as the platform keeps them: create, query, close, the buyer's payment."""

import datetime as dt
import json
import re
import time

import pytest
from wechatpayv3 import WeChatPayType

pytestmark = pytest.mark.spec("E14", "L1")

HOUR = 3600
DAY = 24 * HOUR


def in_seconds(seconds):
    zone = dt.timezone(dt.timedelta(hours=8))
    return dt.datetime.fromtimestamp(time.time() + seconds, zone).isoformat(timespec="seconds")


def close(bare, order):
    url = f"/v3/pay/transactions/out-trade-no/{order['out_trade_no']}/close"
    status, _, body = bare("POST", url, {"mchid": order["mchid"]})
    return status, json.loads(body) if body else None


@pytest.mark.parametrize("public_key_mode", [True, False])
def test_the_real_library_creates_queries_and_closes(simulator, site, open_library, public_key_mode):
    library = open_library(public_key_mode=public_key_mode)
    number = f"LIB{int(public_key_mode)}00001"
    status, text = library.pay(
        description="搪瓷杯", out_trade_no=number, amount={"total": 100}, payer={"openid": "o1"}, notify_url=site.url
    )
    assert status == 200
    assert re.fullmatch(r"wx\d{14}[0-9a-f]{20}", json.loads(text)["prepay_id"])
    status, text = library.query(out_trade_no=number)
    assert (status, json.loads(text)) == (200, {
        "appid": simulator.merchant["appids"][0],
        "mchid": simulator.merchant["mchid"],
        "out_trade_no": number,
        "trade_type": "JSAPI",
        "attach": "",
        "trade_state": "NOTPAY",
        "trade_state_desc": "订单未支付",
        "amount": {"total": 100, "currency": "CNY"},
    })
    assert library.close(number)[0] == 204
    assert json.loads(library.query(out_trade_no=number)[1])["trade_state"] == "CLOSED"


@pytest.mark.parametrize(("pay_type", "scene", "key", "shape"), [
    (WeChatPayType.NATIVE, None, "code_url", r"weixin://wxpay/bizpayurl\?pr=[\w-]+"),
    (WeChatPayType.APP, None, "prepay_id", r"wx\w{34}"),
    (WeChatPayType.H5, {"payer_client_ip": "1.2.3.4", "h5_info": {"type": "Wap"}}, "h5_url",
     r"http://127\.0\.0\.1:\d+/_sim/checkout/LIB[A-Z0-9]+\?prepay_id=wx\w{34}"),
])
def test_the_other_ways_to_pay(simulator, site, open_library, pay_type, scene, key, shape):
    library = open_library(pay_type=pay_type)
    number = f"LIB{pay_type.name}001"
    status, text = library.pay(
        description="杯", out_trade_no=number, amount={"total": 1}, notify_url=site.url, scene_info=scene
    )
    assert status == 200
    answer = json.loads(text)
    assert list(answer) == [key]
    assert re.fullmatch(shape, answer[key])
    payment_key = answer[key].split("=")[-1]
    assert simulator.pay(payment_key, openid="oPayer").json()["openid"] == "oPayer"


def test_a_paid_order_is_shown_in_full_by_both_numbers(simulator, bare, paid_order, query):
    order = paid_order(attach="第三摊")
    status, shown = query(order["out_trade_no"])
    assert status == 200
    assert re.fullmatch(r"420000\d{22}", order["transaction_id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00", shown.pop("success_time"))
    assert shown == {
        "mchid": order["mchid"],
        "appid": order["appid"],
        "out_trade_no": order["out_trade_no"],
        "transaction_id": order["transaction_id"],
        "trade_type": "JSAPI",
        "trade_state": "SUCCESS",
        "trade_state_desc": "支付成功",
        "bank_type": "OTHERS",
        "attach": "第三摊",
        "payer": {"openid": "oBuyer1"},
        "amount": {"total": 1999, "payer_total": 1999, "currency": "CNY", "payer_currency": "CNY"},
        "promotion_detail": [],
    }
    by_id = bare("GET", f"/v3/pay/transactions/id/{order['transaction_id']}?mchid={order['mchid']}")
    assert json.loads(by_id[2])["out_trade_no"] == order["out_trade_no"]


def test_the_wallet_may_pay_less_than_the_total(simulator, new_order, create, query):
    order = new_order()
    create(order)
    assert simulator.pay(order["out_trade_no"], pay_total_fen=1500).status_code == 200
    assert query(order["out_trade_no"])[1]["amount"]["payer_total"] == 1500


def test_a_number_with_odd_but_allowed_characters_works(simulator, new_order, create, query):
    order = new_order(out_trade_no="A|b*c-d_1")
    assert create(order)[0] == 200
    status, answer = query("A%7Cb*c-d_1")
    assert (status, answer["out_trade_no"]) == (200, "A|b*c-d_1")


def test_a_total_of_zero_is_refused_in_the_documented_words(new_order, create, query):
    order = new_order(amount={"total": 0})
    message = "输入源“/body/amount/total”映射到数值字段“总金额”规则校验失败，值低于最小值 1"
    assert create(order) == (400, {
        "code": "PARAM_ERROR",
        "message": message,
        "detail": {"field": "/amount/total", "value": 0, "issue": message, "location": "body"},
    })
    assert query(order["out_trade_no"]) == (404, {"code": "ORDER_NOT_EXIST", "message": "订单不存在"})


@pytest.mark.parametrize(("product", "changes", "field"), [
    ("jsapi", {"payer": {}}, "/payer/openid"),
    ("jsapi", {"amount": {"total": 1.5}}, "/amount/total"),
    ("jsapi", {"amount": {"total": True}}, "/amount/total"),
    ("jsapi", {"amount": {}}, "/amount/total"),
    ("jsapi", {"amount": {"total": 1, "currency": "USD"}}, "/amount/currency"),
    ("jsapi", {"out_trade_no": "SHORT"}, "/out_trade_no"),
    ("jsapi", {"out_trade_no": "X" * 33}, "/out_trade_no"),
    ("jsapi", {"out_trade_no": "订单0000001"}, "/out_trade_no"),
    ("jsapi", {"description": "长" * 128}, "/description"),
    ("jsapi", {"description": None}, "/description"),
    ("jsapi", {"attach": "x" * 129}, "/attach"),
    ("jsapi", {"notify_url": "https://a.cn/n?x=1"}, "/notify_url"),
    ("jsapi", {"notify_url": "ftp://a.cn/n"}, "/notify_url"),
    ("jsapi", {"notify_url": None}, "/notify_url"),
    ("jsapi", {"time_expire": "tomorrow"}, "/time_expire"),
    ("jsapi", {"time_expire": "2020-01-01T00:00:00+08:00"}, "/time_expire"),
    ("jsapi", {"time_expire": "2099-01-01T00:00:00"}, "/time_expire"),
    ("h5", {}, "/scene_info/payer_client_ip"),
    ("h5", {"scene_info": {"payer_client_ip": "1.2.3.4"}}, "/scene_info/h5_info/type"),
])
def test_a_bad_field_is_named_and_no_order_is_made(simulator, new_order, create, product, changes, field):
    before = len(simulator.http.get("/_sim/orders").json()["orders"])
    status, answer = create(new_order(**changes), product)
    assert (status, answer["code"], answer["detail"]["field"]) == (400, "PARAM_ERROR", field)
    assert len(simulator.http.get("/_sim/orders").json()["orders"]) == before


def test_a_body_that_is_no_object_is_refused(bare):
    for body in (b"", b"[1]", b"{oops"):
        status, _, answer = bare("POST", "/v3/pay/transactions/jsapi", body=body)
        assert (status, json.loads(answer)["code"]) == (400, "PARAM_ERROR")


def test_foreign_mchid_and_appid_are_refused(new_order, create):
    assert create(new_order(mchid="1900000999")) == (
        400, {"code": "PARAM_ERROR", "message": "http header中的mchid与post payload中的mchid不匹配"}
    )
    assert create(new_order(appid="wx1"))[1]["code"] == "APPID_MCHID_NOT_MATCH"


def test_the_same_order_again_gives_a_new_prepay_and_both_can_pay(simulator, new_order, create):
    order = new_order()
    (_, first), (_, second) = create(order), create(dict(reversed(order.items())))
    assert first["prepay_id"] != second["prepay_id"]
    assert simulator.pay(first["prepay_id"]).json()["trade_state"] == "SUCCESS"
    assert simulator.pay(second["prepay_id"]).json()["code"] == "ORDERPAID"


def test_the_same_number_for_something_else_is_refused_and_the_first_order_stands(new_order, create, query):
    order = new_order()
    create(order)
    for other in ({**order, "amount": {"total": 2}}, {**order, "payer": {"openid": "oBuyer2"}}):
        status, answer = create(other)
        assert (status, answer["code"]) == (403, "OUT_TRADE_NO_USED")
    assert create(order, "app")[0] == 403
    assert query(order["out_trade_no"])[1]["amount"]["total"] == 1999


def test_closed_and_paid_orders_cannot_be_created_again(bare, new_order, create, paid_order):
    closed = new_order()
    create(closed)
    assert close(bare, closed) == (204, None)
    assert create(closed) == (400, {"code": "ORDER_CLOSED", "message": "订单已关闭"})
    paid = paid_order()
    paid.pop("transaction_id")
    assert create(paid) == (400, {"code": "ORDERPAID", "message": "该订单已支付"})


def test_close_may_be_repeated_and_refuses_a_paid_order(bare, new_order, create, paid_order, query):
    order = new_order()
    create(order)
    assert [close(bare, order), close(bare, order)] == [(204, None)] * 2
    assert close(bare, new_order()) == (204, None)
    paid = paid_order()
    assert close(bare, paid) == (400, {"code": "ORDERPAID", "message": "该订单已支付"})
    assert query(paid["out_trade_no"])[1]["trade_state"] == "SUCCESS"


def test_a_closed_order_cannot_be_paid(simulator, bare, new_order, create, query, site):
    order = new_order()
    create(order)
    close(bare, order)
    answer = simulator.pay(order["out_trade_no"])
    assert (answer.status_code, answer.json()) == (409, {"code": "ORDER_CLOSED", "message": "该订单已关闭"})
    assert query(order["out_trade_no"])[1]["trade_state"] == "CLOSED"
    assert site.received == []


def test_paying_twice_takes_the_money_once(simulator, paid_order, site):
    order = paid_order()
    again = simulator.pay(order["out_trade_no"])
    assert (again.status_code, again.json()["code"]) == (409, "ORDERPAID")
    funds = simulator.http.get("/_sim/funds").json()["funds"]
    its_own = [(flow["kind"], flow["amount_fen"]) for flow in funds if flow["out_trade_no"] == order["out_trade_no"]]
    assert its_own == [("income", 1999), ("fee", -12)]
    assert len(site.received) == 1


def test_nobody_pays_anothers_order_and_no_order_is_404(simulator, new_order, create):
    order = new_order()
    create(order)
    assert simulator.pay(order["out_trade_no"], openid="oBuyer2").json()["code"] == "PAYER_MISMATCH"
    assert simulator.pay("NOBODY1").status_code == 404


@pytest.mark.parametrize(("product", "lives_s"), [("jsapi", 2 * HOUR), ("native", 2 * HOUR), ("h5", 300)])
def test_a_prepay_ends_but_the_order_can_be_asked_for_again(simulator, new_order, create, product, lives_s):
    order = new_order(scene_info={"payer_client_ip": "1.2.3.4", "h5_info": {"type": "Wap"}})
    _, answer = create(order, product)
    key = next(iter(answer.values())).split("=")[-1]
    simulator.move_clock(lives_s + 5)
    assert simulator.pay(key).json()["code"] == "PREPAY_EXPIRED"
    _, answer = create(order, product)
    assert simulator.pay(next(iter(answer.values())).split("=")[-1]).status_code == 200


@pytest.mark.parametrize(("product", "asked_s", "lives_s"), [
    ("jsapi", None, 7 * DAY),
    ("jsapi", 10, 60),
    ("jsapi", 1800, 1800),
    ("jsapi", 90 * DAY, 15 * DAY),
    ("native", 90 * DAY, 7 * DAY),
])
def test_an_order_lives_as_long_as_the_rules_allow(simulator, new_order, create, product, asked_s, lives_s):
    order = new_order(**({"time_expire": in_seconds(asked_s)} if asked_s else {}))
    assert create(order, product)[0] == 200
    shown = simulator.order(order["out_trade_no"])
    lived = dt.datetime.fromisoformat(shown["expires_at"]) - dt.datetime.fromisoformat(shown["created_at"])
    assert abs(lived.total_seconds() - lives_s) <= 1
    simulator.move_clock(lives_s + 2)
    assert simulator.pay(order["out_trade_no"]).json()["code"] == "ORDER_EXPIRED"
    assert create(order, product) == (400, {"code": "ORDER_CLOSED", "message": "订单已关闭"})


def test_query_needs_our_mchid(bare, new_order, create):
    order = new_order()
    create(order)
    for query in ("", "?mchid=1900000999"):
        status, _, body = bare("GET", f"/v3/pay/transactions/out-trade-no/{order['out_trade_no']}{query}")
        assert (status, json.loads(body)["code"]) == (400, "PARAM_ERROR")
