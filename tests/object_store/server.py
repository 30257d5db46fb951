"""The local object store as its users run it: a process of its own, over real HTTP."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.local.object_store import Keys, local_keys

REPOSITORY = Path(__file__).resolve().parents[2]
START_SECONDS = 20


@dataclass(frozen=True)
class Endpoint:
    url: str
    keys: Keys
    data_dir: Path
    pid: int
    started_in_seconds: float


@contextmanager
def running_store(data_dir: Path, bucket: str = "mall") -> Iterator[Endpoint]:
    """Serve `data_dir` with one bucket until the block ends."""
    port = _free_port()
    command = [sys.executable, "-m", "infra.local.object_store", "--port", str(port), "--data", str(data_dir)]
    begun = time.monotonic()
    process = subprocess.Popen(
        [*command, "--bucket", bucket], cwd=REPOSITORY, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": "."}
    )
    try:
        _wait_until_listening(port, process)
        took = time.monotonic() - begun
        yield Endpoint(f"http://127.0.0.1:{port}", local_keys(data_dir), data_dir, process.pid, took)
    finally:
        process.terminate()
        process.wait(10)


def _wait_until_listening(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise AssertionError(f"the object store does not listen on port {port}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
