"""Data keys wrapped by a secret of our own, by AWS KMS (moto) and by Tencent KMS (a fake behind the SDK's client)."""

from __future__ import annotations

import base64
import json
import os
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from mall.adapters.key_service import BadWrappingKey, KeyServices
from mall.kit import outside
from mall.kit.errors import Unavailable

pytestmark = pytest.mark.spec("A6")

SECRET = base64.urlsafe_b64encode(b"w" * 32).decode().rstrip("=")


def services(configured: str = "own", secret: str = SECRET, region: str = "ap-guangzhou") -> KeyServices:
    return KeyServices(configured, region, lambda: secret)


def test_a_key_under_our_own_secret_is_32_bytes_and_opens_under_its_own_id_only():
    own = services()
    wrapped = own.make("key_1")
    assert wrapped.startswith("own:")
    assert len(own.unwrap("key_1", wrapped)) == 32
    assert own.unwrap("key_1", wrapped) == services().unwrap("key_1", wrapped)
    with pytest.raises(InvalidTag):
        own.unwrap("key_2", wrapped)
    with pytest.raises(InvalidTag):
        services(secret=base64.urlsafe_b64encode(b"x" * 32).decode()).unwrap("key_1", wrapped)


def test_two_keys_differ():
    own = services()
    assert own.unwrap("key_1", own.make("key_1")) != own.unwrap("key_1", own.make("key_1"))


@pytest.mark.parametrize("secret", ["", "short", base64.urlsafe_b64encode(b"w" * 31).decode()])
def test_a_wrapping_key_that_is_not_32_bytes_is_refused(secret: str):
    with pytest.raises(BadWrappingKey, match="32 bytes"):
        services(secret=secret).make("key_1")


@pytest.mark.parametrize("configured", ["", "vault:1", "own:1", "aws-kms", "tencent-kms:"])
def test_a_service_that_is_unknown_or_lacks_its_key_is_refused(configured: str):
    with pytest.raises(BadWrappingKey, match="MALL_KEY_SERVICE"):
        services(configured)


def test_aws_kms_wraps_and_binds_the_id(monkeypatch: pytest.MonkeyPatch):
    boto3, moto = pytest.importorskip("boto3"), pytest.importorskip("moto")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with moto.mock_aws():
        master = boto3.client("kms", region_name="ap-southeast-1").create_key()["KeyMetadata"]["Arn"]
        kms = services(f"aws-kms:{master}", region="ap-southeast-1")
        wrapped = kms.make("key_1")
        assert wrapped.startswith("aws-kms:")
        assert len(kms.unwrap("key_1", wrapped)) == 32
        with pytest.raises(Unavailable):
            kms.unwrap("key_2", wrapped)
        moved = services(region="ap-southeast-1")  # to a secret of our own: it makes new keys, the old ones still open
        assert moved.make("key_3").startswith("own:")
        assert moved.unwrap("key_1", wrapped) == kms.unwrap("key_1", wrapped)


class FakeKms:
    """KMS as its documents describe it: the context must be the same, the plain key is base64."""

    def __init__(self):
        self.kept: dict[str, tuple[str, bytes]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def call_json(self, action: str, given: dict[str, str]) -> dict[str, Any]:
        self.asked.append((action, given))
        if action == "GenerateDataKey":
            assert (given["KeyId"], given["KeySpec"]) == ("cmk-1", "AES_256")
            blob, clear = base64.b64encode(os.urandom(60)).decode(), os.urandom(32)
            self.kept[blob] = (given["EncryptionContext"], clear)
            return {"Response": {"CiphertextBlob": blob, "Plaintext": base64.b64encode(clear).decode()}}
        context, clear = self.kept[given["CiphertextBlob"]]
        if context != given["EncryptionContext"]:
            raise RuntimeError("InvalidParameterValue.InvalidCiphertext")
        return {"Response": {"Plaintext": base64.b64encode(clear).decode()}}


@pytest.fixture
def tencent(monkeypatch: pytest.MonkeyPatch) -> FakeKms:
    common_client = pytest.importorskip("tencentcloud.common.common_client")
    fake = FakeKms()
    monkeypatch.setattr(common_client, "CommonClient", lambda service, version, credential, region, profile: {
        ("kms", "2019-01-18", "ap-guangzhou"): fake}[service, version, region])
    for name in ("TENCENTCLOUD_SECRETID", "TENCENTCLOUD_SECRETKEY"):
        monkeypatch.setenv(name, "x")
    return fake


def test_tencent_kms_wraps_and_binds_the_id(tencent: FakeKms):
    kms = services("tencent-kms:cmk-1")
    wrapped = kms.make("key_1")
    assert wrapped.startswith("tencent-kms:")
    assert kms.unwrap("key_1", wrapped) == next(iter(tencent.kept.values()))[1]
    assert [(action, json.loads(given["EncryptionContext"])) for action, given in tencent.asked] == [
        ("GenerateDataKey", {"mall-data-key": "key_1"}), ("Decrypt", {"mall-data-key": "key_1"})]
    with pytest.raises(Unavailable):
        kms.unwrap("key_2", wrapped)


def test_the_key_service_is_never_called_inside_a_transaction(tencent: FakeKms):
    kms = services("tencent-kms:cmk-1")
    wrapped = kms.make("key_1")
    outside.enter_transaction()
    try:
        with pytest.raises(RuntimeError, match="inside a transaction"):
            kms.unwrap("key_1", wrapped)
    finally:
        outside.leave_transaction()
    assert len(tencent.asked) == 1
