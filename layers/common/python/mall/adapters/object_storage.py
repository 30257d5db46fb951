"""Object storage (对象存储): pictures, videos, import files and bills, on S3, on COS, or on one laptop.

One adapter for the three. Two things differ: where a bucket is found, and how a browser's upload form
is signed. S3 and the local endpoint take the AWS POST policy; COS documents only a signature of its
own for POST Object, and for buckets made since 2024 refuses path-style addresses.

What lies under `public/` is readable by everyone: the local endpoint does so by itself, on S3 and COS
a bucket policy (or the content network in front of it) must.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import quote, urlsplit

from mall.kit import outside
from mall.kit.clock import UTC
from mall.kit.deadline import STORAGE, within
from mall.kit.errors import Conflict, NotFound, RuleBroken, Unavailable
from mall.kit.public_store import PUBLIC

GET_LIMIT_BYTES = 32 * 1024 * 1024  # read whole into a function's memory, so kept well below its 512 MB
MISSING_CODES = {"404", "NoSuchKey", "NotFound"}
CHANGED_CODES = {"412", "PreconditionFailed"}


class FileTooLarge(RuleBroken):
    """The stored object is larger than the caller can take; `data` has `size_bytes` and `limit_bytes`."""

    code, message = "FILE_TOO_LARGE", "文件太大，请拆分后重试"


class ObjectChanged(Conflict):
    """Another object stands under the key than the one that was looked at."""

    code, message = "OBJECT_CHANGED", "文件已被替换，请重新上传"


@dataclass(frozen=True, kw_only=True)
class StorageConfig:
    """Where the bucket is and whose keys open it.

    endpoint_url: None for AWS and for COS (found from the region); the local endpoint's address otherwise.
    bucket: on COS with the account's number at its end (`mall-1250000000`).
    session_token: of temporary keys, as a function's role has them.
    public_base_url: what stands before `/public/...` in a link that buyers see, no slash at its end.
    """

    endpoint_url: str | None
    region: str
    bucket: str
    access_key: str
    secret_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)
    flavour: Literal["s3", "cos"] = "s3"
    public_base_url: str


@dataclass(frozen=True)
class UploadForm:
    """A browser or `wx.uploadFile` sends `fields`, then the part named `file`, as multipart POST to `url`."""

    url: str
    fields: dict[str, str]
    expires_at: datetime


@dataclass(frozen=True)
class Part:
    """Some bytes of an object; `size_bytes` is the whole object's, `mark` changes when the object does."""

    content: bytes
    size_bytes: int
    mark: str


class ObjectStorage:
    """One bucket. Network calls refuse to run inside a database transaction (`kit.outside`)."""

    def __init__(self, config: StorageConfig) -> None:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError

        self._config = config
        self._service_error, self._library_error = ClientError, BotoCoreError
        self._client = boto3.client(
            "s3",
            endpoint_url=_endpoint(config),
            region_name=config.region,
            aws_access_key_id=config.access_key,
            aws_secret_access_key=config.secret_key,
            aws_session_token=config.session_token,
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": _addressing(config)},
                # COS refuses the chunked trailers that boto3 adds by default since 1.36.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                connect_timeout=STORAGE.connect_s,
                read_timeout=STORAGE.read_s,
                retries={"mode": "standard", "total_max_attempts": STORAGE.tries},
            ),
        )

    def put(self, key: str, body: bytes, content_type: str, *, cache: str = "", as_file: bool = False) -> None:
        """Store or replace an object. `cache`: what browsers and content networks are told; `as_file`: a
        browser saves it and never shows it. Raises Unavailable."""
        with self._call("put"):
            within(STORAGE, lambda: self._client.put_object(
                Bucket=self._config.bucket, Key=key, Body=body, **_label(content_type, cache, as_file)))

    def copy(self, origin: str, target: str, content_type: str, *, mark: str, cache: str = "",
             as_file: bool = False) -> None:
        """Store under `target` what stands under `origin`, without reading it, if it is still what `part` saw.
        Raises NotFound, ObjectChanged, Unavailable."""
        with self._call("copy"):
            within(STORAGE, lambda: self._client.copy_object(
                Bucket=self._config.bucket, Key=target, CopySource={"Bucket": self._config.bucket, "Key": origin},
                CopySourceIfMatch=mark, MetadataDirective="REPLACE", **_label(content_type, cache, as_file)))

    def part(self, key: str, start: int, count: int) -> Part:
        """At most so many bytes from `start`, which lies within the object. Raises NotFound, Unavailable."""
        with self._call("part"):
            return within(STORAGE, lambda: self._read_part(key, start, count))

    def _read_part(self, key: str, start: int, count: int) -> Part:
        wanted = f"bytes={start}-{start + count - 1}"
        answer = self._client.get_object(Bucket=self._config.bucket, Key=key, Range=wanted)
        with answer["Body"] as body:
            return Part(body.read(count), int(answer["ContentRange"].rpartition("/")[2]), answer["ETag"])

    def get(self, key: str, *, limit_bytes: int = GET_LIMIT_BYTES) -> bytes:
        """The whole object. Raises NotFound, FileTooLarge (before reading it), Unavailable."""
        with self._call("get"):
            return within(STORAGE, lambda: self._read(key, limit_bytes))

    def _read(self, key: str, limit_bytes: int) -> bytes:
        answer = self._client.get_object(Bucket=self._config.bucket, Key=key)
        with answer["Body"] as body:
            if answer["ContentLength"] > limit_bytes:
                raise FileTooLarge(size_bytes=answer["ContentLength"], limit_bytes=limit_bytes)
            return body.read()

    def exists(self, key: str) -> bool:
        """Raises Unavailable; also when the keys may not list the bucket, as S3 then answers 403 for both."""
        try:
            with self._call("exists"):
                within(STORAGE, lambda: self._client.head_object(Bucket=self._config.bucket, Key=key))
        except NotFound:
            return False
        return True

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is fine. Raises Unavailable.

        One by one on purpose: the batch call lacks the Content-MD5 that COS demands.
        """
        with self._call("delete"):
            within(STORAGE, lambda: self._client.delete_object(Bucket=self._config.bucket, Key=key))

    def sign_get(self, key: str, seconds: int) -> str:
        """A link that opens this one object for so many seconds (at most a week). No network."""
        parameters = {"Bucket": self._config.bucket, "Key": key}
        return self._client.generate_presigned_url("get_object", Params=parameters, ExpiresIn=seconds)

    def public_url(self, key: str) -> str:
        """The lasting link of an object under `public/`. No network."""
        return public_url(self._config, key)

    def issue_upload_form(self, key: str, content_type: str, max_bytes: int, seconds: int, now: datetime) -> UploadForm:
        """See the function `issue_upload_form`."""
        return issue_upload_form(self._config, key, content_type, max_bytes, seconds, now)

    @contextmanager
    def _call(self, name: str) -> Iterator[None]:
        with outside.calling(f"object_storage.{name}"):
            try:
                yield
            except self._service_error as problem:
                if problem.response["Error"]["Code"] in MISSING_CODES:
                    raise NotFound() from problem
                if problem.response["Error"]["Code"] in CHANGED_CODES:
                    raise ObjectChanged() from problem
                raise Unavailable() from problem
            except (self._library_error, OSError) as problem:
                raise Unavailable() from problem


def _label(content_type: str, cache: str, as_file: bool) -> dict[str, str]:
    return {"ContentType": content_type, **({"CacheControl": cache} if cache else {}),
            **({"ContentDisposition": "attachment"} if as_file else {})}


def public_url(config: StorageConfig, key: str) -> str:
    """The lasting link of an object under `public/`; ValueError for a private key, whose link would not open."""
    if not key.startswith(PUBLIC):
        raise ValueError(f"{key} is not under {PUBLIC}: use sign_get")
    return f"{config.public_base_url}/{quote(key)}"


def issue_upload_form(
    config: StorageConfig, key: str, content_type: str, max_bytes: int, seconds: int, now: datetime
) -> UploadForm:
    """A form that lets its holder store one object: this key, this type, 1 to `max_bytes` bytes, until `expires_at`;
    once, where the service heeds that what is there is not to be replaced (docs/deploy.md).

    `now` is the wall clock's time (`kit.clock.wall()`): the storage service judges by its own.
    Needs neither the network nor the SDK. The answer to a good upload is 204.
    """
    expires_at = now + timedelta(seconds=seconds)
    once = {"x-cos-forbid-overwrite": "true"} if config.flavour == "cos" else {"If-None-Match": "*"}
    conditions: list[object] = [
        {"bucket": config.bucket},
        {"key": key},
        {"Content-Type": content_type},
        {"success_action_status": "204"},
        ["content-length-range", 1, max_bytes],
        once,
    ]
    plain = {"key": key, "Content-Type": content_type, "success_action_status": "204", **once}
    sign = _sign_cos_form if config.flavour == "cos" else _sign_s3_form
    return UploadForm(upload_url(config), plain | sign(config, conditions, now, expires_at), expires_at)


def _sign_s3_form(
    config: StorageConfig, conditions: list[object], now: datetime, expires_at: datetime
) -> dict[str, str]:
    """Amazon's "Authenticating Requests in Browser-Based Uploads Using POST", signature version 4."""
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    scope = [stamp[:8], config.region, "s3", "aws4_request"]
    signed = {
        "x-amz-algorithm": "AWS4-HMAC-SHA256",
        "x-amz-credential": "/".join([config.access_key, *scope]),
        "x-amz-date": stamp,
    }
    if config.session_token:
        signed["x-amz-security-token"] = config.session_token
    policy = base64.b64encode(_policy(conditions, signed, expires_at)).decode()
    signing_key = f"AWS4{config.secret_key}".encode()
    for part in scope:
        signing_key = hmac.new(signing_key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(signing_key, policy.encode(), hashlib.sha256).hexdigest()
    return signed | {"policy": policy, "x-amz-signature": signature}


def _sign_cos_form(
    config: StorageConfig, conditions: list[object], now: datetime, expires_at: datetime
) -> dict[str, str]:
    """COS "POST Object", its section on the signature (document 436/14690)."""
    key_time = f"{int(now.timestamp())};{int(expires_at.timestamp())}"
    named = {"q-sign-algorithm": "sha1", "q-ak": config.access_key}
    policy = _policy(conditions, named | {"q-sign-time": key_time}, expires_at)
    sign_key = hmac.new(config.secret_key.encode(), key_time.encode(), hashlib.sha1).hexdigest()
    text = hashlib.sha1(policy).hexdigest()
    signature = hmac.new(sign_key.encode(), text.encode(), hashlib.sha1).hexdigest()
    token = {"x-cos-security-token": config.session_token} if config.session_token else {}
    signed = {"policy": base64.b64encode(policy).decode(), "q-key-time": key_time, "q-signature": signature}
    return named | signed | token


def _policy(conditions: list[object], signed: dict[str, str], expires_at: datetime) -> bytes:
    expiration = expires_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    every = [*conditions, *({name: value} for name, value in signed.items())]
    return json.dumps({"expiration": expiration, "conditions": every}, ensure_ascii=False).encode()


def _endpoint(config: StorageConfig) -> str | None:
    if config.endpoint_url is None and config.flavour == "cos":
        return f"https://cos.{config.region}.myqcloud.com"
    return config.endpoint_url


def _addressing(config: StorageConfig) -> str:
    """A bucket of its own host name in the cloud; a path where the endpoint is one machine's port."""
    return "virtual" if config.flavour == "cos" or config.endpoint_url is None else "path"


def upload_url(config: StorageConfig) -> str:
    """Where upload forms are sent."""
    endpoint = _endpoint(config) or f"https://s3.{config.region}.amazonaws.com"
    if _addressing(config) == "path":
        return f"{endpoint}/{config.bucket}"
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{config.bucket}.{parts.netloc}/"
