from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import time
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from mall.adapters.wechat_pay import (
    Notice,
    NoticeRejected,
    OutcomeUnknown,
    PaymentSeen,
    PayMisconfigured,
    PayRefused,
    Prepay,
    RefundSeen,
    WeChatPay,
    WeChatPayConfig,
    wire,
)
from mall.kit import clock, outside
from mall.kit.errors import RuleBroken, Unavailable
from wechatpayv3 import WeChatPay as library
from wechatpayv3.utils import build_authorization

pytestmark = pytest.mark.spec("E5", "E6")

UTC = timezone.utc
MERCHANT = rsa.generate_private_key(65537, 2048)
PLATFORM = rsa.generate_private_key(65537, 2048)
KEY_ID = "PUB_KEY_ID_0119000000012026010100000000000001"
APIV3_KEY = "0123456789abcdef0123456789abcdef"
PAYMENT_NO = "pay_01JD0000000000000000000000"
REFUND_NO = "rfd_01JD0000000000000000000000"
PAID = {
    "mchid": "1900000001",
    "appid": "wx0000000000000001",
    "out_trade_no": PAYMENT_NO,
    "transaction_id": "4200000001202601010000000001",
    "trade_type": "JSAPI",
    "trade_state": "SUCCESS",
    "success_time": "2026-01-01T10:34:56+08:00",
    "payer": {"openid": "openid-of-lin"},
    "amount": {"total": 12345, "payer_total": 12345, "currency": "CNY"},
}


def pem(key):
    if isinstance(key, rsa.RSAPrivateKey):
        form = serialization.PrivateFormat.PKCS8
        bare = serialization.NoEncryption()
        return key.private_bytes(serialization.Encoding.PEM, form, bare).decode()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.PEM, form).decode()


CONFIG = WeChatPayConfig(
    mchid="1900000001",
    appid="wx0000000000000001",
    private_key=pem(MERCHANT),
    cert_serial_no="5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
    apiv3_key=APIV3_KEY,
    public_key_id=KEY_ID,
    public_key=pem(PLATFORM.public_key()),
    notify_base_url="https://shop.example/hooks/",
    timeout=(2, 5),
)


def sign(text, key=PLATFORM):
    return base64.b64encode(key.sign(text, padding.PKCS1v15(), SHA256())).decode()


def signed_headers(body, *, at=None, key=PLATFORM, serial=KEY_ID):
    timestamp = str(int(time.time() if at is None else at))
    return {
        "Wechatpay-Timestamp": timestamp,
        "Wechatpay-Nonce": "n0nce",
        "Wechatpay-Signature": sign(f"{timestamp}\nn0nce\n".encode() + body + b"\n", key),
        "Wechatpay-Serial": serial,
        "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
    }


def said(content, status=200, **how):
    body = json.dumps(content, ensure_ascii=False).encode() if content is not None else b""
    headers = signed_headers(body, **how) if status < 300 else {}
    headers |= {"Content-Type": "application/json; charset=utf-8"}
    return {"status": status, "body": body, "headers": headers}


def refused(status, code, message=""):
    return said({"code": code, "message": message}, status)


@pytest.fixture(scope="module")
def pay(scripted):
    return WeChatPay(replace(CONFIG, gateway_url=scripted.url))


@pytest.fixture(scope="module")
def hasty(scripted):
    return WeChatPay(replace(CONFIG, gateway_url=scripted.url, timeout=(2, 0.1)))


def prepay(pay, **changes):
    asked = {
        "channel": "jsapi",
        "payment_no": PAYMENT_NO,
        "amount_fen": 12345,
        "description": "龙井茶 250 克",
        "expires_at": datetime(2026, 1, 1, 2, 30, tzinfo=UTC),
        "notify_url": CONFIG.notify_url("payments/receive_payment_notice"),
        "openid": "openid-of-lin",
    }
    return pay.prepay(**(asked | changes))


def refund(pay):
    return pay.refund(
        refund_no=REFUND_NO,
        payment_no=PAYMENT_NO,
        refund_fen=345,
        total_fen=12345,
        reason="拼团未成功",
        notify_url="https://shop.example/hooks/refunds",
    )


CALLS = {
    "prepay": prepay,
    "query": lambda pay: pay.query(PAYMENT_NO),
    "close": lambda pay: pay.close(PAYMENT_NO),
    "refund": refund,
    "query_refund": lambda pay: pay.query_refund(REFUND_NO),
}
every_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


# What goes out


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


# What comes back


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


# What it means when it goes wrong


@every_call
@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (said({"code": "x", "message": "x"}, 202), "HTTP 202"),
        (refused(429, "FREQUENCY_LIMITED"), "HTTP 429"),
        (refused(500, "SYSTEM_ERROR"), "HTTP 500"),
        (refused(503, "SIGN_ERROR"), "HTTP 503"),
        ({"status": 502, "body": b"<html>bad gateway</html>"}, "HTTP 502"),
        (refused(403, "FREQUENCY_LIMITED"), "HTTP 403"),
        ({"status": 404}, "HTTP 404"),
        ({"status": 403, "body": b"<html>blocked</html>"}, "HTTP 403"),
        ({"status": 400, "body": b"\xff\xfe"}, "HTTP 400"),
        ({"hang_up": True}, "ConnectionError"),
        (said({"prepay_id": "x"}, key=MERCHANT), "Unverified"),
        (said({"prepay_id": "x"}, serial="5157F09EFDC096DE15EBE81A47057A7232F1B8E1"), "Unverified"),
        (said({"prepay_id": "x"}, at=time.time() - 600), "Unverified"),
        ({"body": b'{"prepay_id": "x"}', "headers": {"Content-Type": "application/json"}}, "Unverified"),
        ({"status": 302, "headers": {"Location": "http://127.0.0.1:9/"}}, "Unverified"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_answer_that_proves_nothing_is_an_unknown_outcome(server, pay, call, answer, cause):
    server.answers(**answer)
    with pytest.raises(OutcomeUnknown) as caught:
        call(pay)
    assert caught.value.data == {"cause": cause}
    assert (caught.value.status, caught.value.retryable) == (503, True)
    assert isinstance(caught.value, Unavailable)
    assert len(server.received) == 1


@every_call
def test_no_answer_in_time_is_an_unknown_outcome(server, hasty, call):
    server.answers(delay=0.3)
    with pytest.raises(OutcomeUnknown) as caught:
        call(hasty)
    assert caught.value.data == {"cause": "ReadTimeout"}
    assert len(server.received) == 1


def test_an_answer_under_an_unknown_serial_makes_no_further_call(server, pay):
    server.answers(**said(PAID, serial="PUB_KEY_ID_OF_SOMEBODY_ELSE"))
    with pytest.raises(OutcomeUnknown):
        pay.query(PAYMENT_NO)
    assert [request.path.partition("?")[0] for request in server.received] == [
        f"/v3/pay/transactions/out-trade-no/{PAYMENT_NO}"
    ]


def test_nobody_listening_is_an_unknown_outcome(server):
    pay = WeChatPay(replace(CONFIG, gateway_url="http://127.0.0.1:1"))
    with pytest.raises(OutcomeUnknown) as caught:
        prepay(pay)
    assert caught.value.data == {"cause": "ConnectionError"}


@every_call
@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "SIGN_ERROR"),
        (401, "SOMETHING_NEW"),
        (400, "APPID_MCHID_NOT_MATCH"),
        (403, "NO_AUTH"),
        (400, "MCH_NOT_EXISTS"),
        (404, "MCH_NOT_EXISTS"),
    ],
)
def test_a_fault_of_the_papers_is_not_worth_repeating(server, pay, call, status, code):
    server.answers(**refused(status, code, "签名错误"))
    with pytest.raises(PayMisconfigured) as caught:
        call(pay)
    assert (caught.value.status, caught.value.retryable) == (503, False)
    assert caught.value.data == {"wechat_code": code}
    assert caught.value.message == "支付暂不可用，请联系商家"


@pytest.mark.parametrize(
    ("status", "code", "message", "told", "sentence"),
    [
        (400, "ORDERPAID", "该订单已支付", "ORDERPAID", "订单已支付，请勿重复支付"),
        (400, "ORDER_CLOSED", "", "ORDER_CLOSED", "订单已关闭，请重新下单"),
        (403, "OUT_TRADE_NO_USED", "", "OUT_TRADE_NO_USED", "该笔支付已经发起，请刷新后查看结果"),
        (
            400,
            "INVALID_REQUEST",
            "201 商户订单号重复",
            "OUT_TRADE_NO_USED",
            "该笔支付已经发起，请刷新后查看结果",
        ),
        (400, "PARAM_ERROR", "输入源“/body/payer/openid”", "PARAM_ERROR", PayRefused.message),
        (403, "RULE_LIMIT", "", "RULE_LIMIT", "微信支付限制了本次交易，请联系客服"),
    ],
)
def test_a_refused_prepay_names_the_reason_and_speaks_to_the_buyer(
    server, pay, status, code, message, told, sentence
):
    server.answers(**refused(status, code, message))
    with pytest.raises(PayRefused) as caught:
        prepay(pay)
    assert caught.value.data == {"wechat_code": told}
    assert caught.value.message == sentence
    assert (caught.value.status, caught.value.code, caught.value.retryable) == (422, "PAY_REFUSED", False)
    assert isinstance(caught.value, RuleBroken)


@pytest.mark.parametrize("code", ["NOT_ENOUGH", "USER_ACCOUNT_ABNORMAL", "INVALID_REQUEST"])
def test_a_refused_refund_names_the_reason(server, pay, code):
    server.answers(**refused(403, code))
    with pytest.raises(PayRefused) as caught:
        refund(pay)
    assert caught.value.data == {"wechat_code": code}


@pytest.mark.parametrize("content", [{}, {"prepay_id_": 1}, [], None, "x"])
def test_a_signed_answer_without_what_was_asked_for_is_an_unknown_outcome(server, pay, content):
    server.answers(**said(content))
    with pytest.raises(OutcomeUnknown) as caught:
        prepay(pay)
    assert caught.value.data == {"cause": "unreadable answer"}


def test_errors_carry_no_secret_no_header_and_no_person(server, pay):
    server.answers(**refused(400, "PARAM_ERROR", "openid-of-lin"))
    with pytest.raises(PayRefused) as caught:
        prepay(pay)
    error = caught.value
    assert "openid-of-lin" not in f"{error!r} {error} {error.data} {error.message}"
    server.answers(hang_up=True)
    with pytest.raises(OutcomeUnknown) as caught:
        pay.query(PAYMENT_NO)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


# The line


def test_calls_share_one_connection(server, pay):
    server.answers(**said(PAID))
    for _ in range(3):
        pay.query(PAYMENT_NO)
    assert len({request.connection for request in server.received}) == 1


def test_after_a_long_sleep_a_fresh_connection_is_made(server, pay, monkeypatch):
    server.answers(**said(PAID))
    pay.query(PAYMENT_NO)
    monkeypatch.setattr(wire, "IDLE", timedelta(0))
    pay.query(PAYMENT_NO)
    assert len({request.connection for request in server.received}) == 2


def test_the_environment_cannot_route_a_payment_elsewhere(server, pay, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "")
    server.answers(**said(PAID))
    assert pay.query(PAYMENT_NO).state == "SUCCESS"


def test_two_merchants_keep_their_own_papers(server, pay):
    other = WeChatPay(replace(CONFIG, mchid="1900000002", gateway_url=server.url))
    server.answers(**said(PAID))
    pay.query(PAYMENT_NO)
    other.query(PAYMENT_NO)
    pay.query(PAYMENT_NO)
    mchids = [request.path.partition("mchid=")[2] for request in server.received]
    assert mchids == ["1900000001", "1900000002", "1900000001"]


@every_call
def test_no_call_leaves_inside_a_transaction(server, pay, call):
    outside.enter_transaction()
    try:
        with pytest.raises(RuntimeError, match="outbound call wechat_pay"):
            call(pay)
    finally:
        outside.leave_transaction()
    assert server.received == []


def test_what_signs_and_what_calls_is_imported_with_the_first_client_not_with_the_module():
    program = (
        "import sys, mall.adapters.wechat_pay;"
        "print([name for name in ('requests', 'cryptography') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
        check=True,
    )
    assert done.stdout == "[]\n"


# The papers


def test_the_config_hides_its_keys():
    shown = repr(CONFIG)
    assert "PRIVATE KEY" not in shown
    assert APIV3_KEY not in shown
    assert "mchid='1900000001'" in shown


def test_a_notice_address_needs_the_shops_public_one():
    assert CONFIG.notify_url("/refunds") == "https://shop.example/hooks/refunds"
    with pytest.raises(PayMisconfigured) as caught:
        replace(CONFIG, notify_base_url="").notify_url("/refunds")
    assert caught.value.data == {"setting": "notify_base_url"}


def test_without_a_gateway_the_client_talks_to_wechat():
    assert WeChatPay(CONFIG)._wire.gateway == "https://api.mch.weixin.qq.com"


def test_keys_with_windows_line_ends_are_read():
    windows = replace(
        CONFIG,
        private_key=CONFIG.private_key.replace("\n", "\r\n"),
        public_key=CONFIG.public_key.replace("\n", "\r\n"),
    )
    assert WeChatPay(windows).client_parameters("wx1", clock.wall())["signType"] == "RSA"


@pytest.mark.parametrize(
    ("changes", "setting"),
    [
        ({"apiv3_key": "too short"}, "apiv3_key"),
        ({"private_key": "not a key"}, "private_key, public_key or public_key_id"),
        ({"public_key": "not a key"}, "private_key, public_key or public_key_id"),
        ({"public_key": ""}, "private_key, public_key or public_key_id"),
    ],
)
def test_bad_papers_are_named_at_once_and_nothing_is_fetched(server, changes, setting):
    with pytest.raises(PayMisconfigured) as caught:
        WeChatPay(replace(CONFIG, gateway_url=server.url, **changes))
    assert caught.value.data == {"setting": setting}
    assert caught.value.__context__ is None
    assert server.received == []


# Notices


def notice_body(resource=PAID, *, key=APIV3_KEY, **changes):
    plain = json.dumps(resource, ensure_ascii=False).encode()
    sealed = AESGCM(key.encode()).encrypt(b"nonce1234567", plain, b"transaction")
    content = {
        "id": "EV-2018022511223320873",
        "create_time": "2026-01-01T10:34:57+08:00",
        "resource_type": "encrypt-resource",
        "event_type": "TRANSACTION.SUCCESS",
        "summary": "支付成功",
        "resource": {
            "original_type": "transaction",
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": base64.b64encode(sealed).decode(),
            "associated_data": "transaction",
            "nonce": "nonce1234567",
        },
    }
    return json.dumps(content | changes, ensure_ascii=False).encode()


OPENED = Notice(
    notice_id="EV-2018022511223320873",
    event_type="TRANSACTION.SUCCESS",
    created_at=datetime(2026, 1, 1, 2, 34, 57, tzinfo=UTC),
    resource=PAID,
    original_type="transaction",
)


@pytest.mark.parametrize("case", [str, str.lower, str.upper, str.swapcase])
def test_a_true_notice_opens_in_any_header_case(server, pay, case):
    body = notice_body()
    headers = {case(name): value for name, value in signed_headers(body).items()}
    assert pay.open_notice(headers, body, clock.wall()) == OPENED
    assert server.received == []


def test_a_notice_without_associated_data_opens(pay):
    sealed = AESGCM(APIV3_KEY.encode()).encrypt(b"nonce1234567", b'{"a":1}', b"")
    content = json.loads(notice_body())
    content["resource"] |= {"ciphertext": base64.b64encode(sealed).decode(), "associated_data": ""}
    body = json.dumps(content).encode()
    assert pay.open_notice(signed_headers(body), body, clock.wall()).resource == {"a": 1}


def test_a_replay_inside_the_window_opens_again_because_the_caller_keeps_the_ids(pay):
    body = notice_body()
    headers = signed_headers(body)
    assert pay.open_notice(headers, body, clock.wall()) == OPENED
    assert pay.open_notice(headers, body, clock.wall()) == OPENED


@pytest.mark.parametrize("off", [-300, 300])
def test_a_notice_at_the_edge_of_the_window_opens(pay, off):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    body = notice_body()
    headers = signed_headers(body, at=now.timestamp() + off)
    assert pay.open_notice(headers, body, now) == OPENED


def assert_rejected(server, pay, headers, body, now=None):
    with pytest.raises(NoticeRejected) as caught:
        pay.open_notice(headers, body, now or clock.wall())
    error = caught.value
    assert (error.status, error.code, error.message) == (401, "NOTICE_REJECTED", "通知未通过验证")
    assert (error.data, error.__context__, error.__cause__) == ({}, None, None)
    assert server.received == []


@pytest.mark.parametrize("off", [-301, 301, -800_000_000])
def test_a_stale_or_future_notice_is_rejected(server, pay, off):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    body = notice_body()
    assert_rejected(server, pay, signed_headers(body, at=now.timestamp() + off), body, now)


@pytest.mark.parametrize("serial", ["PUB_KEY_ID_OTHER", "5157F09EFDC096DE15EBE81A47057A7232F1B8E1", ""])
def test_an_unknown_serial_is_rejected_without_any_network_call(server, pay, serial):
    body = notice_body()
    assert_rejected(server, pay, signed_headers(body, serial=serial), body)


@pytest.mark.parametrize("missing", list(signed_headers(b"")))
def test_a_notice_lacking_one_of_the_five_headers_is_rejected(server, pay, missing):
    body = notice_body()
    headers = signed_headers(body)
    del headers[missing]
    assert_rejected(server, pay, headers, body)


def test_the_signtest_probe_is_rejected(server, pay):
    body = notice_body()
    headers = signed_headers(body)
    headers["Wechatpay-Signature"] = "WECHATPAY/SIGNTEST/" + headers["Wechatpay-Signature"][19:]
    assert_rejected(server, pay, headers, body)


@pytest.mark.parametrize(
    "changed",
    [
        {"Wechatpay-Signature-Type": "WECHATPAY2-SM2-WITH-SM3"},
        {"Wechatpay-Nonce": "other"},
        {"Wechatpay-Timestamp": str(int(time.time()) + 1)},
        {"Wechatpay-Timestamp": "soon"},
        {"Wechatpay-Timestamp": "9" * 5000},
        {"Wechatpay-Signature": "not base64 at all"},
        {"Wechatpay-Signature": None},
    ],
)
def test_a_changed_header_is_rejected(server, pay, changed):
    body = notice_body()
    assert_rejected(server, pay, signed_headers(body) | changed, body)


def test_a_notice_in_the_form_of_django_headers_is_rejected(server, pay):
    body = notice_body()
    django = {"HTTP_" + name.upper().replace("-", "_"): value for name, value in signed_headers(body).items()}
    assert_rejected(server, pay, django, body)


@pytest.mark.parametrize(
    "tamper",
    [
        lambda body: body + b" ",
        lambda body: body.replace(b"EV-", b"EX-"),
        lambda body: json.dumps(json.loads(body)).encode(),
        lambda body: b"",
        lambda body: body[:-1],
    ],
)
def test_a_body_other_than_the_signed_bytes_is_rejected(server, pay, tamper):
    body = notice_body()
    assert_rejected(server, pay, signed_headers(body), tamper(body))


V2_REFUND = b"<xml><return_code>SUCCESS</return_code><req_info><![CDATA[x]]></req_info></xml>"


@pytest.mark.parametrize(
    "body",
    [
        V2_REFUND,
        "退款".encode("gbk"),
        b"\xff\xfe\x00",
        b"",
        b"null",
        b"[]",
        b"{}",
        b"1" * 5000,
        b"[" * 100_000,
        notice_body(key="f" * 32),
        notice_body(resource=["not", "an", "object"]),
        notice_body(resource_type="plain"),
        notice_body(resource=None),
        notice_body(id=""),
        notice_body(create_time="yesterday"),
        notice_body(create_time="2026-01-01T10:34:57"),
    ],
    ids=range(16),
)
@pytest.mark.parametrize("signed", [True, False])
def test_what_is_not_a_v3_notice_is_rejected_even_when_signed(server, pay, body, signed):
    headers = signed_headers(body)
    assert_rejected(server, pay, headers if signed else {"Content-Type": "text/xml"}, body)


def test_an_unsupported_cipher_is_rejected(server, pay):
    content = json.loads(notice_body())
    content["resource"]["algorithm"] = "AEAD_SM4_GCM"
    body = json.dumps(content).encode()
    assert_rejected(server, pay, signed_headers(body), body)


def test_a_notice_signed_by_the_merchants_own_key_is_rejected(server, pay):
    body = notice_body()
    assert_rejected(server, pay, signed_headers(body, key=MERCHANT), body)


def test_what_was_seen_does_not_print_the_person():
    assert "openid-of-lin" not in repr(OPENED)


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
