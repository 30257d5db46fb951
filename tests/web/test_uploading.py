"""The pages brought to their host: to S3 as moto plays it, to COS as it is asked, to CloudBase by its command line."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from moto import mock_aws

from infra.web import uploading
from infra.web.site import Site

pytestmark = pytest.mark.spec("L8")

BUCKET, TODAY = "mall-pages-1", date(2026, 11, 30)
SITE = Site("aws", "ap-southeast-1", ("https://mall.example",), ("https://api.mall.example",), (), BUCKET)
COS = replace(SITE, platform="scf", region="ap-guangzhou", bucket="mall-pages-1250000000")
FILES = {
    "index.html": b"front", "console/index.html": b"console", "console/config.json": b"{}",
    "console/icon.svg": b"<svg/>", "console/assets/a-1.js": b"a", "console/assets/b-1.css": b"b",
    "shop/index.html": b"shop", "shop/config.json": b"{}", "shop/assets/c-1.js": b"c",
}
LAST = {"index.html", "console/index.html", "shop/index.html"}


class Bucket:
    """`sent`: the names, as they arrived."""

    def __init__(self) -> None:
        self.client = uploading.bucket_client(SITE)
        self.client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": SITE.region})
        self.sent: list[str] = []
        self.breaks_at = ""
        self._lock = threading.Lock()
        self.client.meta.events.register("before-call.s3.PutObject", self._note)

    def _note(self, params: dict[str, Any], **_: Any) -> None:
        name = params["url_path"].lstrip("/")
        if name == self.breaks_at:
            raise ConnectionError("the line is cut")
        with self._lock:
            self.sent.append(name)

    def bring(self, files: dict[str, bytes] = FILES, days: int = 0) -> uploading.Done:
        self.sent.clear()
        return uploading.to_bucket(self.client, BUCKET, files, TODAY + timedelta(days=days))

    def names(self) -> set[str]:
        return {each["Key"] for each in self.client.list_objects(Bucket=BUCKET)["Contents"]}

    def head(self, name: str) -> tuple[str, str]:
        told = self.client.head_object(Bucket=BUCKET, Key=name)
        return told["ContentType"], told["CacheControl"]


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield Bucket()


def test_each_kind_of_file_is_told_what_it_is_and_how_long_it_is_kept(bucket: Bucket):
    bucket.bring()
    for_a_year = "public, max-age=31536000, immutable"
    assert bucket.head("console/assets/a-1.js") == ("text/javascript; charset=utf-8", for_a_year)
    assert bucket.head("console/assets/b-1.css") == ("text/css; charset=utf-8", for_a_year)
    assert bucket.head("console/icon.svg") == ("image/svg+xml", "no-cache")
    assert bucket.head("shop/config.json") == ("application/json; charset=utf-8", "no-cache")
    for name in LAST:
        assert bucket.head(name) == ("text/html; charset=utf-8", "no-cache")


def test_what_a_page_needs_is_there_before_the_page_that_names_it(bucket: Bucket):
    bucket.bring()
    turns = [uploading._turn(name) for name in bucket.sent]
    assert turns == sorted(turns) and set(bucket.sent) == set(FILES)
    assert set(bucket.sent[-3:]) == LAST and {name for name in bucket.sent[:3]} == {
        "console/assets/a-1.js", "console/assets/b-1.css", "shop/assets/c-1.js"}


def test_a_second_time_nothing_is_uploaded_and_then_what_has_changed_alone(bucket: Bucket):
    assert set(bucket.bring().uploaded) == set(FILES)
    assert (bucket.bring(), bucket.sent) == (uploading.Done([], []), [])
    bucket.bring({**FILES, "shop/config.json": b'{"api": []}'})
    assert bucket.sent == ["shop/config.json"]


def test_an_upload_that_is_cut_off_leaves_the_old_page_and_goes_on_where_it_was(bucket: Bucket):
    bucket.bring()
    newer = {**FILES, "shop/index.html": b"newer", "shop/assets/d-2.js": b"d", "shop/config.json": b'{"api": []}'}
    bucket.breaks_at = "shop/config.json"
    with pytest.raises(ConnectionError):
        bucket.bring(newer)
    assert bucket.client.get_object(Bucket=BUCKET, Key="shop/index.html")["Body"].read() == b"shop"
    bucket.breaks_at = ""
    assert bucket.bring(newer).uploaded == ["shop/index.html", "shop/config.json"]


def test_files_of_an_older_build_stay_for_a_while_after_they_have_left(bucket: Bucket):
    bucket.bring()
    newer = {name: content for name, content in FILES.items() if name != "shop/assets/c-1.js"}
    long_after = 200  # it served all the time
    assert bucket.bring(newer, long_after).removed == []
    assert bucket.bring(newer, long_after + uploading.KEPT_DAYS - 1).removed == []
    assert bucket.sent == [], "nothing new is noted of it"
    assert "shop/assets/c-1.js" in bucket.names()
    assert bucket.bring(newer, long_after + uploading.KEPT_DAYS).removed == ["shop/assets/c-1.js"]
    assert bucket.names() == {*newer, uploading.LEFT}
    assert bucket.bring(newer, long_after + uploading.KEPT_DAYS) == uploading.Done([], [])


def test_what_left_is_noted_in_words_that_a_person_reads(bucket: Bucket):
    bucket.bring()
    bucket.bring({name: content for name, content in FILES.items() if name != "shop/assets/c-1.js"}, 1)
    noted = bucket.client.get_object(Bucket=BUCKET, Key=uploading.LEFT)["Body"].read()
    assert json.loads(noted) == {"shop/assets/c-1.js": "2026-12-01"}


def test_a_file_that_comes_back_is_counted_anew_when_it_leaves_again(bucket: Bucket):
    bucket.bring()
    newer = {name: content for name, content in FILES.items() if name != "shop/assets/c-1.js"}
    bucket.bring(newer, 1)
    bucket.bring(FILES, 20)
    assert bucket.bring(newer, 40).removed == []
    assert bucket.bring(newer, 40 + uploading.KEPT_DAYS).removed == ["shop/assets/c-1.js"]


def test_what_others_keep_in_the_bucket_is_theirs(bucket: Bucket):
    bucket.client.put_object(Bucket=BUCKET, Key="logs/2026.txt", Body=b"theirs")
    bucket.bring()
    bucket.bring({"index.html": b"front"}, 1)
    assert bucket.bring({"index.html": b"front"}, 400).removed == sorted(set(FILES) - {"index.html"})
    assert bucket.names() == {"index.html", "logs/2026.txt", uploading.LEFT}


def test_without_keys_there_is_nobody_to_upload_as(monkeypatch: pytest.MonkeyPatch):
    for name in ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    assert uploading.bucket_client(COS) is None


# COS: the requests as they leave this machine, answered in the shapes of its documents

LISTING = f"""<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult><Name>mall-pages-1250000000</Name><Prefix/><Marker/><MaxKeys>1000</MaxKeys>
<IsTruncated>false</IsTruncated><Contents><Key>index.html</Key><LastModified>2026-11-29T04:00:00.000Z</LastModified>
<ETag>"{hashlib.md5(FILES["index.html"]).hexdigest()}"</ETag><Size>5</Size><StorageClass>STANDARD</StorageClass>
</Contents></ListBucketResult>""".encode()


class Raw:
    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.content


def test_cos_is_asked_at_the_buckets_own_host_with_a_plain_body(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", "AKIDexample")
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "secret")
    asked = []

    def answer(request: Any, **_: Any) -> AWSResponse:
        asked.append(request)
        content = LISTING if request.method == "GET" else b""
        return AWSResponse(request.url, 200, {"content-type": "application/xml"}, Raw(content))

    client = uploading.bucket_client(COS)
    client.meta.events.register("before-send.s3", answer)
    uploading.to_bucket(client, COS.bucket, {name: FILES[name] for name in ("index.html", "shop/assets/c-1.js")},
                        TODAY)
    listed, put = asked  # the index stands there already
    host = "https://mall-pages-1250000000.cos.ap-guangzhou.myqcloud.com"
    assert (listed.method, listed.url.partition("?")[0]) == ("GET", f"{host}/")
    assert "list-type" not in listed.url, "COS documents the first kind of listing"
    assert (put.method, put.url) == ("PUT", f"{host}/shop/assets/c-1.js")
    assert put.headers["Cache-Control"] == b"public, max-age=31536000, immutable"
    assert put.headers["Content-Type"] == b"text/javascript; charset=utf-8"
    assert "aws-chunked" not in str(put.headers) and "x-amz-checksum" not in str(put.headers).lower()
    assert b"Credential=AKIDexample/" in put.headers["Authorization"]


# CloudBase

@pytest.fixture
def tcb(tmp_path: Path) -> Path:
    """Notes what it is asked, a line for each call."""
    program = tmp_path / "tcb"
    program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n')
    program.chmod(0o755)
    return program


def test_cloudbase_gets_folders_of_hashed_names_first_and_the_pages_last(tcb: Path):
    site = replace(SITE, platform="cloudbase")
    done = uploading.to_cloudbase(str(tcb), "mall-prod-3g7f2", site, FILES, lambda address: None)
    calls = (tcb.parent / "asked").read_text().splitlines()
    assert calls == [f"hosting deploy {site.folder}/{place} {place} -e mall-prod-3g7f2" for place in (
        "console/assets", "shop/assets", "console/icon.svg", "console/config.json", "shop/config.json",
        "console/index.html", "index.html", "shop/index.html")]
    assert set(done.uploaded) == set(FILES)


def test_cloudbase_is_left_alone_where_the_last_files_stand_already(tcb: Path):
    site = replace(SITE, platform="cloudbase")
    standing = {f"https://mall.example/{name}": content for name, content in FILES.items()}
    assert uploading.to_cloudbase(str(tcb), "env", site, FILES, standing.get) == uploading.Done([], [])
    assert not (tcb.parent / "asked").exists()
    standing["https://mall.example/shop/index.html"] = b"an older build"
    done = uploading.to_cloudbase(str(tcb), "env", site, FILES, standing.get)
    assert not [name for name in done.uploaded if name.startswith("console/")]
    assert "shop/assets" in (tcb.parent / "asked").read_text()
