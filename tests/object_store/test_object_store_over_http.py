"""The local object store over real HTTP, asked by boto3 and by those who wish it ill."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config

from infra.local.object_store.files import Files
from tests.object_store.asked import _client, _code, _conditions_with, _form, _keys, _post, _raw, _refused
from tests.object_store.server import Endpoint, running_store

STRANGE_KEYS = [
    "../../etc/passwd", "/etc/passwd", "..", ".", "a//b", "a/../b", "public/../private", "中文 图片+%7E~.png",
    "a'b(c)!*&=?#;", "nul\x00byte", "back\\slash", "x" * 1024,
]  # fmt: skip

pytestmark = pytest.mark.usefixtures("emptied")


def test_it_starts_in_less_than_two_seconds(tmp_path: Path) -> None:
    """The best of three, for a machine that is busy with other tests."""
    taken = []
    for _ in range(3):
        with running_store(tmp_path) as endpoint:
            taken.append(endpoint.started_in_seconds)
    assert min(taken) < 2


def test_an_object_comes_back_with_its_bytes_type_size_and_etag(client: Any) -> None:
    body = bytes(range(256)) * 4096
    put = client.put_object(Bucket="mall", Key="a/b.bin", Body=body, ContentType="image/png")
    got = client.get_object(Bucket="mall", Key="a/b.bin")
    head = client.head_object(Bucket="mall", Key="a/b.bin")
    etag = f'"{hashlib.md5(body).hexdigest()}"'
    assert got["Body"].read() == body
    assert (got["ContentType"], got["ContentLength"], got["ETag"]) == ("image/png", 1048576, etag)
    assert (head["ContentType"], head["ContentLength"], head["ETag"]) == ("image/png", 1048576, etag)
    assert put["ETag"] == etag


def test_an_object_is_replaced_whole_and_deleted_for_good(client: Any) -> None:
    client.put_object(Bucket="mall", Key="k", Body=b"a longer first body", ContentType="text/plain")
    client.put_object(Bucket="mall", Key="k", Body=b"second", ContentType="image/png")
    got = client.get_object(Bucket="mall", Key="k")
    assert (got["Body"].read(), got["ContentType"]) == (b"second", "image/png")
    client.delete_object(Bucket="mall", Key="k")
    client.delete_object(Bucket="mall", Key="k")
    assert _refused(client.get_object, Bucket="mall", Key="k") == (404, "NoSuchKey")
    assert _refused(client.head_object, Bucket="mall", Key="k") == (404, "404")


@pytest.mark.parametrize(
    ("asked", "part", "told"),
    [("bytes=2-4", b"234", "bytes 2-4/10"), ("bytes=7-", b"789", "bytes 7-9/10"), ("bytes=-2", b"89", "bytes 8-9/10"),
     ("bytes=8-99", b"89", "bytes 8-9/10")],
)  # fmt: skip
def test_a_range_is_served(client: Any, asked: str, part: bytes, told: str) -> None:
    client.put_object(Bucket="mall", Key="video", Body=b"0123456789")
    got = client.get_object(Bucket="mall", Key="video", Range=asked)
    assert (got["Body"].read(), got["ContentRange"]) == (part, told)
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 206


def test_a_range_beyond_the_end_is_refused(client: Any) -> None:
    client.put_object(Bucket="mall", Key="video", Body=b"0123456789")
    assert _refused(client.get_object, Bucket="mall", Key="video", Range="bytes=10-") == (416, "InvalidRange")


def test_buckets_are_made_once_and_must_have_a_decent_name(client: Any, store: Endpoint) -> None:
    client.create_bucket(Bucket="bills")
    assert client.head_bucket(Bucket="bills")["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert _refused(client.create_bucket, Bucket="bills") == (409, "BucketAlreadyOwnedByYou")
    assert _refused(client.head_bucket, Bucket="nowhere") == (404, "404")
    assert _refused(client.put_object, Bucket="nowhere", Key="k", Body=b"") == (404, "NoSuchBucket")
    assert sorted(folder.name for folder in (store.data_dir / "buckets").iterdir()) == ["bills", "mall"]


def test_a_list_goes_on_where_its_page_ended_in_the_order_of_bytes(client: Any) -> None:
    names = [f"p/{n}" for n in range(7)] + ["p/中", "q/1"]
    for name in reversed(names):
        client.put_object(Bucket="mall", Key=name, Body=name.encode())
    seen, token = [], {}
    while True:
        page = client.list_objects_v2(Bucket="mall", Prefix="p/", MaxKeys=3, **token)
        seen.append([item["Key"] for item in page["Contents"]])
        if not page["IsTruncated"]:
            break
        token = {"ContinuationToken": page["NextContinuationToken"]}
    assert seen == [["p/0", "p/1", "p/2"], ["p/3", "p/4", "p/5"], ["p/6", "p/中"]]
    assert _keys(client) == names


def test_strange_keys_are_only_names_and_never_paths(client: Any, store: Endpoint) -> None:
    for key in STRANGE_KEYS:
        client.put_object(Bucket="mall", Key=key, Body=key.encode())
    for key in STRANGE_KEYS:
        assert client.get_object(Bucket="mall", Key=key)["Body"].read() == key.encode()
    names = [path.name for path in (store.data_dir / "buckets" / "mall" / "objects").iterdir()]
    assert sorted(names) == sorted(hashlib.sha256(key.encode()).hexdigest() for key in STRANGE_KEYS)
    assert list((store.data_dir / "buckets" / "mall" / "drafts").iterdir()) == []


def test_a_key_that_is_too_long_is_refused(client: Any) -> None:
    assert _refused(client.put_object, Bucket="mall", Key="x" * 1025, Body=b"") == (400, "KeyTooLongError")
    assert _keys(client) == []


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../etc/passwd",
        "/mall/../../../../etc/passwd",
        "/mall/public/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fkeys.json",
        "/mall/public/..%2f..%2f..%2fkeys.json",
        "/%2e%2e/keys.json",
    ],
)
def test_a_traversing_path_on_the_raw_socket_opens_nothing(store: Endpoint, path: str) -> None:
    answer = _raw(store, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    assert int(answer.split()[1]) in (403, 404, 405)
    assert store.keys.secret_key.encode() not in answer
    assert b"root:" not in answer


@pytest.mark.parametrize("wish", ["response-content-type=text/html", "response-content-disposition=inline"])
def test_an_uploaded_picture_is_never_opened_as_a_page_by_a_link_that_says_so(
        client: Any, store: Endpoint, wish: str) -> None:
    client.put_object(Bucket="mall", Key="public/x.png", Body=b"<script>", ContentType="image/png")
    assert _code(httpx.get(f"{store.url}/mall/public/x.png?{wish}")) == (400, "InvalidRequest")


def test_only_what_is_under_public_opens_without_a_signature_and_only_for_reading(client: Any, store: Endpoint) -> None:
    for key in ("public/p.png", "private/p.png", "publicity", "x/public/p.png"):
        client.put_object(Bucket="mall", Key=key, Body=b"picture", ContentType="image/png")
    picture = httpx.get(f"{store.url}/mall/public/p.png")
    assert (picture.status_code, picture.content, picture.headers["content-type"]) == (200, b"picture", "image/png")
    assert picture.headers["x-content-type-options"] == "nosniff"
    for key in ("private/p.png", "publicity", "x/public/p.png"):
        assert _code(httpx.get(f"{store.url}/mall/{key}")) == (403, "AccessDenied")
    assert _code(httpx.put(f"{store.url}/mall/public/p.png", content=b"forged")) == (403, "AccessDenied")
    assert _code(httpx.delete(f"{store.url}/mall/public/p.png")) == (403, "AccessDenied")
    assert _code(httpx.get(f"{store.url}/mall?list-type=2&prefix=public/")) == (403, "AccessDenied")
    assert httpx.get(f"{store.url}/mall/public/p.png").content == b"picture"


def test_wrong_keys_are_refused_and_change_nothing(client: Any, store: Endpoint) -> None:
    client.put_object(Bucket="mall", Key="k", Body=b"mine")
    for forger, code in (
        (_client(store, secret="wrong"), "SignatureDoesNotMatch"),
        (_client(store, access="AKIAWRONG"), "InvalidAccessKeyId"),
    ):
        assert _refused(forger.put_object, Bucket="mall", Key="k", Body=b"theirs") == (403, code)
        assert _refused(forger.get_object, Bucket="mall", Key="k") == (403, code)
        assert _refused(forger.delete_object, Bucket="mall", Key="k") == (403, code)
    assert client.get_object(Bucket="mall", Key="k")["Body"].read() == b"mine"


def test_a_body_other_than_the_signed_one_is_refused_and_not_stored(client: Any, store: Endpoint) -> None:
    def swap(request: Any, **_: Any) -> None:
        request.body = b"other"

    tampering = _client(store)
    tampering.meta.events.register("before-send.s3.PutObject", swap)
    assert _refused(tampering.put_object, Bucket="mall", Key="k", Body=b"right") == (400, "XAmzContentSHA256Mismatch")
    assert _keys(client) == []


def test_presigned_links_open_one_key_for_one_method_and_a_time(
    client: Any, store: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.put_object(Bucket="mall", Key="bill 1.csv", Body=b"1,2")
    client.put_object(Bucket="mall", Key="bill 2.csv", Body=b"3,4")
    aim = {"Bucket": "mall", "Key": "bill 1.csv"}
    link = client.generate_presigned_url("get_object", Params=aim, ExpiresIn=60)
    assert httpx.get(link).content == b"1,2"
    assert _code(httpx.get(link.replace("bill%201", "bill%202"))) == (403, "SignatureDoesNotMatch")
    assert _code(httpx.put(link, content=b"x")) == (403, "SignatureDoesNotMatch")
    upload = client.generate_presigned_url("put_object", Params=aim, ExpiresIn=60)
    assert httpx.put(upload, content=b"5,6").status_code == 200
    assert client.get_object(**aim)["Body"].read() == b"5,6"

    past = datetime.now(UTC) - timedelta(seconds=62)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: past)
    expired = client.generate_presigned_url("put_object", Params=aim, ExpiresIn=60)
    assert _code(httpx.put(expired, content=b"late")) == (403, "AccessDenied")
    monkeypatch.undo()
    assert client.get_object(**aim)["Body"].read() == b"5,6"


def test_a_bucket_in_the_host_name_is_the_same_bucket(client: Any, store: Endpoint) -> None:
    client.put_object(Bucket="mall", Key="public/p.png", Body=b"picture")
    port = store.url.rpartition(":")[2]
    picture = httpx.get(f"{store.url}/public/p.png", headers={"Host": f"mall.localhost:{port}"})
    assert (picture.status_code, picture.content) == (200, b"picture")

    virtual = boto3.client(
        "s3", endpoint_url=f"http://localhost:{port}", region_name="ap-guangzhou",
        aws_access_key_id=store.keys.access_key, aws_secret_access_key=store.keys.secret_key,
        config=Config(signature_version="s3v4", s3={"addressing_style": "virtual"}),
    )  # fmt: skip
    link = virtual.generate_presigned_url("get_object", Params={"Bucket": "mall", "Key": "public/p.png"})
    assert link.startswith(f"http://mall.localhost:{port}/public/p.png?")
    signed = httpx.get(link.replace("mall.localhost", "127.0.0.1"), headers={"Host": f"mall.localhost:{port}"})
    assert (signed.status_code, signed.content) == (200, b"picture")


def test_what_is_not_served_is_said_and_never_taken_for_something_simpler(client: Any) -> None:
    client.put_object(Bucket="mall", Key="k", Body=b"mine")
    for call, arguments in (
        (client.put_object_acl, {"ACL": "public-read"}),
        (client.copy_object, {"CopySource": "mall/other"}),
        (client.get_object_tagging, {}),
    ):
        assert _refused(call, Bucket="mall", Key="k", **arguments) == (501, "NotImplemented")
    assert _refused(client.create_multipart_upload, Bucket="mall", Key="big")[0] == 405
    assert _refused(client.list_objects_v2, Bucket="mall", Delimiter="/") == (501, "NotImplemented")
    assert client.get_object(Bucket="mall", Key="k")["Body"].read() == b"mine"


def test_an_oversized_upload_is_refused_before_its_body_is_read(client: Any, store: Endpoint) -> None:
    link = client.generate_presigned_url("put_object", Params={"Bucket": "mall", "Key": "huge"})
    target = link.removeprefix(store.url)
    host = store.url.removeprefix("http://")
    length = 100 * 1024 * 1024 + 1
    head = f"PUT {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    answer = _raw(store, head.encode())
    assert answer.split()[1] == b"400"
    assert b"<Code>EntityTooLarge</Code>" in answer
    assert _keys(client) == []


def test_an_upload_that_breaks_off_leaves_nothing(client: Any, store: Endpoint) -> None:
    client.put_object(Bucket="mall", Key="k", Body=b"whole")
    link = client.generate_presigned_url("put_object", Params={"Bucket": "mall", "Key": "k"})
    host = store.url.removeprefix("http://")
    head = f"PUT {link.removeprefix(store.url)} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", int(host.rpartition(":")[2]))) as connection:
        connection.sendall(head.encode() + b"half")
        time.sleep(0.2)
    drafts = store.data_dir / "buckets" / "mall" / "drafts"
    deadline = time.monotonic() + 5
    while list(drafts.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list(drafts.iterdir()) == []
    assert client.get_object(Bucket="mall", Key="k")["Body"].read() == b"whole"


def test_parallel_writers_of_one_key_leave_one_whole_body(client: Any, store: Endpoint) -> None:
    bodies = [bytes([n]) * 300_000 for n in range(16)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda body: client.put_object(Bucket="mall", Key="k", Body=body), bodies))
    got = client.get_object(Bucket="mall", Key="k")
    body = got["Body"].read()
    assert body in bodies
    assert got["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'
    assert list((store.data_dir / "buckets" / "mall" / "drafts").iterdir()) == []


def test_a_large_file_goes_through_put_and_form_alike(client: Any, store: Endpoint) -> None:
    body = os.urandom(1024) * 12_000
    client.put_object(Bucket="mall", Key="put", Body=body)
    big = _form(store, conditions=[c for c in _conditions_with(store) if "content-length-range" not in c])
    assert _post(store, big, body).status_code == 204
    assert client.get_object(Bucket="mall", Key="put")["Body"].read() == body
    assert client.get_object(Bucket="mall", Key="u/1.png")["Body"].read() == body


def test_starting_clears_what_died_long_ago_and_leaves_what_is_being_written(tmp_path: Path) -> None:
    drafts = tmp_path / "buckets" / "mall" / "drafts"
    Files(tmp_path).create_bucket("mall")
    for name, age_seconds in (("dead", 3601), ("alive", 3500)):
        (drafts / name).write_bytes(b"half")
        os.utime(drafts / name, (time.time() - age_seconds,) * 2)
    Files(tmp_path)
    assert [draft.name for draft in drafts.iterdir()] == ["alive"]


def test_a_killed_store_comes_back_with_its_keys_and_every_object(tmp_path: Path) -> None:
    with running_store(tmp_path) as first:
        _client(first).put_object(Bucket="mall", Key="public/中.png", Body=b"picture", ContentType="image/png")
        os.kill(first.pid, signal.SIGKILL)
    with running_store(tmp_path) as second:
        assert second.keys == first.keys
        got = _client(second).get_object(Bucket="mall", Key="public/中.png")
        assert (got["Body"].read(), got["ContentType"]) == (b"picture", "image/png")
        assert _keys(_client(second)) == ["public/中.png"]
        assert oct((tmp_path / "keys.json").stat().st_mode)[-3:] == "600"


def test_a_page_of_another_origin_may_send_a_form(store: Endpoint) -> None:
    asked = {"Origin": "http://127.0.0.1:8200", "Access-Control-Request-Method": "POST"}
    answer = httpx.options(f"{store.url}/mall", headers=asked)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "*")
