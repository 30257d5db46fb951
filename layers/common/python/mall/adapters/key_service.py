"""Wraps and unwraps data keys (密钥管理服务): Tencent KMS, AWS KMS, or a wrapping key among the secrets.

A wrapped key names its service (`tencent-kms:<blob>`), so that a shop may move from one to another: new keys are
made by the configured one, old ones are unwrapped by theirs. The key's id is bound in as the encryption context.

Tencent: `GenerateDataKey` and `Decrypt` of KMS 2019-01-18 (documents 1030/32188, 1030/32198).
AWS: `GenerateDataKeyWithoutPlaintext`, `Decrypt`.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode, urlsafe_b64decode
from collections.abc import Callable
from typing import Any, Protocol

from mall.adapters.cloud_clients import aws_config, tencent_credential, tencent_profile
from mall.kit import outside
from mall.kit.deadline import KEY_SERVICE, within
from mall.kit.errors import Unavailable

CONTEXT = "mall-data-key"


class BadWrappingKey(RuntimeError):
    """The secret `data_wrapping_key` is not 32 bytes in base64url, or MALL_KEY_SERVICE names no known service."""


class _Service(Protocol):
    def make(self, key_id: str) -> str: ...

    def unwrap(self, key_id: str, blob: str) -> bytes: ...


class KeyServices:
    """`configured`: `own`, `tencent-kms:KEY_ID` or `aws-kms:KEY_ARN`; `wrapping_key` reads the secret of `own`."""

    def __init__(self, configured: str, region: str, wrapping_key: Callable[[], str]):
        self._name, _, self._kms_key = configured.partition(":")
        self._open: dict[str, _Service] = {}
        self._openers: dict[str, Callable[[], _Service]] = {
            "own": lambda: SecretKey(wrapping_key()),
            "tencent-kms": lambda: TencentKms(self._kms_key, region),
            "aws-kms": lambda: AwsKms(self._kms_key, region),
        }
        if self._name not in self._openers or (self._name == "own") == bool(self._kms_key):
            raise BadWrappingKey(f"MALL_KEY_SERVICE is {configured!r}: own, tencent-kms:KEY or aws-kms:KEY")

    def make(self, key_id: str) -> str:
        """A new key of 32 random bytes, wrapped. Raises Unavailable."""
        return f"{self._name}:{self._service(self._name).make(key_id)}"

    def unwrap(self, key_id: str, wrapped: str) -> bytes:
        """The 32 bytes. Raises Unavailable, and what the service says of a blob that is not its own."""
        name, _, blob = wrapped.partition(":")
        return self._service(name).unwrap(key_id, blob)

    def _service(self, name: str) -> _Service:
        if name not in self._open:
            self._open[name] = self._openers[name]()
        return self._open[name]


class SecretKey:
    """AES-256-GCM under a secret of our own: a file on a laptop, an entry of the platform's secret store."""

    def __init__(self, secret: str):
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            self._cipher = AESGCM(urlsafe_b64decode(secret + "=" * (-len(secret) % 4)))
        except ValueError:
            raise BadWrappingKey("the secret data_wrapping_key must be 32 bytes in base64url") from None

    def make(self, key_id: str) -> str:
        nonce = os.urandom(12)
        return b64encode(nonce + self._cipher.encrypt(nonce, os.urandom(32), _bound(key_id))).decode()

    def unwrap(self, key_id: str, blob: str) -> bytes:
        box = b64decode(blob)
        return self._cipher.decrypt(box[:12], box[12:], _bound(key_id))


class TencentKms:
    def __init__(self, kms_key: str, region: str):
        from tencentcloud.common.common_client import CommonClient

        self._kms_key = kms_key
        self._client = CommonClient("kms", "2019-01-18", tencent_credential(), region, tencent_profile(KEY_SERVICE))

    def make(self, key_id: str) -> str:
        return self._ask("GenerateDataKey", {"KeyId": self._kms_key, "KeySpec": "AES_256"}, key_id)["CiphertextBlob"]

    def unwrap(self, key_id: str, blob: str) -> bytes:
        return b64decode(self._ask("Decrypt", {"CiphertextBlob": blob}, key_id)["Plaintext"])

    def _ask(self, action: str, given: dict[str, str], key_id: str) -> dict[str, Any]:
        with outside.calling(f"key_service.{action}"):
            try:
                told = {**given, "EncryptionContext": json.dumps({CONTEXT: key_id})}
                answer = within(KEY_SERVICE, lambda: self._client.call_json(action, told))
            except Exception as problem:
                raise Unavailable() from problem
        return answer["Response"]


class AwsKms:
    def __init__(self, kms_key: str, region: str):
        import boto3

        self._kms_key = kms_key
        self._client = boto3.client("kms", region_name=region, config=aws_config(KEY_SERVICE))

    def make(self, key_id: str) -> str:
        answer = self._ask("generate_data_key_without_plaintext", key_id, KeyId=self._kms_key, KeySpec="AES_256")
        return b64encode(answer["CiphertextBlob"]).decode()

    def unwrap(self, key_id: str, blob: str) -> bytes:
        return self._ask("decrypt", key_id, CiphertextBlob=b64decode(blob))["Plaintext"]

    def _ask(self, action: str, key_id: str, **given: Any) -> dict[str, Any]:
        with outside.calling(f"key_service.{action}"):
            try:
                call = getattr(self._client, action)
                return within(KEY_SERVICE, lambda: call(EncryptionContext={CONTEXT: key_id}, **given))
            except Exception as problem:
                raise Unavailable() from problem


def _bound(key_id: str) -> bytes:
    return f"{CONTEXT} {key_id}".encode()
