"""A merchant's papers, WeChat's answers and notices under a key of its own, and the five calls that tests make."""

from __future__ import annotations

import base64
import json
import time
from datetime import datetime, timezone

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from mall.adapters.wechat_pay import Notice, WeChatPayConfig

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
