"""WeChat Pay: what an answer means that is none, the connection, and papers that are wrong."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from mall.adapters.wechat_pay import OutcomeUnknown, PayMisconfigured, PayRefused, WeChatPay, wire
from mall.kit import clock, outside
from mall.kit.errors import RuleBroken, Unavailable

from tests.adapters.pay_words import (
    APIV3_KEY,
    CONFIG,
    MERCHANT,
    PAID,
    PAYMENT_NO,
    every_call,
    prepay,
    refund,
    refused,
    said,
)

pytestmark = pytest.mark.spec("E5", "E6")


@pytest.fixture(scope="module")
def pay(scripted):
    return WeChatPay(replace(CONFIG, gateway_url=scripted.url))


@pytest.fixture(scope="module")
def hasty(scripted):
    return WeChatPay(replace(CONFIG, gateway_url=scripted.url, timeout=(2, 0.1)))



@every_call
@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (lambda: said({"code": "x", "message": "x"}, 202), "HTTP 202"),
        (refused(429, "FREQUENCY_LIMITED"), "HTTP 429"),
        (refused(500, "SYSTEM_ERROR"), "HTTP 500"),
        (refused(503, "SIGN_ERROR"), "HTTP 503"),
        ({"status": 502, "body": b"<html>bad gateway</html>"}, "HTTP 502"),
        (refused(403, "FREQUENCY_LIMITED"), "HTTP 403"),
        ({"status": 404}, "HTTP 404"),
        ({"status": 403, "body": b"<html>blocked</html>"}, "HTTP 403"),
        ({"status": 400, "body": b"\xff\xfe"}, "HTTP 400"),
        ({"hang_up": True}, "ConnectionError"),
        (lambda: said({"prepay_id": "x"}, key=MERCHANT), "Unverified"),
        (lambda: said({"prepay_id": "x"}, serial="5157F09EFDC096DE15EBE81A47057A7232F1B8E1"), "Unverified"),
        (said({"prepay_id": "x"}, at=time.time() - 600), "Unverified"),
        ({"body": b'{"prepay_id": "x"}', "headers": {"Content-Type": "application/json"}}, "Unverified"),
        ({"status": 302, "headers": {"Location": "http://127.0.0.1:9/"}}, "Unverified"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_answer_that_proves_nothing_is_an_unknown_outcome(server, pay, call, answer, cause):
    server.answers(**(answer() if callable(answer) else answer))  # what is fresh is signed now
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
