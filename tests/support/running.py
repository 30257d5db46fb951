"""A whole mall for tests that play against it from outside, as `make run` starts it, in a folder of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from infra.local.settings import REPOSITORY, Settings

START_SECONDS = 180


class DidNotStart(Exception):
    """The text has the end of what it said."""


@contextmanager
def a_running_mall(*, demo_shop: bool = True, spans: bool = False) -> Iterator[Settings]:
    """Until the block ends; without its demo shop it is up sooner, and empty. `spans`: it keeps its traces. Raises
    DidNotStart."""
    with tempfile.TemporaryDirectory(prefix="mall-") as folder:
        port = _four_free_ports()
        environment = {**{name: value for name, value in os.environ.items() if not name.startswith("MALL_")},
                       "MALL_LOCAL_FOLDER": folder, "MALL_LOCAL_PORT": str(port), "MALL_LOCAL_WEB": "no"}
        if spans:
            environment["MALL_LOCAL_SPANS"] = "1"
        if not demo_shop:
            Path(folder, "demo_shop.done").touch()
        log = Path(folder, "mall.log")
        with log.open("wb") as file:
            mall = subprocess.Popen([sys.executable, "-m", "infra.local"], cwd=REPOSITORY, env=environment,
                                    stdout=file, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        try:
            _wait(mall, port, log)
            yield Settings(Path(folder), "127.0.0.1", port, port + 1, port + 2, port + 3)
        finally:
            mall.send_signal(signal.SIGTERM)
            mall.wait(30)


def _wait(mall: subprocess.Popen, port: int, log: Path) -> None:
    """Until it says that it is up, with whatever fills it."""
    ends = time.monotonic() + START_SECONDS
    while "Ctrl-C" not in log.read_text(errors="replace") or not _answers(port):
        if mall.poll() is not None or time.monotonic() > ends:
            raise DidNotStart(log.read_text(errors="replace")[-3_000:])
        time.sleep(0.1)


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/_local/health", timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _four_free_ports() -> int:
    """In a row, and another row for each process that looks at the same moment."""
    first = 9_300 + os.getpid() % 100 * 4
    for port in [*range(first, 9_800, 4), *range(9_300, first, 4)]:
        if all(_is_free(each) for each in range(port, port + 4)):
            return port
    raise DidNotStart("no four free ports in a row")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
