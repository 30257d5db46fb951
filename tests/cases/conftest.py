"""The cases play against a running mall, over HTTP alone: one that this run starts in a folder of its own, or the one
at MALL_LOCAL_PORT where `make run` has started it with that port (its shop fills up and its clock moves)."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from infra.local.settings import REPOSITORY, Settings, read_running
from tests.cases.town import Town

START_SECONDS = 180


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/cases/" in item.nodeid:
            item.add_marker(pytest.mark.xdist_group("cases"))  # one clock for all of them


@pytest.fixture(scope="session")
def running() -> Iterator[Settings]:
    """A mall that answers."""
    if os.environ.get("MALL_LOCAL_PORT"):
        yield read_running()
        return
    with tempfile.TemporaryDirectory(prefix="mall-cases-") as folder:
        port = _four_free_ports()
        environment = {**{name: value for name, value in os.environ.items() if not name.startswith("MALL_")},
                       "MALL_LOCAL_FOLDER": folder, "MALL_LOCAL_PORT": str(port), "MALL_LOCAL_SPANS": "1"}
        with Path(folder, "mall.log").open("wb") as log:
            mall = subprocess.Popen([sys.executable, "-m", "infra.local"], cwd=REPOSITORY, env=environment,
                                    stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        try:
            _wait(mall, port, Path(folder, "mall.log"))
            yield Settings(Path(folder), "127.0.0.1", port, port + 1, port + 2, port + 3)
        finally:
            mall.send_signal(signal.SIGTERM)
            mall.wait(30)


def _wait(mall: subprocess.Popen, port: int, log: Path) -> None:
    """Until it is up and its shop is filled."""
    ends = time.monotonic() + START_SECONDS
    while "owner" not in log.read_text(errors="replace") or not _answers(port):
        if mall.poll() is not None or time.monotonic() > ends:
            pytest.fail(f"the mall did not start:\n{log.read_text(errors='replace')[-3_000:]}")
        time.sleep(0.2)


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/_local/health", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def _four_free_ports() -> int:
    for port in range(9_300, 9_800, 4):
        if all(_is_free(each) for each in range(port, port + 4)):
            return port
    pytest.fail("no four free ports in a row")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


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
