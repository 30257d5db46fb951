"""The v3 protocol's envelope: who signed a request, and how answers and notices are signed and sealed."""

from __future__ import annotations

import base64
import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infra.local.simulators.wechat_pay.keys import Keys, PlatformKey

SCHEME = "WECHATPAY2-SHA256-RSA2048"
WINDOW_SECONDS = 300
PROBE_PREFIX = "WECHATPAY/SIGNTEST/"
SHOWN_OF_BODY = 8

_PART = re.compile(r'\s*(\w+)="([^"]*)"\s*')
_PARTS = {"mchid", "nonce_str", "signature", "timestamp", "serial_no"}


@dataclass(eq=False)
class Refusal(Exception):
    """An answer that is not 2xx: HTTP status, documented code, message, and detail where there is one."""

    status: int
    code: str
    message: str
    detail: dict[str, Any] | None = None

    def body(self) -> dict[str, Any]:
        written: dict[str, Any] = {"code": self.code, "message": self.message}
        return {**written, "detail": self.detail} if self.detail else written


def wire_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def rsa_sign(key: rsa.RSAPrivateKey, message: bytes) -> str:
    """SHA256-RSA, PKCS#1 v1.5, in base64."""
    return base64.b64encode(key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()


def rsa_verified(key: rsa.RSAPublicKey, message: bytes, signature: str) -> bool:
    try:
        key.verify(base64.b64decode(signature, validate=True), message, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def request_message(method: str, url: str, timestamp: str, nonce: str, body: bytes) -> bytes:
    """What a merchant signs; ``url`` is the path with its query, exactly as sent."""
    return f"{method}\n{url}\n{timestamp}\n{nonce}\n".encode() + body + b"\n"


def answer_message(timestamp: str, nonce: str, body: bytes) -> bytes:
    """What the platform signs, in answers and in notices."""
    return f"{timestamp}\n{nonce}\n".encode() + body + b"\n"


def check_request(keys: Keys, method: str, url: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Refuse a request that is not properly signed; true when its answer is due in public-key mode.

    Raises Refusal: 400 without Accept or User-Agent or with a foreign Wechatpay-Serial, else 401
    SIGN_ERROR with the documented sentence. The time window is real time and is looked at first.
    """
    if not headers.get("accept") or not headers.get("user-agent"):
        raise Refusal(400, "INVALID_REQUEST", "Http头缺少Accept或User-Agent")
    parts = _authorization(headers.get("authorization"), url)
    if not parts["timestamp"].isdigit() or abs(time.time() - int(parts["timestamp"])) > WINDOW_SECONDS:
        raise _unsigned("Http头Authorization中的timestamp与发起请求的时间不得超过5分钟")
    if parts["mchid"] != keys.mchid or parts["serial_no"].upper() != keys.merchant_serial:
        raise _unsigned("商户证书序列号有误。请使用签名私钥匹配的证书序列号")
    message = request_message(method, url, parts["timestamp"], parts["nonce_str"], body)
    if not rsa_verified(keys.merchant_public_key, message, parts["signature"]):
        raise _not_matching(method, url, message, body)
    return _wants_public_key(keys, headers.get("wechatpay-serial"))


def _authorization(header: str | None, url: str) -> dict[str, str]:
    if not header:
        on_orders = url.startswith("/v3/pay/transactions/")
        raise _unsigned("签名信息错误，验签失败" if on_orders else _ODD_FORMAT)
    scheme, _, rest = header.strip().partition(" ")
    if scheme != SCHEME:
        raise _unsigned("HTTP头Authorization认证类型不正确")
    matches = [_PART.fullmatch(part) for part in rest.split(",")]
    parts = {match[1]: match[2] for match in matches if match}
    if not all(matches) or not set(parts) >= _PARTS:
        raise _unsigned(_ODD_FORMAT)
    return parts


_ODD_FORMAT = "Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》"


def _unsigned(message: str) -> Refusal:
    return Refusal(401, "SIGN_ERROR", message)


def _not_matching(method: str, url: str, message: bytes, body: bytes) -> Refusal:
    """A signature that is not of this message: the platform shows the message that it has put together, its body cut
    off, and how many bytes it has in all."""
    shown = message[:len(message) - len(body) - 1] + body[:SHOWN_OF_BODY] + b"\n"
    return Refusal(401, "SIGN_ERROR", "签名错误", {
        "field": "signature", "location": "authorization", "detail": {"issue": "sign not match"},
        "sign_information": {"method": method, "url": url, "sign_message_length": len(message),
                             "truncated_sign_message": shown.decode(errors="replace")}})


def _wants_public_key(keys: Keys, serial: str | None) -> bool:
    """Where the merchant has both, the request says; else there is no choice."""
    named = keys.named(serial)
    if serial and named is None:
        raise Refusal(400, "PARAM_ERROR", "平台证书序列号Wechatpay-Serial错误")
    return keys.signer(public_key_mode=named is keys.public_key_mode) is keys.public_key_mode


def platform_headers(signer: PlatformKey, body: bytes) -> dict[str, str]:
    """The five Wechatpay headers over this body, with a new timestamp (real time) and nonce."""
    timestamp = str(int(time.time()))
    nonce = random_text(32)
    return {
        "Wechatpay-Timestamp": timestamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": rsa_sign(signer.private_key, answer_message(timestamp, nonce, body)),
        "Wechatpay-Serial": signer.serial,
        "Wechatpay-Signature-Type": SCHEME,
    }


def probe(headers: dict[str, str]) -> dict[str, str]:
    """The same headers with the platform's deliberate wrong signature (签名探测流量)."""
    return {**headers, "Wechatpay-Signature": PROBE_PREFIX + headers["Wechatpay-Signature"]}


def seal(keys: Keys, plain: bytes, associated_data: str) -> dict[str, str]:
    """AES-256-GCM under the APIv3 key, in the shape of a notice's resource or a certificate."""
    nonce = random_text(12)
    ciphertext = AESGCM(keys.apiv3_key).encrypt(nonce.encode(), plain, associated_data.encode())
    return {
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": base64.b64encode(ciphertext).decode(),
        "associated_data": associated_data,
        "nonce": nonce,
    }


def random_text(length: int) -> str:
    """Hexadecimal digits, an even number of them."""
    return secrets.token_hex(length // 2)


def open_sensitive(key: PlatformKey | None, sealed: str) -> str:
    """A person's or a merchant's name as it was encrypted (敏感信息加密) for the key that the request names in
    Wechatpay-Serial. Raises Refusal: PARAM_ERROR."""
    if key is None:
        raise Refusal(400, "PARAM_ERROR", "HTTP header缺少微信支付平台证书序列号(Wechatpay-Serial)")
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
    try:
        return key.private_key.decrypt(base64.b64decode(sealed, validate=True), oaep).decode()
    except ValueError:
        raise Refusal(400, "PARAM_ERROR", "平台私钥解密失败") from None
