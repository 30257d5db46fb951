"""Calls that go wrong because the plan says so."""

import http.client
import json
import time

import pytest

pytestmark = pytest.mark.spec("E14", "L1")

CREATE = "/v3/pay/transactions/jsapi"


@pytest.fixture
def faulty_order(simulator, new_order):
    """An order not yet created, with rules for it."""

    def make(*rules):
        order = new_order()
        simulator.faults(*({"order": order["out_trade_no"], **rule} for rule in rules))
        return order

    return make


def exists(simulator, order):
    return simulator.http.get(f"/_sim/orders/{order['out_trade_no']}").status_code == 200


@pytest.mark.parametrize(("do", "code"), [
    ("202", None), ("429", "FREQUENCY_LIMITED"), ("500", "SYSTEM_ERROR"), ("502", "SERVICE_UNAVAILABLE"),
])
@pytest.mark.parametrize("act", [False, True])
def test_a_status_is_answered_and_the_call_is_done_only_if_asked(simulator, bare, faulty_order, do, code, act):
    order = faulty_order({"at": "create", "do": do, "act": act})
    status, headers, body = bare("POST", CREATE, order)
    assert (status, json.loads(body).get("code")) == (int(do), code)
    assert ("wechatpay-signature" in headers) is (do == "202")
    assert exists(simulator, order) is act
    assert bare("POST", CREATE, order)[0] == 200


def test_a_fault_is_given_only_to_believable_requests(simulator, bare, faulty_order):
    order = faulty_order({"at": "create", "do": "500"})
    assert bare("POST", CREATE, order, signature="bm8=")[0] == 401
    assert bare("POST", CREATE, order)[0] == 500


def test_refuse_says_what_the_rule_says(simulator, bare, faulty_order):
    says = {"status": 403, "code": "RULE_LIMIT", "message": "业务规则限制"}
    order = faulty_order({"at": "create", "do": "refuse", **says})
    status, _, body = bare("POST", CREATE, order)
    assert (status, json.loads(body)) == (403, {"code": "RULE_LIMIT", "message": "业务规则限制"})
    assert not exists(simulator, order)


@pytest.mark.parametrize(("do", "done"), [("timeout_before", False), ("timeout_after_accept", True)])
def test_a_timeout_hangs_and_then_breaks_the_connection(simulator, bare, faulty_order, do, done):
    order = faulty_order({"at": "create", "do": do, "seconds": 0.3})
    started = time.monotonic()
    with pytest.raises((http.client.HTTPException, OSError)):
        bare("POST", CREATE, order)
    assert time.monotonic() - started >= 0.3
    assert exists(simulator, order) is done
    assert bare("POST", CREATE, order)[0] == 200


def test_a_client_that_hangs_up_first_has_still_been_served(simulator, bare, faulty_order):
    order = faulty_order({"at": "create", "do": "timeout_after_accept", "seconds": 1})
    bare.timeout = 0.2
    with pytest.raises(TimeoutError):
        bare("POST", CREATE, order)
    assert exists(simulator, order)


@pytest.mark.parametrize("do", ["bad_signature", "signtest", "unknown_serial"])
def test_an_answer_that_cannot_be_verified(simulator, open_library, faulty_order, site, do):
    order = faulty_order({"at": "create", "do": do})
    library = open_library()
    asked = {
        "description": order["description"],
        "out_trade_no": order["out_trade_no"],
        "amount": order["amount"],
        "payer": order["payer"],
        "notify_url": site.url,
    }
    # the library's way to say that it has no such key is an int() that fails
    with pytest.raises(Exception, match="failed to verify the signature|PUB_KEY_ID_0199999999992024010100000000000000"):
        library.pay(**asked)
    assert exists(simulator, order)
    assert library.pay(**asked)[0] == 200


def test_every_call_has_its_point(simulator, bare, paid_order, refund):
    order = paid_order()
    number = refund(order, 1)[1]["out_refund_no"]
    mchid = order["mchid"]
    amount = {"refund": 1, "total": 1999, "currency": "CNY"}
    calls = {
        "query": ("GET", f"/v3/pay/transactions/id/{order['transaction_id']}?mchid={mchid}", None),
        "close": ("POST", f"/v3/pay/transactions/out-trade-no/{order['out_trade_no']}/close", {"mchid": mchid}),
        "refund": (
            "POST",
            "/v3/refund/domestic/refunds",
            {"transaction_id": order["transaction_id"], "out_refund_no": "POINT-R2", "amount": amount},
        ),
        "query_refund": ("GET", f"/v3/refund/domestic/refunds/{number}", None),
    }
    for point, call in calls.items():
        simulator.faults({"at": point, "do": "500", "order": order["out_trade_no"]})
        assert bare(*call)[0] == 500, point
        assert bare(*call)[0] != 500, point
    simulator.faults({"at": "certificates", "do": "500"})
    assert bare("GET", "/v3/certificates")[0] == 500


def test_stale_answers_come_from_before(simulator, paid_order, query, refund, query_refund, wait):
    order = paid_order()
    number = refund(order, 1999)[1]["out_refund_no"]
    wait(lambda: query_refund(number)[1]["status"] == "SUCCESS")
    simulator.faults({"at": "query", "do": "stale"}, {"at": "query_refund", "do": "stale"})
    _, shown = query(order["out_trade_no"])
    assert (shown["trade_state"], "transaction_id" in shown) == ("NOTPAY", False)
    assert query(order["out_trade_no"])[1]["trade_state"] == "REFUND"
    assert query_refund(number)[1]["status"] == "PROCESSING"
    assert query_refund(number)[1]["status"] == "SUCCESS"


def test_pay_after_close(simulator, bare, new_order, create, query, site):
    order = new_order()
    create(order)
    url = f"/v3/pay/transactions/out-trade-no/{order['out_trade_no']}/close"
    assert bare("POST", url, {"mchid": order["mchid"]})[0] == 204
    simulator.faults({"at": "pay", "do": "pay_after_close", "order": order["out_trade_no"]})
    assert simulator.pay(order["out_trade_no"]).json()["trade_state"] == "SUCCESS"
    assert query(order["out_trade_no"])[1]["trade_state"] == "SUCCESS"
    assert site.open(simulator.merchant, 0)["resource"]["out_trade_no"] == order["out_trade_no"]


def test_the_plan_over_http(simulator):
    http = simulator.http
    first = {"at": "create", "do": "429", "order": "X*", "times": 3}
    assert http.put("/_sim/faults", json={"rules": [first]}).status_code == 200
    assert http.post("/_sim/faults", json={"rules": [{"at": "notice", "do": "lose"}]}).status_code == 200
    assert [rule["do"] for rule in http.get("/_sim/faults").json()["rules"]] == ["429", "lose"]
    refused = http.post("/_sim/faults", json={"rules": [{"at": "create", "do": "explode"}]})
    assert (refused.status_code, refused.json()["code"]) == (400, "BAD_RULE")
    assert http.put("/_sim/faults", json={"rule": []}).status_code == 400
    assert len(http.get("/_sim/faults").json()["rules"]) == 2
    assert http.delete("/_sim/faults").json() == {"rules": []}
    assert "before_answer" in http.get("/_sim/faults/catalogue").json()["create"]
