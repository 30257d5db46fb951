"""The cases play against a running mall, over HTTP alone: one that this run starts in a folder of its own, or the one
at MALL_LOCAL_PORT where `make run` has started it with that port (its shop fills up and its clock moves)."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from infra.local.settings import Settings, read_running
from tests.cases.town import Town
from tests.support.running import a_running_mall


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/cases/" in item.nodeid:
            item.add_marker(pytest.mark.xdist_group("cases"))  # one clock for all of them


@pytest.fixture(scope="session")
def running() -> Iterator[Settings]:
    """A mall that answers, its demo shop filled."""
    if os.environ.get("MALL_LOCAL_PORT"):
        yield read_running()
        return
    with a_running_mall(spans=True) as settings:
        yield settings


@pytest.fixture(scope="session")
def _town(running: Settings) -> Town:
    return Town(running)


@pytest.fixture
def town(_town: Town) -> Iterator[Town]:
    """The shop and its people; after every case the books of both sides hold."""
    _town.forget_faults()
    yield _town
    _town.forget_faults()
    assert _town.staff.call("ops.run_audit")["findings"] == []
