"""WeChat Pay's notices: only what is signed by it, in time and over these bytes, opens."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import replace
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from mall.adapters.wechat_pay import NoticeRejected, WeChatPay
from mall.kit import clock

from tests.adapters.pay_words import APIV3_KEY, CONFIG, MERCHANT, OPENED, UTC, notice_body, signed_headers

pytestmark = pytest.mark.spec("E5", "E6")


@pytest.fixture(scope="module")
def pay(scripted):
    return WeChatPay(replace(CONFIG, gateway_url=scripted.url))



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
