"""A collector that hangs, refuses or trickles costs an invocation next to nothing, and is left alone in the end."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from mall.adapters import telemetry_export
from mall.adapters.telemetry_export import MISSES, MOST_SPANS, WAIT_S, Outbound

pytestmark = pytest.mark.spec("L6")

ROOT = Path(__file__).resolve().parents[2]
MALL = """
import dataclasses, json, sys, time
sys.path[:0] = [".", "layers/common/python"]
from pathlib import Path
from mall.app.front_desk import House
from mall.kit.db import Database
from mall.tables import load_all
from sqlalchemy import create_engine
from tests.support.shop import open_shop
folder = Path(sys.argv[1])
engine = create_engine(f"sqlite:///{folder}/mall.db")
load_all().create_all(engine)
shop = open_shop(Database(f"sqlite:///{folder}/mall.db"), folder)
shop.call("catalog.list_categories")
House(dataclasses.replace(shop.house.deployment, telemetry="otlp"), shop.database)
took = []
for _ in range(8):
    began = time.perf_counter()
    shop.call("catalog.list_categories")
    took.append(time.perf_counter() - began)
print("took", json.dumps(took), flush=True)
import os; os._exit(0)
"""


def calls(tmp_path: Path, endpoint: str) -> tuple[list[float], list[dict]]:
    """Seconds of eight calls of a process that sends to `endpoint`, and their log lines."""
    done = subprocess.run([sys.executable, "-c", MALL, str(tmp_path)], cwd=ROOT, capture_output=True, text=True,
                          timeout=60, env={"PATH": "/usr/bin", "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint})
    [took] = [line for line in done.stdout.splitlines() if line.startswith("took ")] or [pytest.fail(done.stderr)]
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return json.loads(took[5:]), lines[1:]


@pytest.fixture
def hanging() -> str:
    """Takes every connection and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(64)
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_collector_that_never_answers_costs_a_call_at_most_300_ms_and_soon_nothing(tmp_path: Path, hanging: str):
    took, lines = calls(tmp_path, hanging)
    assert max(took) < 0.3 + 0.2  # the first call also loads; a busy machine has its say
    assert [line["outcome"] for line in lines] == ["ok"] * 8
    assert sum(took) < 2


def test_nobody_at_the_collectors_address_is_the_same(tmp_path: Path):
    took, lines = calls(tmp_path, "http://127.0.0.1:9")
    assert max(took) < 0.5
    assert [line["outcome"] for line in lines] == ["ok"] * 8


def test_after_some_misses_nothing_is_tried_for_a_while_and_what_is_dropped_is_counted(monkeypatch: pytest.MonkeyPatch):
    now, tries = [100.0], []
    monkeypatch.setattr(telemetry_export, "monotonic", lambda: now[0])

    def send(spans: list) -> bool:
        tries.append(len(spans))
        return now[0] > 150

    outbound = Outbound(send)
    dropped = []
    for number in range(6):
        outbound.add(f"span {number}")
        dropped.append(outbound.flush())
    assert (tries, dropped) == ([1] * MISSES, [1] * 6)
    now[0] += 61
    outbound.add("span")
    assert (outbound.flush(), tries) == (0, [1] * (MISSES + 1))
    outbound.add("span")
    assert outbound.flush() == 0
    assert len(tries) == MISSES + 2


def test_while_an_attempt_hangs_no_other_call_waits_and_what_comes_is_kept_within_bounds():
    go_on, sent = threading.Event(), []

    def send(spans: list) -> bool:
        go_on.wait(5)
        sent.append(len(spans))
        return True

    outbound = Outbound(send)
    outbound.add("first")
    began = time.monotonic()
    assert outbound.flush() == 0
    assert WAIT_S <= time.monotonic() - began < WAIT_S + 0.2
    for number in range(MOST_SPANS + 5):
        outbound.add(number)
    began = time.monotonic()
    assert outbound.flush() == 5
    assert time.monotonic() - began < 0.05
    go_on.set()
    deadline = time.monotonic() + 5
    while len(sent) < 2 and time.monotonic() < deadline:
        outbound.flush()
        time.sleep(0.01)
    assert sent[:2] == [1, MOST_SPANS]


def test_an_exporter_that_breaks_is_a_miss_and_no_fault_of_the_call():
    def send(spans: list) -> bool:
        raise ValueError("no")

    outbound = Outbound(send)
    outbound.add("span")
    assert outbound.flush() == 1
