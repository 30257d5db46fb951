"""WeChat Pay: what is asked for goes out signed, and what comes back is read."""

from __future__ import annotations

import base64
import json
import re
import time
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from mall.adapters.wechat_pay import OutcomeUnknown, PayRefused, PaymentSeen, Prepay, RefundSeen, WeChatPay
from mall.kit import clock
from wechatpayv3 import WeChatPay as library
from wechatpayv3.utils import build_authorization

from tests.adapters.pay_words import (
    APIV3_KEY,
    CALLS,
    CONFIG,
    KEY_ID,
    MERCHANT,
    OPENED,
    PAID,
    PAYMENT_NO,
    PLATFORM,
    REFUND_NO,
    UTC,
    every_call,
    notice_body,
    prepay,
    refund,
    refused,
    said,
    signed_headers,
)

pytestmark = pytest.mark.spec("E5", "E6")


@pytest.fixture(scope="module")
def pay(scripted):
    return WeChatPay(replace(CONFIG, gateway_url=scripted.url))




def test_prepay_sends_exactly_the_documented_fields_and_gives_the_prepay_id(server, pay):
    server.answers(**said({"prepay_id": "wx201410272009395522657a690389285100"}))
    assert prepay(pay) == Prepay(prepay_id="wx201410272009395522657a690389285100")
    [request] = server.received
    assert (request.method, request.path) == ("POST", "/v3/pay/transactions/jsapi")
    assert json.loads(request.body) == {
        "appid": "wx0000000000000001",
        "mchid": "1900000001",
        "out_trade_no": PAYMENT_NO,
        "description": "龙井茶 250 克",
        "time_expire": "2026-01-01T10:30:00+08:00",
        "notify_url": "https://shop.example/hooks/payments/receive_payment_notice",
        "amount": {"total": 12345, "currency": "CNY"},
        "payer": {"openid": "openid-of-lin"},
    }
    assert request.headers["wechatpay-serial"] == KEY_ID
    assert request.headers["accept"] == "application/json"


@every_call
def test_every_request_is_signed_over_what_was_really_sent(server, pay, call):
    server.answers(**said({}))
    with nullcontext() if call is CALLS["close"] else pytest.raises(OutcomeUnknown):
        call(pay)
    [request] = server.received
    scheme, _, rest = request.headers["authorization"].partition(" ")
    parts = dict(re.findall(r'(\w+)="([^"]*)"', rest))
    assert scheme == "WECHATPAY2-SHA256-RSA2048"
    assert parts["mchid"] == "1900000001"
    assert parts["serial_no"] == CONFIG.cert_serial_no
    assert abs(int(parts["timestamp"]) - time.time()) < 5
    head = f"{request.method}\n{request.path}\n{parts['timestamp']}\n{parts['nonce_str']}\n"
    MERCHANT.public_key().verify(
        base64.b64decode(parts["signature"]),
        head.encode() + request.body + b"\n",
        padding.PKCS1v15(),
        SHA256(),
    )


def test_the_same_prepay_again_sends_the_same_body(server, pay):
    server.answers(**said({"prepay_id": "wx1"}))
    prepay(pay)
    prepay(pay)
    assert server.received[0].body == server.received[1].body


def test_native_gives_a_code_url_and_names_no_payer(server, pay):
    server.answers(**said({"code_url": "weixin://wxpay/bizpayurl?pr=abc"}))
    assert prepay(pay, channel="native") == Prepay(code_url="weixin://wxpay/bizpayurl?pr=abc")
    [request] = server.received
    assert request.path == "/v3/pay/transactions/native"
    assert "payer" not in json.loads(request.body)


def test_h5_tells_the_payers_address_and_gives_an_h5_url(server, pay):
    server.answers(**said({"h5_url": "https://wx.tenpay.com/x?prepay_id=1"}))
    seen = prepay(pay, channel="h5", client_ip="203.0.113.7", openid=None)
    assert seen == Prepay(h5_url="https://wx.tenpay.com/x?prepay_id=1")
    [request] = server.received
    assert request.path == "/v3/pay/transactions/h5"
    scene = json.loads(request.body)["scene_info"]
    assert scene == {"payer_client_ip": "203.0.113.7", "h5_info": {"type": "Wap"}}


def test_profit_sharing_is_asked_for_only_when_wanted(server, pay):
    server.answers(**said({"prepay_id": "wx1"}))
    prepay(pay, profit_sharing=True)
    prepay(pay)
    bodies = [json.loads(request.body) for request in server.received]
    assert bodies[0]["settle_info"] == {"profit_sharing": True}
    assert "settle_info" not in bodies[1]


def test_a_long_description_is_cut_to_what_wechat_takes(server, pay):
    server.answers(**said({"prepay_id": "wx1"}))
    prepay(pay, description="茶" * 200)
    assert json.loads(server.received[0].body)["description"] == "茶" * 127


@pytest.mark.parametrize(
    "changes",
    [
        {"openid": None},
        {"channel": "h5"},
        {"description": ""},
        {"notify_url": ""},
        {"payment_no": "pay/../../certificates"},
        {"payment_no": "订单000001"},
        {"payment_no": "p" * 33},
        {"payment_no": "short"},
        {"payment_no": PAYMENT_NO + "\n"},
    ],
)
def test_a_prepay_that_cannot_be_right_is_our_fault_and_never_leaves(server, pay, changes):
    with pytest.raises(ValueError):
        prepay(pay, **changes)
    assert server.received == []


@pytest.mark.parametrize("method", ["query", "close", "query_refund"])
def test_an_unsafe_number_never_becomes_a_path(server, pay, method):
    with pytest.raises(ValueError):
        getattr(pay, method)("a?mchid=1900000002&b")
    assert server.received == []


def test_client_parameters_are_signed_for_wx_request_payment(pay):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    given = pay.client_parameters("wx201410272009395522657a690389285100", now)
    assert list(given) == ["appId", "timeStamp", "nonceStr", "package", "signType", "paySign"]
    assert given["appId"] == "wx0000000000000001"
    assert given["timeStamp"] == "1767225600"
    assert re.fullmatch(r"[0-9a-f]{32}", given["nonceStr"])
    assert given["package"] == "prepay_id=wx201410272009395522657a690389285100"
    assert given["signType"] == "RSA"
    lines = f"wx0000000000000001\n1767225600\n{given['nonceStr']}\n{given['package']}\n"
    signature = base64.b64decode(given["paySign"])
    MERCHANT.public_key().verify(signature, lines.encode(), padding.PKCS1v15(), SHA256())
    again = pay.client_parameters("wx201410272009395522657a690389285100", now)
    assert again["nonceStr"] != given["nonceStr"]


def test_a_payment_in_the_service_account_is_asked_for_and_signed_for_its_own_app(server, pay):
    server.answers(**said({"prepay_id": "wx1"}))
    prepay(pay, appid="wx0000000000000002", openid="o-of-the-service-account")
    body = json.loads(server.received[0].body)
    assert (body["appid"], body["payer"]) == ("wx0000000000000002", {"openid": "o-of-the-service-account"})
    given = pay.client_parameters("wx1", datetime(2026, 1, 1, tzinfo=UTC), "wx0000000000000002")
    assert given["appId"] == "wx0000000000000002"
    lines = f"wx0000000000000002\n1767225600\n{given['nonceStr']}\nprepay_id=wx1\n"
    MERCHANT.public_key().verify(base64.b64decode(given["paySign"]), lines.encode(), padding.PKCS1v15(), SHA256())


def test_query_reads_a_paid_payment(server, pay):
    server.answers(**said(PAID))
    assert pay.query(PAYMENT_NO) == PaymentSeen(
        state="SUCCESS",
        transaction_id="4200000001202601010000000001",
        amount_fen=12345,
        currency="CNY",
        paid_at=datetime(2026, 1, 1, 2, 34, 56, tzinfo=UTC),
        openid="openid-of-lin",
        mchid="1900000001",
        appid="wx0000000000000001",
        trade_type="JSAPI",
    )
    [request] = server.received
    assert (request.method, request.body) == ("GET", b"")
    assert request.path == f"/v3/pay/transactions/out-trade-no/{PAYMENT_NO}?mchid=1900000001"


def test_query_reads_an_unpaid_payment_that_has_nothing_yet(server, pay):
    bare = {key: PAID[key] for key in ("mchid", "appid", "out_trade_no")} | {"trade_state": "NOTPAY"}
    server.answers(**said(bare))
    assert pay.query(PAYMENT_NO) == PaymentSeen(
        state="NOTPAY",
        transaction_id=None,
        amount_fen=None,
        currency=None,
        paid_at=None,
        openid=None,
        mchid="1900000001",
        appid="wx0000000000000001",
        trade_type=None,
    )


@pytest.mark.parametrize("code", ["ORDER_NOT_EXIST", "ORDERNOTEXIST"])
def test_query_of_a_payment_wechat_never_heard_of_is_none(server, pay, code):
    server.answers(**refused(404, code, "订单不存在"))
    assert pay.query(PAYMENT_NO) is None


def test_an_answer_about_another_payment_is_not_believed(server, pay):
    server.answers(**said(PAID | {"out_trade_no": "pay_another"}))
    with pytest.raises(OutcomeUnknown):
        pay.query(PAYMENT_NO)


def test_close_reads_the_signed_empty_answer(server, pay):
    server.answers(status=204, headers=signed_headers(b""))
    assert pay.close(PAYMENT_NO) == "closed"
    [request] = server.received
    assert (request.method, request.path) == (
        "POST",
        f"/v3/pay/transactions/out-trade-no/{PAYMENT_NO}/close",
    )
    assert json.loads(request.body) == {"mchid": "1900000001"}


def test_close_does_not_believe_an_unsigned_204(server, pay):
    server.answers(status=204)
    with pytest.raises(OutcomeUnknown):
        pay.close(PAYMENT_NO)


@pytest.mark.parametrize(
    ("status", "code", "message", "outcome"),
    [
        (400, "ORDERPAID", "该订单已支付", "paid"),
        (400, "ORDER_PAID", "", "paid"),
        (400, "INVALID_REQUEST", "该订单已支付", "paid"),
        (400, "ORDER_CLOSED", "", "closed"),
        (400, "ORDERCLOSED", "", "closed"),
        (400, "INVALID_REQUEST", "订单已关闭", "closed"),
        (404, "ORDER_NOT_EXIST", "", "closed"),
    ],
)
def test_close_knows_paid_from_already_closed(server, pay, status, code, message, outcome):
    server.answers(**refused(status, code, message))
    assert pay.close(PAYMENT_NO) == outcome


def test_close_hands_on_any_other_refusal(server, pay):
    server.answers(**refused(400, "INVALID_REQUEST", "参数错误"))
    with pytest.raises(PayRefused) as caught:
        pay.close(PAYMENT_NO)
    assert caught.value.data == {"wechat_code": "INVALID_REQUEST"}


def test_refund_asks_by_our_numbers_and_reads_the_state(server, pay):
    seen = {"refund_id": "5030", "out_refund_no": REFUND_NO, "status": "PROCESSING"}
    server.answers(**said(seen | {"amount": {"refund": 345, "total": 12345}}))
    assert refund(pay) == RefundSeen("PROCESSING", "5030", None, 345)
    [request] = server.received
    assert (request.method, request.path) == ("POST", "/v3/refund/domestic/refunds")
    assert json.loads(request.body) == {
        "out_refund_no": REFUND_NO,
        "out_trade_no": PAYMENT_NO,
        "amount": {"refund": 345, "total": 12345, "currency": "CNY"},
        "reason": "拼团未成功",
        "notify_url": "https://shop.example/hooks/refunds",
    }


def test_query_refund_reads_the_end_of_a_refund(server, pay):
    server.answers(
        **said(
            {
                "refund_id": "5030",
                "out_refund_no": REFUND_NO,
                "status": "SUCCESS",
                "success_time": "2026-01-01T02:00:00Z",
                "amount": {"refund": 345},
            }
        ),
    )
    ended = datetime(2026, 1, 1, 2, tzinfo=UTC)
    assert pay.query_refund(REFUND_NO) == RefundSeen("SUCCESS", "5030", ended, 345)
    assert server.received[0].path == f"/v3/refund/domestic/refunds/{REFUND_NO}"


def test_query_of_a_refund_wechat_never_heard_of_is_none(server, pay):
    server.answers(**refused(404, "RESOURCE_NOT_EXISTS"))
    assert pay.query_refund(REFUND_NO) is None


def test_the_library_of_the_field_signs_the_same_and_believes_what_we_believe(server, pay, monkeypatch):
    """PyPI `wechatpayv3`, which the deployed code does without, as a second opinion."""
    other = library(wechatpay_type=None, mchid=CONFIG.mchid, appid=CONFIG.appid, private_key=CONFIG.private_key,
                    cert_serial_no=CONFIG.cert_serial_no, apiv3_key=APIV3_KEY, public_key=CONFIG.public_key,
                    public_key_id=KEY_ID)
    server.answers(**said({"prepay_id": "wx1"}))
    prepay(pay)
    [request] = server.received
    parts = dict(re.findall(r'(\w+)="([^"]*)"', request.headers["authorization"]))
    monkeypatch.setattr("wechatpayv3.utils.time.time", lambda: int(parts["timestamp"]))
    again = build_authorization(request.path, request.method, CONFIG.mchid, CONFIG.cert_serial_no,
                                other._core._private_key, data=request.body.decode(), nonce_str=parts["nonce_str"])
    assert again == request.headers["authorization"]
    body = notice_body()
    opened = other.callback(signed_headers(body), body)
    assert (opened["id"], opened["resource"]) == (OPENED.notice_id, OPENED.resource)
    assert pay.open_notice(signed_headers(body), body, clock.wall()) == OPENED
    name, oaep = "北京某某有限公司", padding.OAEP(padding.MGF1(SHA1()), SHA1(), None)
    for sealed in (pay._wire.seal(name), other._core.encrypt(name)):
        assert PLATFORM.decrypt(base64.b64decode(sealed), oaep).decode() == name
