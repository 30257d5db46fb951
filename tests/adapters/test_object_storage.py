"""The object storage adapter: the same suite against our endpoint and against moto, then the upload forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from mall.adapters.object_storage import FileTooLarge, ObjectChanged, ObjectStorage, StorageConfig, UploadForm
from mall.kit import clock, outside
from mall.kit.errors import NotFound, Unavailable
from mall.kit.public_store import FOR_EVER
from moto.server import ThreadedMotoServer

from tests.object_store.server import running_store
from tests.support.parallel import in_parallel

AWS = StorageConfig(
    endpoint_url=None,
    region="ap-southeast-1",
    bucket="mall",
    access_key="AKIDEXAMPLE",
    secret_key="secret/example",
    public_base_url="https://pictures.example.cn",
)
COS = replace(AWS, region="ap-guangzhou", bucket="mall-1250000000", flavour="cos")
NOON = datetime(2026, 11, 21, 4, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="module", params=["our endpoint", "moto"])
def config(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StorageConfig]:
    if request.param == "moto":
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        found = _config_at(f"http://{host}:{port}", "testing", "testing")
        ObjectStorage(found)._client.create_bucket(
            Bucket="mall", CreateBucketConfiguration={"LocationConstraint": "ap-guangzhou"}
        )
        yield found
        server.stop()
        return
    with running_store(tmp_path_factory.mktemp("store")) as store:
        yield _config_at(store.url, store.keys.access_key, store.keys.secret_key)


def _config_at(url: str, access_key: str, secret_key: str) -> StorageConfig:
    return StorageConfig(
        endpoint_url=url,
        region="ap-guangzhou",
        bucket="mall",
        access_key=access_key,
        secret_key=secret_key,
        public_base_url=f"{url}/mall",
    )


@pytest.fixture(scope="module")
def storage(config: StorageConfig) -> ObjectStorage:
    return ObjectStorage(config)


@pytest.fixture
def unreachable() -> ObjectStorage:
    return ObjectStorage(_config_at("http://127.0.0.1:9", "a", "b"))


def _post(form: UploadForm, body: bytes) -> httpx.Response:
    return httpx.post(form.url, data=form.fields, files={"file": ("x.png", body)})


def test_what_was_put_is_got_and_exists_until_deleted(storage: ObjectStorage) -> None:
    key = "import/货品 1+%.xlsx"
    assert storage.exists(key) is False
    storage.put(key, b"\x00rows", "application/vnd.ms-excel")
    assert storage.exists(key) is True
    assert storage.get(key) == b"\x00rows"
    storage.put(key, b"newer", "text/csv")
    assert storage.get(key) == b"newer"
    storage.delete(key)
    storage.delete(key)
    assert storage.exists(key) is False


def test_an_empty_object_is_an_object(storage: ObjectStorage) -> None:
    storage.put("empty", b"", "text/plain")
    assert storage.exists("empty") is True
    assert storage.get("empty") == b""
    storage.delete("empty")


def test_getting_what_is_not_there_is_not_found(storage: ObjectStorage) -> None:
    with pytest.raises(NotFound):
        storage.get("nothing/here")


def test_a_file_over_the_bound_is_refused_unread_and_one_at_the_bound_is_read(storage: ObjectStorage) -> None:
    storage.put("big", b"12345", "text/plain")
    with pytest.raises(FileTooLarge) as caught:
        storage.get("big", limit_bytes=4)
    assert caught.value.data == {"size_bytes": 5, "limit_bytes": 4}
    assert storage.get("big", limit_bytes=5) == b"12345"
    storage.delete("big")


def test_a_part_is_read_alone_and_tells_the_size_of_the_whole(storage: ObjectStorage) -> None:
    storage.put("film", b"0123456789", "video/mp4")
    first, last = storage.part("film", 0, 4), storage.part("film", 8, 64)
    assert (first.content, last.content) == (b"0123", b"89")
    assert first.size_bytes == last.size_bytes == 10
    assert first.mark == last.mark
    storage.delete("film")
    with pytest.raises(NotFound):
        storage.part("film", 0, 4)


def test_a_copy_says_anew_what_it_is_and_for_how_long_it_may_be_kept(storage: ObjectStorage) -> None:
    storage.put("incoming/1.pdf", b"%PDF-1.7", "text/plain")
    mark = storage.part("incoming/1.pdf", 0, 4).mark
    storage.copy("incoming/1.pdf", "public/papers/质检 1.pdf", "application/pdf", mark=mark, cache=FOR_EVER,
                 as_file=True)
    storage.delete("incoming/1.pdf")
    answer = httpx.get(storage.sign_get("public/papers/质检 1.pdf", 60))
    assert (answer.content, answer.headers["content-type"]) == (b"%PDF-1.7", "application/pdf")
    assert answer.headers["cache-control"] == FOR_EVER
    assert answer.headers["content-disposition"] == "attachment"
    storage.delete("public/papers/质检 1.pdf")
    with pytest.raises(NotFound):
        storage.copy("incoming/1.pdf", "elsewhere", "application/pdf", mark=mark)
    assert storage.exists("elsewhere") is False


@pytest.mark.parametrize("config", ["our endpoint"], indirect=True)  # moto heeds no x-amz-copy-source-if-match
def test_what_was_replaced_since_it_was_looked_at_is_not_copied(storage: ObjectStorage) -> None:
    storage.put("film", b"good", "video/mp4")
    mark = storage.part("film", 0, 4).mark
    storage.put("film", b"evil", "video/mp4")
    with pytest.raises(ObjectChanged):
        storage.copy("film", "public/film", "video/mp4", mark=mark)
    assert storage.exists("public/film") is False
    storage.delete("film")


def test_what_is_put_is_shown_as_it_was_said(storage: ObjectStorage) -> None:
    storage.put("public/1.webp", b"picture", "image/webp", cache=FOR_EVER)
    answer = httpx.get(storage.sign_get("public/1.webp", 60))
    assert answer.headers["cache-control"] == FOR_EVER
    assert "content-disposition" not in answer.headers
    storage.delete("public/1.webp")


def test_a_signed_link_opens_in_a_browser(storage: ObjectStorage) -> None:
    storage.put("bills/对账 1.csv", b"1,2", "text/csv")
    answer = httpx.get(storage.sign_get("bills/对账 1.csv", 60))
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, b"1,2", "text/csv")
    storage.delete("bills/对账 1.csv")


def test_an_upload_form_stores_the_picture(storage: ObjectStorage) -> None:
    form = storage.issue_upload_form("public/spu/1.png", "image/png", 10, 60, clock.wall())
    assert _post(form, b"picture").status_code == 204
    assert storage.get("public/spu/1.png") == b"picture"
    storage.delete("public/spu/1.png")


@pytest.mark.parametrize("config", ["our endpoint"], indirect=True)  # moto does not check forms
def test_an_upload_form_is_good_once_and_leaves_what_it_stored_as_it_is(storage: ObjectStorage) -> None:
    form = storage.issue_upload_form("public/once/1.png", "image/png", 10, 60, clock.wall())
    assert _post(form, b"picture").status_code == 204
    for body in (b"another", b"picture"):
        assert _post(form, body).status_code == 412
    for without in ("If-None-Match", "policy"):
        fields = {name: value for name, value in form.fields.items() if name != without}
        assert _post(replace(form, fields=fields), b"another").status_code == 403
    assert _post(replace(form, fields=form.fields | {"If-None-Match": "x"}), b"another").status_code == 403
    assert storage.get("public/once/1.png") == b"picture"


@pytest.mark.parametrize("config", ["our endpoint"], indirect=True)
def test_of_eight_uploads_by_one_form_at_the_same_moment_one_is_stored(storage: ObjectStorage) -> None:
    form = storage.issue_upload_form("public/once/2.png", "image/png", 10, 60, clock.wall())
    answers = in_parallel(*[lambda number=number: (_post(form, b"body %d" % number).status_code, number)
                            for number in range(8)])
    [first] = [number for status, number in answers if status == 204]
    assert sorted(status for status, _ in answers) == [204] + [412] * 7
    assert storage.get("public/once/2.png") == b"body %d" % first


def test_an_upload_form_carries_a_chinese_key(storage: ObjectStorage) -> None:
    form = storage.issue_upload_form("public/图 1.png", "image/png", 10, 60, clock.wall())
    assert _post(form, b"picture").status_code == 204
    assert storage.get("public/图 1.png") == b"picture"
    storage.delete("public/图 1.png")


@pytest.mark.parametrize("config", ["our endpoint"], indirect=True)  # moto does not check forms
@pytest.mark.parametrize(
    ("change", "body", "seconds"),
    [
        ({}, b"eleven bytes"[:11], 60),
        ({}, b"", 60),
        ({}, b"picture", 0),
        ({"key": "public/spu/2.png"}, b"picture", 60),
        ({"Content-Type": "text/html"}, b"picture", 60),
        ({"success_action_status": "200"}, b"picture", 60),
    ],
    ids=["too large", "empty", "expired", "other key", "other type", "other answer"],
)
def test_an_upload_outside_its_form_is_refused_and_stores_nothing(
    storage: ObjectStorage, change: dict[str, str], body: bytes, seconds: int
) -> None:
    form = storage.issue_upload_form("public/spu/1.png", "image/png", 10, seconds, clock.wall())
    answer = _post(replace(form, fields=form.fields | change), body)
    assert answer.status_code in (400, 403)
    assert storage.exists("public/spu/1.png") is False
    assert storage.exists("public/spu/2.png") is False


@pytest.mark.parametrize("config", ["our endpoint"], indirect=True)  # moto reads everything as public
def test_a_public_link_opens_for_everyone_and_a_private_object_has_none(storage: ObjectStorage) -> None:
    storage.put("public/图.png", b"picture", "image/png")
    answer = httpx.get(storage.public_url("public/图.png"))
    assert (answer.status_code, answer.content) == (200, b"picture")
    with pytest.raises(ValueError, match="not under public/"):
        storage.public_url("bills/1.csv")
    storage.delete("public/图.png")


@pytest.mark.parametrize("config", ["our endpoint"], indirect=True)  # moto accepts every key pair
def test_wrong_keys_are_unavailable_and_change_nothing(storage: ObjectStorage, config: StorageConfig) -> None:
    storage.put("k", b"mine", "text/plain")
    forger = ObjectStorage(replace(config, secret_key="wrong"))
    with pytest.raises(Unavailable):
        forger.put("k", b"theirs", "text/plain")
    with pytest.raises(Unavailable):
        forger.exists("k")
    with pytest.raises(Unavailable):
        forger.delete("k")
    assert storage.get("k") == b"mine"
    storage.delete("k")


def test_a_missing_bucket_is_a_fault_of_ours_and_not_a_missing_file(config: StorageConfig) -> None:
    with pytest.raises(Unavailable):
        ObjectStorage(replace(config, bucket="nowhere")).get("k")


def test_a_dead_endpoint_is_unavailable(unreachable: ObjectStorage) -> None:
    for call in (
        lambda: unreachable.put("k", b"", "text/plain"),
        lambda: unreachable.get("k"),
        lambda: unreachable.exists("k"),
        lambda: unreachable.delete("k"),
        lambda: unreachable.part("k", 0, 1),
        lambda: unreachable.copy("k", "l", "text/plain", mark="m"),
    ):
        with pytest.raises(Unavailable):
            call()


def test_the_calls_refuse_inside_a_transaction_and_links_and_forms_do_not(unreachable: ObjectStorage) -> None:
    outside.enter_transaction()
    try:
        for name, call in {
            "put": lambda: unreachable.put("k", b"", "text/plain"),
            "get": lambda: unreachable.get("k"),
            "exists": lambda: unreachable.exists("k"),
            "delete": lambda: unreachable.delete("k"),
            "part": lambda: unreachable.part("k", 0, 1),
            "copy": lambda: unreachable.copy("k", "l", "text/plain", mark="m"),
        }.items():
            with pytest.raises(RuntimeError, match=f"outbound call object_storage.{name} inside a transaction"):
                call()
        assert unreachable.sign_get("k", 60).startswith("http://127.0.0.1:9/mall/k?")
        assert unreachable.issue_upload_form("k", "image/png", 10, 60, NOON).url == "http://127.0.0.1:9/mall"
    finally:
        outside.leave_transaction()


def _sent(config: StorageConfig, call: Any) -> Any:
    """The one request that `call` would send, stopped before it leaves."""
    storage = ObjectStorage(config)
    seen: list[Any] = []

    def stop(request: Any, **_: Any) -> None:
        seen.append(request)
        raise ConnectionError

    storage._client.meta.events.register("before-send.s3", stop)
    with pytest.raises(Unavailable):
        call(storage)
    return seen[0]


@pytest.mark.parametrize(
    ("cloud", "url"),
    [
        (AWS, "https://mall.s3.ap-southeast-1.amazonaws.com/a/k"),
        (COS, "https://mall-1250000000.cos.ap-guangzhou.myqcloud.com/a/k"),
    ],
    ids=["AWS", "COS"],
)
def test_a_cloud_bucket_is_addressed_by_its_host_name_with_a_plain_body(cloud: StorageConfig, url: str) -> None:
    request = _sent(cloud, lambda storage: storage.put("a/k", b"12345", "text/plain"))
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert (request.method, request.url) == ("PUT", url)
    assert headers["content-length"] in (b"5", "5")
    assert not headers.keys() & {"transfer-encoding", "x-amz-trailer", "content-encoding"}
    assert not [name for name in headers if "checksum" in name]


def test_deleting_on_cos_is_the_single_call() -> None:
    request = _sent(COS, lambda storage: storage.delete("a/k"))
    assert (request.method, request.url) == ("DELETE", "https://mall-1250000000.cos.ap-guangzhou.myqcloud.com/a/k")


def test_temporary_keys_send_their_token() -> None:
    request = _sent(replace(AWS, session_token="token+1"), lambda storage: storage.get("k"))
    assert request.headers["X-Amz-Security-Token"] in (b"token+1", "token+1")


def test_secrets_are_not_in_the_printed_configuration() -> None:
    printed = repr(replace(AWS, session_token="token+1"))
    assert "secret/example" not in printed
    assert "token+1" not in printed
