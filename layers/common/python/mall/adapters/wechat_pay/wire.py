"""The signed line to WeChat Pay v3 (签名与验签): what leaves is signed with the merchant's key, what comes back in time
and under a key of the platform's is believed, and nothing else.

RSA and AES are the library `cryptography`'s; the rest is the protocol's five lines (decision 0031). Nothing here logs.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from mall.adapters.wechat_pay.config import WeChatPayConfig
from mall.adapters.wechat_pay.keys import PlatformKeys
from mall.kit import clock, deadline

GATEWAY = "https://api.mch.weixin.qq.com"
FRESH = timedelta(seconds=300)  # v3 protocol: a signature older or younger than five minutes is refused
IDLE = timedelta(seconds=30)  # a function frozen for longer wakes to connections that are dead
ALGORITHM = "WECHATPAY2-SHA256-RSA2048"
SEALED_BY = "AEAD_AES_256_GCM"
SIGNED_HEADERS = (
    "wechatpay-timestamp",
    "wechatpay-nonce",
    "wechatpay-signature",
    "wechatpay-serial",
    "wechatpay-signature-type",
)


class Unverified(Exception):
    """Nobody knows who said this: not signed, too old, or under a key that is not configured."""


class Wire:
    """One merchant's papers and one kept connection. Build it once: loading the key costs 40 ms.

    No certificate is ever fetched: what is not configured is not believed.
    """

    def __init__(self, config: WeChatPayConfig, keys: PlatformKeys) -> None:
        """Raises ValueError, or what `cryptography` raises, for papers that it cannot read."""
        import requests
        from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

        self.gateway = (config.gateway_url or GATEWAY).rstrip("/")
        self._config, self._keys = config, keys
        self._private_key: Any = load_pem_private_key(config.private_key.encode(), password=None)
        self._public_key: Any = load_pem_public_key(keys.public_key.encode())
        self._session = requests.Session()
        self._session.trust_env = False  # no environment variable routes a payment or signs it anew
        self._used_at = clock.wall()

    # what leaves, and what comes back

    def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, bytes]:
        """(status, content) of one request; `path` from the root, its query quoted. Raises Unverified for an answer
        that promises something and is not WeChat's, and whatever `requests` raises."""
        content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        with self._request(method, path, content) as response:
            if response.ok:
                self.verify(response.headers, response.content, clock.wall())
            return response.status_code, response.content

    def download(self, url: str, limit: int) -> tuple[int, bytes]:
        """(status, content) of a link that WeChat gave, which answers unsigned and undated; ValueError above `limit`
        bytes, and no more is read."""
        with self._request("GET", url[len(self.gateway):], b"", stream=True) as response:
            content = bytearray()
            for piece in response.iter_content(1 << 16):
                content += piece
                deadline.left_s(0)
                if len(content) > limit:
                    raise ValueError("a bill above its limit")
            return response.status_code, bytes(content)

    def _request(self, method: str, path: str, content: bytes, *, stream: bool = False) -> Any:
        used_at, self._used_at = self._used_at, clock.wall()
        if self._used_at - used_at > IDLE:
            self._session.close()
        headers = {
            "Accept": "application/json",
            "Authorization": self._authorization(method, path, content),
            "Content-Type": "application/json",
            "User-Agent": "mall-wechat-pay/3",  # without one WeChat refuses
            "Wechatpay-Serial": self._keys.key_id,
        }
        return self._session.request(
            method, self.gateway + path, data=content or None, headers=headers, stream=stream,
            timeout=deadline.timeouts(*self._config.timeout), allow_redirects=False)

    def _authorization(self, method: str, path: str, content: bytes) -> str:
        timestamp, nonce = str(int(clock.wall().timestamp())), secrets.token_hex(16)
        signature = self._signed(f"{method}\n{path}\n{timestamp}\n{nonce}\n".encode() + content + b"\n")
        return (f'{ALGORITHM} mchid="{self._config.mchid}",nonce_str="{nonce}",signature="{signature}",'
                f'timestamp="{timestamp}",serial_no="{self._config.cert_serial_no}"')

    # signatures

    def sign(self, *lines: str) -> str:
        """What a client needs for its own call (paySign): the signature of these lines."""
        return self._signed("".join(f"{line}\n" for line in lines).encode())

    def _signed(self, message: bytes) -> str:
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        return base64.b64encode(self._private_key.sign(message, PKCS1v15(), SHA256())).decode()

    def verify(self, headers: Mapping[str, str], content: bytes, wall_now: datetime) -> None:
        """Raises Unverified unless WeChat signed these bytes within FRESH of `wall_now`. Header names in any case."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        received = {name.lower(): value for name, value in headers.items()}
        timestamp, nonce, signature, serial, algorithm = (str(received.get(name)) for name in SIGNED_HEADERS)
        if algorithm != ALGORITHM or not _is_fresh(timestamp, wall_now) or not self._keys.signs(serial, wall_now):
            raise Unverified
        certificate = self._keys.certificates.get(serial.upper())
        key: Any = certificate.public_key() if certificate else self._public_key
        try:
            key.verify(base64.b64decode(signature, validate=True), f"{timestamp}\n{nonce}\n".encode() + content + b"\n",
                       PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            raise Unverified from None

    # what is sealed

    def seal(self, text: str) -> str:
        """A person's or a firm's name as only WeChat can read it."""
        return base64.b64encode(self._public_key.encrypt(text.encode(), _oaep())).decode()

    def unseal(self, sealed: bytes) -> bytes:
        """What WeChat has sealed for the merchant's key."""
        return self._private_key.decrypt(sealed, _oaep())

    def open_resource(self, resource: dict[str, Any]) -> Any:
        """What is inside a notice, by the merchant's own key (APIv3 密钥). Raises for any other cipher or key."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if resource["algorithm"] != SEALED_BY:
            raise Unverified
        plain = AESGCM(self._config.apiv3_key.encode()).decrypt(
            resource["nonce"].encode(), base64.b64decode(resource["ciphertext"]),
            (resource.get("associated_data") or "").encode())
        return json.loads(plain)


def _oaep() -> Any:
    from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
    from cryptography.hazmat.primitives.hashes import SHA1

    return OAEP(MGF1(SHA1()), SHA1(), None)


def _is_fresh(timestamp: str, wall_now: datetime) -> bool:
    return timestamp.isdecimal() and abs(wall_now.timestamp() - int(timestamp)) <= FRESH.total_seconds()
