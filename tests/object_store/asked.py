"""The store's clients: boto3's, a browser with a form, and a raw socket."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.object_store.server import Endpoint


def _client(store: Endpoint, **keys: str) -> Any:
    pair = {"access": store.keys.access_key, "secret": store.keys.secret_key, **keys}
    return boto3.client(
        "s3", endpoint_url=store.url, region_name="ap-guangzhou",
        aws_access_key_id=pair["access"], aws_secret_access_key=pair["secret"],
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
    )  # fmt: skip


def _keys(client: Any) -> list[str]:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="mall")
    return [item["Key"] for page in pages for item in page.get("Contents", [])]


def _code(response: httpx.Response) -> tuple[int, str | None]:
    return response.status_code, ElementTree.fromstring(response.text).findtext("Code")


def _refused(call: Any, **arguments: Any) -> tuple[int, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


def _form(
    store: Endpoint, *, expires_in: int = 60, conditions: list[Any] | None = None, secret: str | None = None
) -> dict[str, str]:
    now = datetime.now(UTC)
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    fields = {
        "key": "u/1.png",
        "Content-Type": "image/png",
        "x-amz-algorithm": "AWS4-HMAC-SHA256",
        "x-amz-credential": f"{store.keys.access_key}/{stamp[:8]}/ap-guangzhou/s3/aws4_request",
        "x-amz-date": stamp,
    }
    standard = [{"bucket": "mall"}, ["starts-with", "$key", "u/"], ["eq", "$Content-Type", "image/png"]]
    standard += [["content-length-range", 2, 5]]
    standard += [{name: fields[name]} for name in ("x-amz-algorithm", "x-amz-credential", "x-amz-date")]
    policy = {
        "expiration": (now + timedelta(seconds=expires_in)).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "conditions": standard if conditions is None else conditions,
    }
    encoded = base64.b64encode(json.dumps(policy).encode()).decode()
    key = f"AWS4{secret or store.keys.secret_key}".encode()
    for part in (stamp[:8], "ap-guangzhou", "s3", "aws4_request", encoded):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return fields | {"policy": encoded, "x-amz-signature": key.hex()}


def _post(store: Endpoint, fields: dict[str, str], body: bytes = b"1234") -> httpx.Response:
    return httpx.post(f"{store.url}/mall", data=fields, files={"file": ("x.png", body, "text/html")})


def _conditions_with(store: Endpoint, *more: Any) -> list[Any]:
    policy = json.loads(base64.b64decode(_form(store)["policy"]))
    return [*policy["conditions"], *more]


def _raw(store: Endpoint, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", int(store.url.rpartition(":")[2])), 5) as connection:
        connection.sendall(request)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
        return received
