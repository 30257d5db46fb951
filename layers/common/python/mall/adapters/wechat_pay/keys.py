"""With which keys WeChat Pay signs for this merchant (微信支付公钥与平台证书), as the merchant has configured them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_BLOCK = re.compile(r"-----BEGIN (PUBLIC KEY|CERTIFICATE)-----.*?-----END \1-----", re.DOTALL)


@dataclass(frozen=True)
class PlatformKeys:
    """The one key that calls name and encrypt for, by its id, and the certificates that may sign, by serial number:
    besides it while the merchant is switched over, or it among them."""

    key_id: str
    public_key: str
    certificates: dict[str, Certificate] = field(default_factory=dict)

    def signs(self, serial: str, wall_now: datetime) -> bool:
        """Whether something under this Wechatpay-Serial can be WeChat's word now."""
        its = self.certificates.get(serial.upper())
        if its is None:
            return serial == self.key_id
        return its.not_valid_before_utc <= wall_now <= its.not_valid_after_utc


def read_keys(key_id: str, text: str) -> PlatformKeys:
    """`text`: the public key (公钥模式); with platform certificates beside it while they may still sign; or those
    alone, of which `key_id` then is one's serial number. PEM, in any order. ValueError where that does not fit."""
    text = text.replace("\r\n", "\n")
    blocks = [(match[1], match[0]) for match in _BLOCK.finditer(text)]
    if not any(kind == "CERTIFICATE" for kind, _ in blocks):
        return PlatformKeys(key_id, text)
    certificates = _certificates([block for kind, block in blocks if kind == "CERTIFICATE"])
    public_keys = [block for kind, block in blocks if kind == "PUBLIC KEY"]
    if len(public_keys) == 1:
        return PlatformKeys(key_id, public_keys[0], certificates)
    named = certificates.get(key_id.upper())
    if public_keys or named is None:
        raise ValueError("one public key, or a certificate of this serial number")
    return PlatformKeys(key_id.upper(), _public_key(named), certificates)


def _certificates(blocks: list[str]) -> dict[str, Certificate]:
    from cryptography.x509 import load_pem_x509_certificate

    read = [load_pem_x509_certificate(block.encode()) for block in blocks]
    return {f"{each.serial_number:040X}": each for each in read}


def _public_key(certificate: Certificate) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
