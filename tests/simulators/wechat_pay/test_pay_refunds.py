"""Refunds: asked for, settled later, told, and booked."""

import json
import re

import pytest

pytestmark = pytest.mark.spec("E14", "L1")

DAY = 86400


def funds_of(simulator, order):
    flows = simulator.http.get("/_sim/funds").json()["funds"]
    return [(flow["kind"], flow["amount_fen"]) for flow in flows if flow["out_trade_no"] == order["out_trade_no"]]


def audited(simulator, order):
    asked = [order["out_trade_no"], "ORDER-OF-NOBODY"]
    one, = simulator.http.get("/_sim/books", params={"out_trade_no": asked}).json()["orders"]
    assert one["out_trade_no"] == order["out_trade_no"]
    return one


def test_a_refund_is_processing_then_success_and_told(simulator, paid_order, refund, query_refund, query, site, wait):
    order = paid_order()
    status, asked = refund(order, 500, reason="少件")
    assert (status, asked["status"], asked["channel"]) == (200, "PROCESSING", "ORIGINAL")
    assert re.fullmatch(r"5030000\d{22}", asked["refund_id"])
    assert asked["amount"] == {
        "total": 1999,
        "refund": 500,
        "payer_total": 1999,
        "payer_refund": 500,
        "settlement_total": 1999,
        "settlement_refund": 500,
        "discount_refund": 0,
        "currency": "CNY",
    }
    assert query(order["out_trade_no"])[1]["trade_state"] == "REFUND"
    wait(lambda: query_refund(asked["out_refund_no"])[1]["status"] == "SUCCESS")
    assert "success_time" in query_refund(asked["out_refund_no"])[1]
    notice = site.open(simulator.merchant, 1)
    resource = notice["resource"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00", resource.pop("success_time"))
    assert (notice["event_type"], notice["summary"]) == ("REFUND.SUCCESS", "退款成功")
    assert resource == {
        "mchid": order["mchid"],
        "out_trade_no": order["out_trade_no"],
        "transaction_id": order["transaction_id"],
        "out_refund_no": asked["out_refund_no"],
        "refund_id": asked["refund_id"],
        "refund_status": "SUCCESS",
        "amount": {"total": 1999, "refund": 500, "payer_total": 1999, "payer_refund": 500},
        "user_received_account": "支付用户零钱",
    }


def test_the_real_library_refunds_by_transaction_id(open_library, paid_order):
    order = paid_order()
    library = open_library()
    status, text = library.refund(
        out_refund_no="LIBREFUND1",
        transaction_id=order["transaction_id"],
        amount={"refund": 1999, "total": 1999, "currency": "CNY"},
    )
    assert (status, json.loads(text)["out_trade_no"]) == (200, order["out_trade_no"])
    assert json.loads(library.query_refund("LIBREFUND1")[1])["out_trade_no"] == order["out_trade_no"]


def test_partial_refunds_never_exceed_the_rest(simulator, paid_order, refund):
    order = paid_order()
    assert refund(order, 1000, "PART-R1")[0] == 200
    assert refund(order, 1000, "PART-R2") == (400, {"code": "INVALID_REQUEST", "message": "退款金额大于订单可退金额"})
    assert refund(order, 999, "PART-R3")[0] == 200
    assert [one["refund_fen"] for one in audited(simulator, order)["refunds"]] == [1000, 999]


def test_fifty_refunds_an_order(simulator, paid_order, refund):
    order = paid_order()
    assert all(refund(order, 1, f"FIFTY-R{number}", notify_url=None)[0] == 200 for number in range(50))
    status, answer = refund(order, 1, "FIFTY-R50")
    assert (status, answer["code"]) == (400, "INVALID_REQUEST")
    assert len(audited(simulator, order)["refunds"]) == 50


def test_the_same_number_again_is_the_same_refund(simulator, paid_order, refund):
    order = paid_order()
    _, first = refund(order, 700, "SAME-R1")
    status, again = refund(order, 700, "SAME-R1")
    assert (status, again["refund_id"]) == (200, first["refund_id"])
    status, answer = refund(order, 701, "SAME-R1")
    assert (status, answer["code"]) == (400, "INVALID_REQUEST")
    assert audited(simulator, order)["refunds"][0]["refund_fen"] == 700
    assert len(audited(simulator, order)["refunds"]) == 1


def test_refunds_of_one_order_need_a_minute_between_them(start, data_dir, bare_for, new_order):
    own = start(data_dir, time_scale=1)
    bare = bare_for(own)
    order = {**new_order(), "mchid": own.merchant["mchid"]}
    assert bare("POST", "/v3/pay/transactions/jsapi", order)[0] == 200
    own.pay(order["out_trade_no"])

    def ask(number):
        amount = {"refund": 1, "total": 1999, "currency": "CNY"}
        message = {"out_trade_no": order["out_trade_no"], "out_refund_no": number, "amount": amount}
        status, _, body = bare("POST", "/v3/refund/domestic/refunds", message)
        return status, json.loads(body).get("code")

    assert ask("GAP-R1") == (200, None)
    assert ask("GAP-R2") == (429, "FREQUENCY_LIMITED")
    assert ask("GAP-R1") == (200, None)
    own.move_clock(61)
    assert ask("GAP-R2") == (200, None)
    assert len(own.order(order["out_trade_no"])["refunds"]) == 2


def test_what_cannot_be_refunded(simulator, paid_order, new_order, create, refund, query_refund):
    unpaid = new_order()
    assert refund(unpaid, 1) == (404, {"code": "RESOURCE_NOT_EXISTS", "message": "订单不存在"})
    create(unpaid)
    assert refund(unpaid, 1)[1]["code"] == "INVALID_REQUEST"
    paid = paid_order()
    assert refund(paid, 1, amount={"refund": 1, "total": 2000, "currency": "CNY"})[1]["code"] == "INVALID_REQUEST"
    assert refund(paid, 1, transaction_id="4200000000000000000000000000")[0] == 404
    simulator.move_clock(366 * DAY)
    assert refund(paid, 1)[1]["code"] == "INVALID_REQUEST"
    assert query_refund("NEVER-ASKED") == (404, {"code": "RESOURCE_NOT_EXISTS", "message": "退款单不存在"})
    assert audited(simulator, paid)["refunds"] == []


@pytest.mark.parametrize(("changes", "field"), [
    ({"amount": {"refund": 0, "total": 1999, "currency": "CNY"}}, "/amount/refund"),
    ({"amount": {"refund": 1, "currency": "CNY"}}, "/amount/total"),
    ({"amount": {"refund": 1, "total": 1999}}, "/amount/currency"),
    ({"out_refund_no": "退款"}, "/out_refund_no"),
    ({"out_trade_no": None}, "/out_trade_no"),
    ({"reason": "长" * 81}, "/reason"),
    ({"notify_url": "nowhere"}, "/notify_url"),
])
def test_a_bad_field_is_named_and_nothing_is_refunded(simulator, paid_order, refund, changes, field):
    order = paid_order()
    status, answer = refund(order, 1, **changes)
    assert (status, answer["code"], answer["detail"]["field"]) == (400, "PARAM_ERROR", field)
    assert audited(simulator, order)["refunds"] == []


def test_the_fee_follows_what_remains(simulator, paid_order, refund):
    order = paid_order()  # 1999 fen: a fee of 11.994, so 12
    refund(order, 500, "FEE-R1")  # 1499 remain: 8.994, so 9
    refund(order, 1499, "FEE-R2")
    assert funds_of(simulator, order) == [
        ("income", 1999), ("fee", -12), ("refund", -500), ("fee_return", 3), ("refund", -1499), ("fee_return", 9),
    ]


@pytest.mark.parametrize(("fault", "state", "event"), [
    ("abnormal", "ABNORMAL", "REFUND.ABNORMAL"),
    ("closed", "CLOSED", "REFUND.CLOSED"),
])
def test_a_refund_may_end_badly(simulator, paid_order, refund, query_refund, query, site, fault, state, event):
    order = paid_order()
    simulator.faults({"at": "refund_outcome", "do": fault, "order": order["out_trade_no"]})
    number = refund(order, 1999)[1]["out_refund_no"]
    notice = site.open(simulator.merchant, 1)
    assert (notice["event_type"], notice["resource"]["refund_status"]) == (event, state)
    assert "success_time" not in notice["resource"]
    assert query_refund(number)[1]["status"] == state
    assert query(order["out_trade_no"])[1]["trade_state"] == ("REFUND" if state == "ABNORMAL" else "SUCCESS")
    assert sum(amount for _, amount in funds_of(simulator, order)) == (0 if state == "ABNORMAL" else 1987)
    assert audited(simulator, order)["refunded_fen"] == 0


def test_a_closed_refund_leaves_its_money_to_be_refunded_under_another_number(simulator, paid_order, refund, wait):
    order = paid_order()
    simulator.faults({"at": "refund_outcome", "do": "closed", "order": order["out_trade_no"]})
    refund(order, 1999, "CLOSED-R1")
    wait(lambda: audited(simulator, order)["refunds"][0]["state"] == "CLOSED")
    assert refund(order, 1999, "CLOSED-R2")[0] == 200
    wait(lambda: audited(simulator, order)["refunded_fen"] == 1999)


def test_a_stuck_refund_waits_for_a_hand(simulator, paid_order, refund, query_refund, site, wait):
    order = paid_order()
    simulator.faults({"at": "refund_outcome", "do": "stuck", "order": order["out_trade_no"]})
    number = refund(order, 1999)[1]["out_refund_no"]
    wait(lambda: simulator.http.get("/_sim/faults").json()["rules"][0]["given"] == 1)
    simulator.move_clock(DAY)
    assert query_refund(number)[1]["status"] == "PROCESSING"
    assert audited(simulator, order)["refunding_fen"] == 1999
    assert simulator.http.post(f"/_sim/refunds/{number}", json={"status": "NONSENSE"}).status_code == 400
    assert simulator.http.post(f"/_sim/refunds/{number}").json()["status"] == "SUCCESS"
    assert site.open(simulator.merchant, 1)["event_type"] == "REFUND.SUCCESS"
    assert simulator.http.post(f"/_sim/refunds/{number}", json={"status": "CLOSED"}).status_code == 409
    assert audited(simulator, order)["refunded_fen"] == 1999


def test_the_books_add_up(simulator, paid_order, refund, new_order, create, wait):
    first, second, unpaid = paid_order(), paid_order(amount={"total": 100, "currency": "CNY"}), new_order()
    create(unpaid)
    number = refund(first, 300)[1]["out_refund_no"]
    wait(lambda: audited(simulator, first)["refunded_fen"] == 300)
    assert audited(simulator, first) == {
        "out_trade_no": first["out_trade_no"],
        "transaction_id": first["transaction_id"],
        "state": "SUCCESS",
        "total_fen": 1999,
        "refunded_fen": 300,
        "refunding_fen": 0,
        "refunds": [{"out_refund_no": number, "state": "SUCCESS", "refund_fen": 300}],
        "frozen": False,
        "shares": [],
        "returns": [],
    }
    assert audited(simulator, unpaid)["state"] == "NOTPAY"
    books = simulator.http.get("/_sim/books").json()
    funds = simulator.http.get("/_sim/funds").json()["funds"]
    assert books["received_fen"] == sum(flow["amount_fen"] for flow in funds if flow["kind"] == "income")
    assert books["balance_fen"] == sum(flow["amount_fen"] for flow in funds) == funds[-1]["balance_fen"]
    assert audited(simulator, second)["total_fen"] == 100
