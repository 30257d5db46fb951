"""One store for the tests of a file, empty before each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.object_store.asked import _client, _keys
from tests.object_store.server import Endpoint, running_store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    with running_store(tmp_path_factory.mktemp("store")) as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def client(store: Endpoint) -> Any:
    return _client(store)


@pytest.fixture
def emptied(store: Endpoint, client: Any) -> Iterator[None]:
    yield
    for key in _keys(client):
        client.delete_object(Bucket="mall", Key=key)
