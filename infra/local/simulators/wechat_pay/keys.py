"""The merchant's credentials and the platform's own keys, made once and kept in ``DIR/merchant``."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import secrets
import string
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

DEFAULT_MCHID = "1900000109"
DEFAULT_APPID = "wxd678efh567hg6787"

PUBLIC_KEY, CERTIFICATE, BOTH = "public-key", "certificate", "both"
MODES = (PUBLIC_KEY, CERTIFICATE, BOTH)
"""With what the platform signs for this merchant: a new merchant's has a public key only, an old one's certificates
only, one that is being switched over both."""


def ensure_merchant(
    data_dir: str | Path,
    *,
    mchid: str | None = None,
    appids: list[str] | None = None,
    gateway_url: str | None = None,
    people: str | None = None,
) -> dict[str, Any]:
    """Make or read the merchant of this folder; needs no running server and may race with one.

    Returns what a backend must be configured with: ``mchid``, ``appids``, ``cert_serial_no``,
    ``people``, ``apiv3_key``, ``private_key_file``, ``certificate_file``, ``public_key_id``, ``public_key_file``,
    ``platform_certificate_serial``, ``platform_certificate_file`` and ``gateway_url``; files are
    absolute paths. The same object is written to ``DIR/merchant/merchant.json``. Arguments that are
    None keep what the folder has; keys are never made anew. ``people`` is "simulated" where buyers have the openids
    that the WeChat API simulator gives them, and any other is refused; "any" where a merchant makes openids up: then
    only one of another of the merchant's apps is.
    """
    folder = Path(data_dir).resolve() / "merchant"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        written = folder / "merchant.json"
        known = json.loads(written.read_text()) if written.exists() else _make_keys(folder, mchid or DEFAULT_MCHID)
        merchant = {
            **known,
            "mchid": mchid or known["mchid"],
            "appids": appids or known.get("appids") or [DEFAULT_APPID],
            "people": people or known.get("people") or "any",
            "gateway_url": gateway_url or known.get("gateway_url") or "http://127.0.0.1:8201",
            "private_key_file": str(folder / "merchant_key.pem"),
            "certificate_file": str(folder / "merchant_cert.pem"),
            "public_key_file": str(folder / "platform_public_key.pem"),
            "platform_certificate_file": str(folder / "platform_cert.pem"),
        }
        if merchant != known or not written.exists():
            draft = folder / "merchant.json.draft"
            draft.write_text(json.dumps(merchant, indent=2) + "\n")
            draft.replace(written)
    return merchant


@dataclass(frozen=True)
class PlatformKey:
    """One of the two keys with which the platform signs; ``serial`` is what Wechatpay-Serial says."""

    serial: str
    private_key: rsa.RSAPrivateKey


@dataclass(frozen=True)
class Keys:
    """Everything loaded once: the merchant's public half and both private keys of the platform."""

    mchid: str
    appids: tuple[str, ...]
    people: str
    merchant_serial: str
    merchant_public_key: rsa.RSAPublicKey
    apiv3_key: bytes
    public_key_mode: PlatformKey
    certificate_mode: PlatformKey
    platform_certificate: x509.Certificate
    platform_certificate_pem: str
    mode: str = BOTH

    def signer(self, *, public_key_mode: bool) -> PlatformKey:
        """The key that signs; what was made in another mode, before a restart, is signed with what there is now."""
        by_public_key = public_key_mode if self.mode == BOTH else self.mode == PUBLIC_KEY
        return self.public_key_mode if by_public_key else self.certificate_mode

    def named(self, serial: str | None) -> PlatformKey | None:
        """The key that a request means by Wechatpay-Serial, where this merchant has it."""
        if serial == self.public_key_mode.serial and self.mode != CERTIFICATE:
            return self.public_key_mode
        if serial and serial.upper() == self.certificate_mode.serial and self.mode != PUBLIC_KEY:
            return self.certificate_mode
        return None


def load_keys(merchant: dict[str, Any], mode: str = BOTH) -> Keys:
    """Read the files that ``ensure_merchant`` wrote. ``mode``: one of MODES."""
    folder = Path(merchant["private_key_file"]).parent
    certificate_pem = Path(merchant["certificate_file"]).read_bytes()
    platform_pem = Path(merchant["platform_certificate_file"]).read_bytes()
    return Keys(
        mchid=merchant["mchid"],
        appids=tuple(merchant["appids"]),
        people=merchant["people"],
        merchant_serial=merchant["cert_serial_no"],
        merchant_public_key=x509.load_pem_x509_certificate(certificate_pem).public_key(),
        apiv3_key=merchant["apiv3_key"].encode(),
        public_key_mode=PlatformKey(merchant["public_key_id"], _read_key(folder / "platform_public_key_private.pem")),
        certificate_mode=PlatformKey(
            merchant["platform_certificate_serial"], _read_key(folder / "platform_cert_private.pem")
        ),
        platform_certificate=x509.load_pem_x509_certificate(platform_pem),
        platform_certificate_pem=platform_pem.decode(),
        mode=mode,
    )


def _make_keys(folder: Path, mchid: str) -> dict[str, Any]:
    merchant_key, public_mode_key, certificate_mode_key = (
        rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(3)
    )
    merchant_certificate = _certificate(merchant_key, mchid)
    platform_certificate = _certificate(certificate_mode_key, "Tenpay.com sign (simulator)")
    _write_key(folder / "merchant_key.pem", merchant_key)
    _write_key(folder / "platform_public_key_private.pem", public_mode_key)
    _write_key(folder / "platform_cert_private.pem", certificate_mode_key)
    (folder / "merchant_cert.pem").write_bytes(merchant_certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "platform_cert.pem").write_bytes(platform_certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "platform_public_key.pem").write_bytes(
        public_mode_key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    letters = string.ascii_letters + string.digits
    return {
        "mchid": mchid,
        "cert_serial_no": f"{merchant_certificate.serial_number:040X}",
        "apiv3_key": "".join(secrets.choice(letters) for _ in range(32)),
        "public_key_id": "PUB_KEY_ID_01" + "".join(secrets.choice(string.digits) for _ in range(32)),
        "platform_certificate_serial": f"{platform_certificate.serial_number:040X}",
    }


def _certificate(key: rsa.RSAPrivateKey, common_name: str) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    today = dt.datetime.now(dt.UTC).replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        # 40 hexadecimal digits that do not begin with 0, as real ones have
        .serial_number((0x4 << 156) | secrets.randbits(156))
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=5 * 365))
        .sign(key, hashes.SHA256())
    )


def _write_key(path: Path, key: rsa.RSAPrivateKey) -> None:
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def _read_key(path: Path) -> rsa.RSAPrivateKey:
    # Our own file: checking an RSA key costs 40 ms each and proves nothing new.
    return serialization.load_pem_private_key(path.read_bytes(), None, unsafe_skip_rsa_key_validation=True)
