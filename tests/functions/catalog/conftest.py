"""The real storage adapter against the local object store, started once for these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from mall.adapters.object_storage import ObjectStorage, StorageConfig

from tests.object_store.server import running_store
from tests.support.shop import Shop


@pytest.fixture(scope="session")
def object_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStorage]:
    with running_store(tmp_path_factory.mktemp("objects")) as store:
        yield ObjectStorage(StorageConfig(
            endpoint_url=store.url, region="ap-guangzhou", bucket="mall", access_key=store.keys.access_key,
            secret_key=store.keys.secret_key, public_base_url=f"{store.url}/mall"))


@pytest.fixture
def storage(shop: Shop, object_store: ObjectStorage) -> ObjectStorage:
    """The same storage that the actions of `shop` use."""
    shop.house.world.put("storage", object_store)
    return object_store
