"""The forms of an upload, signed step by step as each cloud documents it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from mall.adapters.object_storage import StorageConfig, issue_upload_form

from tests.adapters.test_object_storage import AWS, COS, NOON


@pytest.mark.parametrize("token", [None, "token+1"])
def test_an_s3_form_is_what_boto3_would_sign(token: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: NOON)
    config = replace(AWS, session_token=token)
    form = issue_upload_form(config, "public/图.png", "image/png", 1000, 600, NOON)
    policy = json.loads(base64.b64decode(form.fields["policy"]))
    assert policy["expiration"] == "2026-11-21T04:10:00Z"
    assert form.expires_at == NOON + timedelta(seconds=600)
    assert form.url == "https://mall.s3.ap-southeast-1.amazonaws.com/"
    assert policy["conditions"][:5] == [
        {"bucket": "mall"},
        {"key": "public/图.png"},
        {"Content-Type": "image/png"},
        {"success_action_status": "204"},
        ["content-length-range", 1, 1000],
    ]

    signed_by_boto3 = _presign_with_boto3(config, policy)
    assert form.fields["x-amz-credential"] == "AKIDEXAMPLE/20261121/ap-southeast-1/s3/aws4_request"
    assert policy["conditions"][5] == {"If-None-Match": form.fields["If-None-Match"]} == {"If-None-Match": "*"}
    unsigned = {"policy", "x-amz-signature", "key", "Content-Type", "success_action_status", "If-None-Match"}
    assert {n: v for n, v in form.fields.items() if n not in unsigned} == {
        n: v for n, v in signed_by_boto3.items() if n not in unsigned
    }
    assert form.fields["x-amz-signature"] == _boto3_signature(config, form.fields["policy"])


def _presign_with_boto3(config: StorageConfig, policy: dict[str, Any]) -> dict[str, str]:
    client = boto3.client(
        "s3",
        region_name=config.region,
        aws_access_key_id=config.access_key,
        aws_secret_access_key=config.secret_key,
        aws_session_token=config.session_token,
        config=boto3.session.Config(signature_version="s3v4"),
    )
    plain = [c for c in policy["conditions"] if not (isinstance(c, dict) and next(iter(c)).startswith("x-amz-"))]
    return client.generate_presigned_post(config.bucket, "public/图.png", Conditions=plain)["fields"]


def _boto3_signature(config: StorageConfig, policy: str) -> str:
    from botocore.auth import S3SigV4PostAuth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    auth = S3SigV4PostAuth(Credentials(config.access_key, config.secret_key), "s3", config.region)
    request = AWSRequest()
    request.context["timestamp"] = NOON.strftime("%Y%m%dT%H%M%SZ")
    return auth.signature(policy, request)


def test_a_cos_form_is_signed_as_its_document_says_step_by_step() -> None:
    form = issue_upload_form(COS, "public/spu/1.png", "image/png", 1000, 600, NOON)
    fields = dict(form.fields)
    assert form.url == "https://mall-1250000000.cos.ap-guangzhou.myqcloud.com/"
    assert form.expires_at == NOON + timedelta(seconds=600)
    assert fields["q-key-time"] == "1795233600;1795234200"
    policy = base64.b64decode(fields["policy"])
    assert json.loads(policy) == {
        "expiration": "2026-11-21T04:10:00Z",
        "conditions": [
            {"bucket": "mall-1250000000"},
            {"key": "public/spu/1.png"},
            {"Content-Type": "image/png"},
            {"success_action_status": "204"},
            ["content-length-range", 1, 1000],
            {"x-cos-forbid-overwrite": "true"},
            {"q-sign-algorithm": "sha1"},
            {"q-ak": "AKIDEXAMPLE"},
            {"q-sign-time": "1795233600;1795234200"},
        ],
    }
    sign_key = hmac.new(b"secret/example", b"1795233600;1795234200", "sha1").hexdigest()
    string_to_sign = hashlib.sha1(policy).hexdigest()
    assert fields["q-signature"] == hmac.new(sign_key.encode(), string_to_sign.encode(), "sha1").hexdigest()
    plain = {"key", "Content-Type", "success_action_status", "x-cos-forbid-overwrite"}
    assert fields.keys() == plain | {"policy", "q-sign-algorithm", "q-ak", "q-key-time", "q-signature"}


def test_a_cos_form_has_the_signature_that_openssl_computes_for_it() -> None:
    """By hand: KEY=$(printf '1795233600;1795234200' | openssl dgst -sha1 -hmac 'secret/example' -r | cut -d' ' -f1)
    gives f95085860d02034985acca964df743199e06de1e; the policy's `openssl dgst -sha1 -r` is
    07c86e569274fd2fe0a165b05ff155af8b967a0d; that text under `openssl dgst -sha1 -hmac $KEY` is the signature.
    """
    form = issue_upload_form(COS, "public/spu/1.png", "image/png", 1000, 600, NOON)
    assert base64.b64decode(form.fields["policy"]) == (
        b'{"expiration": "2026-11-21T04:10:00Z", "conditions": [{"bucket": "mall-1250000000"}, '
        b'{"key": "public/spu/1.png"}, {"Content-Type": "image/png"}, {"success_action_status": "204"}, '
        b'["content-length-range", 1, 1000], {"x-cos-forbid-overwrite": "true"}, {"q-sign-algorithm": "sha1"}, '
        b'{"q-ak": "AKIDEXAMPLE"}, {"q-sign-time": "1795233600;1795234200"}]}'
    )
    assert form.fields["q-signature"] == "569d980adfdd8e18118c326a9a6215e19d5f2065"


def test_a_cos_form_of_temporary_keys_carries_their_token_beside_the_policy() -> None:
    plain = issue_upload_form(COS, "k", "image/png", 1000, 600, NOON)
    form = issue_upload_form(replace(COS, session_token="token+1"), "k", "image/png", 1000, 600, NOON)
    assert form.fields == plain.fields | {"x-cos-security-token": "token+1"}


def test_a_form_needs_no_sdk() -> None:
    """`issue_upload_url` stays light: neither the configuration nor the form imports boto3."""
    program = (
        "import sys; from datetime import datetime, timezone; from mall.adapters import object_storage as o;"
        "c = o.StorageConfig(endpoint_url=None, region='r', bucket='b', access_key='a', secret_key='s',"
        "    public_base_url='u');"
        "o.issue_upload_form(c, 'k', 't', 1, 1, datetime.now(timezone.utc));"
        "print([n for n in sys.modules if n.split('.')[0] in ('boto3', 'botocore')])"
    )
    layer = Path(__file__).resolve().parents[2] / "layers" / "common" / "python"
    environment = {**os.environ, "PYTHONPATH": str(layer)}
    printed = subprocess.check_output([sys.executable, "-c", program], env=environment, text=True)
    assert printed == "[]\n"
