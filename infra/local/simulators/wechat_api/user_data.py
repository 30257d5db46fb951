"""Data that the client hands to the server sealed with the session_key (encryptedData), and its signature."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from infra.local.simulators.wechat_api import people
from infra.local.simulators.wechat_api.sign_in import session_key
from infra.local.simulators.wechat_api.simulator import Simulator

KINDS = ("profile", "phone")
UNTOLD = ("city", "province", "country", "avatarUrl")  # given empty since 2022


def seal(sim: Simulator, appid: str, name: str, kind: str) -> dict:
    """{"encryptedData", "iv"}, and for a profile rawData with signature = sha1(rawData + session_key)."""
    person, openid = people.meet(sim, name), people.openid_of(appid, name)
    watermark = {"watermark": {"timestamp": int(sim.clock.now()), "appid": appid}}
    iv, key = secrets.token_bytes(16), session_key(openid)
    if kind == "phone":
        number = {"phoneNumber": person["phone"], "purePhoneNumber": person["phone"], "countryCode": "86"}
        return {"encryptedData": encrypt(key, iv, number | watermark), "iv": encode(iv)}
    shown = {"nickName": name, "gender": 0, "language": "zh_CN"} | dict.fromkeys(UNTOLD, "")
    raw = json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
    whole = {"openId": openid, **shown, "unionId": person["unionid"]} | watermark
    signature = hashlib.sha1((raw + encode(key)).encode()).hexdigest()
    return {"encryptedData": encrypt(key, iv, whole), "iv": encode(iv), "rawData": raw, "signature": signature}


def encrypt(key: bytes, iv: bytes, data: dict) -> str:
    """AES-128-CBC with PKCS #7, as base64."""
    plain = json.dumps(data, ensure_ascii=False).encode()
    padding = 16 - len(plain) % 16
    sealer = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return encode(sealer.update(plain + bytes([padding]) * padding) + sealer.finalize())


def encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
