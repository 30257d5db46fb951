"""Files on their way into the mall, against the local object store: fixtures, and what people do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import httpx
import pytest
from mall.adapters.object_storage import ObjectStorage, StorageConfig
from PIL import Image

from tests.object_store.server import running_store
from tests.support.shop import Caller, Shop


@pytest.fixture(scope="session")
def object_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStorage]:
    """The real adapter against the local object store, started once."""
    with running_store(tmp_path_factory.mktemp("objects")) as store:
        yield ObjectStorage(StorageConfig(
            endpoint_url=store.url, region="ap-guangzhou", bucket="mall", access_key=store.keys.access_key,
            secret_key=store.keys.secret_key, public_base_url=f"{store.url}/mall"))


@pytest.fixture
def storage(shop: Shop, object_store: ObjectStorage) -> ObjectStorage:
    """The same storage that the actions of `shop` use."""
    world = shop.house.world
    world.put("storage", object_store)
    world.deployment = replace(world.deployment, storage_public_url=object_store.public_url("public/").removesuffix(
        "/public/"))
    return object_store


def picture(width: int = 60, height: int = 40, kind: str = "PNG", **more: Any) -> bytes:
    file = BytesIO()
    Image.new("RGB", (width, height), (200, 0, 0)).save(file, kind, **more)
    return file.getvalue()


def box(name: bytes, content: bytes = b"") -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + name + content


PLACE = box(b"\xa9xyz", b"\x00\x12\x15\xc7+22.5431+114.0579/")
FILM = (box(b"ftyp", b"isom\0\0\2\0isomiso2mp41") + box(b"mdat", b"pictures and sound")
        + box(b"moov", box(b"mvhd", b"\0" * 100) + box(b"trak", box(b"tkhd", b"\0" * 84) + box(b"mdia", b"\0" * 9))))
TOLD_FILM = (box(b"ftyp", b"isom\0\0\2\0isomiso2mp41") + box(b"mdat", b"pictures and sound")
             + box(b"moov", box(b"mvhd", b"\0" * 100) + box(b"trak", box(b"meta", b"SECRET-CAMERA"))
                   + box(b"udta", PLACE)))


def posted(form: dict[str, Any], body: bytes) -> int:
    return httpx.post(form["url"], data=form["fields"], files={"file": ("x", body)}).status_code


def doors(caller: Caller) -> str:
    """The domain whose upload actions are this caller's."""
    return "members" if caller.openid else "catalog"


def sent(caller: Caller, body: bytes, **asked: str) -> str:
    """The id of an upload that has arrived and is not looked at yet."""
    form = caller.call(f"{doors(caller)}.issue_upload_url", **asked)
    assert posted(form, body) == 204
    return form["upload_id"]


def uploaded(caller: Caller, body: bytes, **asked: str) -> dict[str, Any]:
    """What the check says of it: `public_url` may be used."""
    return caller.call(f"{doors(caller)}.finish_upload", upload_id=sent(caller, body, **asked))
