"""Shipping reports: arguments, the payment behind them, re-shipping, receipt; and the pay simulator asked."""

import time

import httpx
import pytest
from starlette.testclient import TestClient

from infra.local.simulators.wechat_api import identify
from infra.local.simulators.wechat_api.account import APPID, WEB_APPID
from infra.local.simulators.wechat_pay.books import Order
from infra.local.simulators.wechat_pay.server import create_app as create_pay_app

pytestmark = pytest.mark.spec("E14", "L1")

UPLOAD = "/wxa/sec/order/upload_shipping_info"
GET = "/wxa/sec/order/get_order"
MCHID, NUMBER, TRANSACTION = "1900000001", "ord0001", "4200000001"
PARCEL = {"tracking_no": "ZT123456789", "express_company": "ZTO", "item_desc": "咖啡豆*2"}


@pytest.fixture
def paid(wechat) -> dict:
    """A payment by Alice that the simulator knows of, and a good report about it."""
    openid = wechat.openid("alice")
    order = {
        "transaction_id": TRANSACTION,
        "mchid": MCHID,
        "out_trade_no": NUMBER,
        "openid": openid,
        "amount_fen": 5990,
    }
    wechat.control("/_sim/orders", order)
    return report(openid)


def report(openid: str, **changed) -> dict:
    return {
        "order_key": {"order_number_type": 1, "mchid": MCHID, "out_trade_no": NUMBER},
        "logistics_type": 1,
        "delivery_mode": 1,
        "shipping_list": [PARCEL],
        "upload_time": "2026-11-21T10:00:00.120+08:00",
        "payer": {"openid": openid},
    } | changed


def order_of(wechat) -> dict:
    return wechat.post(GET, {"transaction_id": TRANSACTION})["order"]


def test_a_report_ships_the_order(wechat, paid):
    before = order_of(wechat)
    assert (before["order_state"], before["shipping"], before["paid_amount"]) == (1, {}, 5990)
    assert wechat.post(UPLOAD, paid) == {"errcode": 0, "errmsg": "ok"}
    order = order_of(wechat)
    assert (order["order_state"], order["merchant_id"], order["merchant_trade_no"]) == (2, MCHID, NUMBER)
    assert order["shipping"] == {
        "delivery_mode": 1,
        "logistics_type": 1,
        "finish_shipping": True,
        "goods_desc": "咖啡豆*2",
        "finish_shipping_count": 1,
        "shipping_list": [
            {"tracking_no": "ZT123456789", "express_company": "ZTO", "goods_desc": "咖啡豆*2", "contact": {},
             "upload_time": 1795226400},
        ],
    }  # fmt: skip
    (shipped,) = wechat.get("/_sim/shipping")["shipping"]
    assert (shipped["out_trade_no"], shipped["finish_count"], shipped["reports"]) == (NUMBER, 1, 1)
    assert "ZTO ZT123456789 咖啡豆*2" in wechat.client.get("/").text


@pytest.mark.parametrize("logistics_type", [2, 3, 4])
def test_other_ways_of_delivery_need_no_tracking_number(wechat, paid, logistics_type):
    paid |= {"logistics_type": logistics_type, "shipping_list": [{"item_desc": "兑换码"}]}
    paid["order_key"] = {"order_number_type": 2, "transaction_id": TRANSACTION}
    assert wechat.post(UPLOAD, paid)["errcode"] == 0
    assert order_of(wechat)["shipping"]["logistics_type"] == logistics_type


def parcel(**changed) -> dict:
    return {"shipping_list": [PARCEL | changed]}


SPLIT = {"delivery_mode": 2, "is_all_delivered": True}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"order_key": None}, 268485194),
        ({"order_key": {"order_number_type": 3}}, 268485194),
        ({"order_key": {"order_number_type": 2}}, 268485195),
        ({"order_key": {"order_number_type": 1, "out_trade_no": NUMBER}}, 268485196),
        ({"order_key": {"order_number_type": 1, "mchid": MCHID}}, 268485197),
        ({"logistics_type": 5}, 10060005),
        ({"delivery_mode": 3}, 268485224),
        ({"delivery_mode": 2, "is_all_delivered": True, "logistics_type": 4}, 10060006),
        ({"delivery_mode": 2}, 10060007),
        ({"shipping_list": []}, 10060014),
        ({"shipping_list": "all"}, 10060014),
        ({"shipping_list": [PARCEL, PARCEL]}, 268485228),
        ({"shipping_list": [PARCEL] * 16} | SPLIT, 10060024),
        (parcel(tracking_no=""), 268485226),
        (parcel(express_company=""), 268485227),
        (parcel(express_company="Z" * 129), 10060025),
        (parcel(tracking_no="1" * 129), 10060026),
        (parcel(express_company="NOBODY"), 10060014),
        (parcel(express_company="SF"), 10060014),
        (parcel(express_company="SF", contact={"receiver_contact": "1380013****"}), 10060014),
        (parcel(item_desc=""), 10060008),
        (parcel(item_desc="字" * 121), 10060009),
        ({"upload_time": "2026-11-21 10:00:00"}, 268485216),
        ({"upload_time": "2026-11-21T10:00:00"}, 268485216),
        ({"upload_time": "2026-02-30T10:00:00+08:00"}, 268485216),
        ({"upload_time": 1795226400}, 268485216),
        ({"payer": {}}, 10060014),
        ({"payer": {"openid": "oOther"}}, 10060031),
        ({"order_key": {"order_number_type": 2, "transaction_id": "4299"}}, 10060001),
        ({"order_key": {"order_number_type": 1, "mchid": "1900000002", "out_trade_no": NUMBER}}, 10060001),
    ],
)
def test_each_fault_of_a_report_has_its_code_and_ships_nothing(wechat, paid, errcode, changed, expected):
    assert errcode(wechat.post(UPLOAD, paid | changed)) == expected
    assert wechat.get("/_sim/shipping") == {"shipping": []} and order_of(wechat)["order_state"] == 1


@pytest.mark.parametrize("contact", ["189****1234", "021-****1234", "****1234", "0**2-******23-10", "****123-8008"])
def test_sf_takes_a_contact_whose_last_four_digits_are_readable(wechat, paid, contact):
    paid |= parcel(express_company="SF", contact={"receiver_contact": contact})
    assert wechat.post(UPLOAD, paid)["errcode"] == 0


def test_the_same_report_again_changes_nothing(wechat, paid, errcode):
    wechat.post(UPLOAD, paid)
    before = wechat.get("/_sim/shipping")
    assert errcode(wechat.post(UPLOAD, paid)) == 10060023
    assert errcode(wechat.post(UPLOAD, paid | {"upload_time": "2026-11-21T11:00:00.000+08:00"})) == 10060023
    assert wechat.get("/_sim/shipping") == before


def test_a_report_written_earlier_than_the_last_changes_nothing(wechat, paid, errcode):
    wechat.post(UPLOAD, paid)
    before = wechat.get("/_sim/shipping")
    late = paid | parcel(tracking_no="ZT2") | {"upload_time": "2026-11-21T09:59:59.000+08:00"}
    assert errcode(wechat.post(UPLOAD, late)) == 10060023
    assert wechat.get("/_sim/shipping") == before


def test_an_order_may_be_shipped_again_once(wechat, paid, errcode):
    wechat.post(UPLOAD, paid)
    assert wechat.post(UPLOAD, paid | parcel(tracking_no="ZT2"))["errcode"] == 0
    again = order_of(wechat)["shipping"]
    assert again["finish_shipping_count"] == 2
    assert [one["tracking_no"] for one in again["shipping_list"]] == ["ZT2"]
    assert errcode(wechat.post(UPLOAD, paid | parcel(tracking_no="ZT3"))) == 10060003
    assert errcode(wechat.post(UPLOAD, paid | parcel(tracking_no="ZT2"))) == 10060023
    assert order_of(wechat)["shipping"] == again


def test_split_shipping_adds_parcels_until_all_is_delivered(wechat, paid, errcode):
    first = paid | {"delivery_mode": 2, "is_all_delivered": False}
    assert wechat.post(UPLOAD, first)["errcode"] == 0
    assert (order_of(wechat)["order_state"], order_of(wechat)["shipping"]["finish_shipping"]) == (1, False)
    assert errcode(wechat.post(UPLOAD, first)) == 10060023
    assert wechat.post(UPLOAD, paid | SPLIT | parcel(tracking_no="ZT2"))["errcode"] == 0
    order = order_of(wechat)
    assert (order["order_state"], order["shipping"]["finish_shipping_count"]) == (2, 1)
    assert [one["tracking_no"] for one in order["shipping"]["shipping_list"]] == ["ZT123456789", "ZT2"]


def test_fifteen_parcels_at_most_over_all_reports(wechat, paid, errcode):
    many = [PARCEL | {"tracking_no": f"ZT{number}"} for number in range(15)]
    split = paid | {"delivery_mode": 2, "is_all_delivered": False}
    assert wechat.post(UPLOAD, split | {"shipping_list": many})["errcode"] == 0
    assert errcode(wechat.post(UPLOAD, split | parcel(tracking_no="ZT99"))) == 10060024
    assert len(order_of(wechat)["shipping"]["shipping_list"]) == 15


def test_after_receipt_nothing_can_be_shipped(wechat, paid, errcode):
    receive = lambda: wechat.client.post("/_sim/shipping/received", json={"transaction_id": TRANSACTION})  # noqa: E731
    assert receive().status_code == 400
    wechat.post(UPLOAD, paid)
    assert receive().json() == {"transaction_id": TRANSACTION, "order_state": 3}
    assert order_of(wechat)["order_state"] == 3
    assert errcode(wechat.post(UPLOAD, paid | parcel(tracking_no="ZT2"))) == 10060002
    assert receive().status_code == 400


def test_a_refunded_order_cannot_be_shipped(wechat, paid, errcode):
    order = {"transaction_id": TRANSACTION, "mchid": MCHID, "out_trade_no": NUMBER, "openid": paid["payer"]["openid"]}
    wechat.control("/_sim/orders", order | {"refunded": True})
    assert errcode(wechat.post(UPLOAD, paid)) == 10060004
    assert order_of(wechat)["order_state"] == 5 and wechat.get("/_sim/shipping") == {"shipping": []}


def test_just_after_paying_the_order_is_not_found_until_the_lag_is_over(wechat, paid, errcode):
    wechat.control("/_sim/shipping/lag", {"seconds": 60})
    assert errcode(wechat.post(UPLOAD, paid)) == 10060001
    assert errcode(wechat.post(GET, {"merchant_id": MCHID, "merchant_trade_no": NUMBER})) == 10060001
    wechat.ahead(61)
    assert wechat.post(UPLOAD, paid)["errcode"] == 0


def test_the_lag_is_shorter_on_a_faster_scale_and_survives_a_restart(start):
    wechat = start(shipping_lag_s=100)
    openid = wechat.openid("alice")
    order = {"transaction_id": TRANSACTION, "mchid": MCHID, "out_trade_no": NUMBER, "openid": openid}
    wechat.control("/_sim/orders", order | {"paid_at": time.time() - 2})
    assert wechat.post(UPLOAD, report(openid))["errcode"] == 10060001
    wechat = start(time_scale=0.01)
    assert wechat.post(UPLOAD, report(openid))["errcode"] == 0
    shipped = wechat.get("/_sim/shipping")
    assert len(shipped["shipping"]) == 1 and start().get("/_sim/shipping") == shipped


def test_carriers_are_listed(wechat):
    answer = wechat.post("/cgi-bin/express/delivery/open_msg/get_delivery_list", {})
    assert answer["errcode"] == 0 and answer["count"] == len(answer["delivery_list"]) == 14
    assert answer["delivery_list"][0] == {"delivery_id": "SF", "delivery_name": "顺丰速运"}


class ToPay(httpx.AsyncBaseTransport):
    """Carries requests to a pay simulator that runs in this process."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.client.get(request.url.raw_path.decode())
        return httpx.Response(answer.status_code, content=answer.content)


@pytest.fixture
def pay(tmp_path):
    """The true pay simulator with one unpaid order by Alice."""
    with TestClient(create_pay_app(tmp_path / "pay", public_url="http://pay.test")) as client:
        yield client


def add_order(pay: TestClient, openid: str, number: str = NUMBER, appid: str = APPID) -> None:
    now = time.time()
    books = pay.app.state.simulator.platform.books
    books.add_order(
        Order(
            out_trade_no=number, trade_type="JSAPI", appid=appid, mchid=MCHID, description="咖啡豆", attach="",
            notify_url="http://127.0.0.1:1/notify", total_fen=5990, openid=openid, params="{}", public_key_mode=1,
            state="NOTPAY", created_at=now, expires_at=now + 600,
        )
    )  # fmt: skip
    books.add_prepay(f"wx2026{number}", number, now + 600)


def test_the_pay_simulator_is_asked_by_either_number(start, pay, errcode):
    wechat = start(pay_url="http://pay.test", pay_transport=ToPay(pay))
    openid = wechat.openid("alice")
    assert errcode(wechat.post(UPLOAD, report(openid))) == 10060001
    add_order(pay, openid)
    assert errcode(wechat.post(UPLOAD, report(openid))) == 10060001
    transaction_id = pay.post(f"/_sim/pay/{NUMBER}").json()["transaction_id"]
    other = {"order_number_type": 1, "mchid": "1900000002", "out_trade_no": NUMBER}
    assert errcode(wechat.post(UPLOAD, report(openid, order_key=other))) == 10060001
    assert errcode(wechat.post(UPLOAD, report(wechat.openid("bob")))) == 10060031
    assert wechat.post(UPLOAD, report(openid))["errcode"] == 0
    order = wechat.post(GET, {"transaction_id": transaction_id})["order"]
    assert (order["order_state"], order["paid_amount"], order["openid"]) == (2, 5990, openid)
    assert abs(order["pay_time"] - time.time()) < 10
    assert errcode(wechat.post(GET, {"transaction_id": "4299"})) == 10060001


def test_what_was_paid_in_the_service_account_is_no_order_of_the_mini_program(start, pay, errcode):
    wechat = start(pay_url="http://pay.test", pay_transport=ToPay(pay))
    openid = identify("alice", WEB_APPID)["openid"]
    add_order(pay, openid, "ord0002", WEB_APPID)
    pay.post("/_sim/pay/ord0002").raise_for_status()
    key = {"order_number_type": 1, "mchid": MCHID, "out_trade_no": "ord0002"}
    assert errcode(wechat.post(UPLOAD, report(openid, order_key=key))) == 10060001


def test_a_pay_simulator_that_is_away_is_a_busy_system(start, errcode):
    wechat = start(pay_url="http://127.0.0.1:1")
    openid = wechat.openid("alice")
    assert errcode(wechat.post(UPLOAD, report(openid))) == -1
    assert wechat.get("/_sim/shipping") == {"shipping": []}
