"""The whole checkout over HTTP against `python -m infra.local`: gateway, simulators and SQLite as `make run`
starts them, buyers in processes of their own, all on this one machine."""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mall.app.deployment import Deployment
from mall.app.front_desk import House
from mall.kit.db import Database
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.people import shop_settings

from bench import buyer, world
from infra.local.settings import PYTHON_PATH, REPOSITORY
from tests.support.shop import Shop

READY_S = 120
PROCESSES = 4  # at most; the clients are threads in them


@dataclass(frozen=True)
class Checkouts:
    """Whole checkouts a second, (p50, p95) in ms by step and of the whole, and who worked how much."""

    clients: int
    per_second: float
    steps: dict[str, tuple[float, float]]
    cpu_ms: dict[str, float]  # processor time of one checkout by process


@dataclass(frozen=True)
class Cloud:
    gateway: tuple[str, int]
    pay: tuple[str, int]
    database: Path
    sku_ids: list[str]
    pid: int


@contextmanager
def local_cloud() -> Iterator[Cloud]:
    """A mall of its own in `.test/bench/cloud`, on free ports, without the demo shop."""
    folder = world.FOLDER / "cloud"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "demo_shop.done").touch()
    ports = _free_ports(4)
    names = ("MALL_LOCAL_PORT", "MALL_LOCAL_PAY_PORT", "MALL_LOCAL_API_PORT", "MALL_LOCAL_STORE_PORT")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(PYTHON_PATH), "MALL_LOCAL_FOLDER": str(folder),
                   **{name: str(port) for name, port in zip(names, ports, strict=True)}}
    with (folder / "output.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "infra.local"], cwd=REPOSITORY, env=environment,
                                   stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait_for(f"http://127.0.0.1:{ports[0]}/_local/health", process, folder / "output.log")
        _lift_the_minute(ports[2])
        yield Cloud(("127.0.0.1", ports[0]), ("127.0.0.1", ports[1]), folder / "mall.db", _fill(folder), process.pid)
    finally:
        process.terminate()
        process.wait(30)


def measure(cloud: Cloud, clients: int, seconds: float) -> Checkouts:
    """`clients` buyers that do nothing but buy. Raises RuntimeError when one of them was refused."""
    number = min(clients, PROCESSES)
    shares = [clients // number + (1 if index < clients % number else 0) for index in range(number)]
    processes = [_start(cloud, f"{clients}-{index}", share, seconds) for index, share in enumerate(shares)]
    for process in processes:
        if process.stdout.readline() != "ready\n":
            raise RuntimeError("a buyer did not get through its first checkout")
    used = _cpu_ms(cloud.pid)
    begins = time.time() + 0.5
    for process in processes:
        process.stdin.write(f"{begins}\n")
        process.stdin.flush()
    told = [json.loads(process.communicate()[0]) for process in processes]
    used = {name: ms - used.get(name, 0.0) for name, ms in _cpu_ms(cloud.pid).items()}
    problems = [problem for each in told for problem in each["problems"]]
    if problems:
        raise RuntimeError(f"{len(problems)} buyers gave up: {problems[0]}")
    checkouts = [steps for each in told for steps in each["steps"]]
    by_step = {name: _middle_and_tail([steps[at] for steps in checkouts]) for at, name in enumerate(buyer.STEPS)}
    whole = _middle_and_tail([sum(steps) for steps in checkouts])
    done = sum(each["done"] for each in told)  # those that ended after the time worked too
    cpu_ms = {**{name: ms / done for name, ms in used.items() if ms},
              "buyers": sum(each["cpu_ms"] for each in told) / done}
    return Checkouts(clients, len(checkouts) / seconds, {**by_step, "whole checkout": whole}, cpu_ms)


def _cpu_ms(pid: int) -> dict[str, float]:
    """Processor time so far of the local cloud's processes, by the module that each runs."""
    found: dict[str, float] = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        arguments = Path(f"/proc/{child}/cmdline").read_text().split("\0")
        name = arguments[arguments.index("-m") + 1].rpartition(".")[2]
        spent = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[11:13]
        own = sum(map(int, spent)) * 1000 / os.sysconf("SC_CLK_TCK")
        found[name] = found.get(name, 0.0) + own + sum(_cpu_ms(int(child)).values())
    return found


def _start(cloud: Cloud, name: str, clients: int, seconds: float) -> subprocess.Popen:
    asked: dict[str, Any] = {
        "gateway": cloud.gateway, "pay": cloud.pay, "database": str(cloud.database), "sku_ids": cloud.sku_ids,
        "name": name, "clients": clients, "seconds": seconds,
    }
    return subprocess.Popen([sys.executable, "-m", "bench.buyer", json.dumps(asked)], cwd=REPOSITORY, text=True,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _lift_the_minute(api_port: int) -> None:
    """A buyer of this bench signs in for every checkout, which is more than WeChat gives one person in a minute."""
    asked = {"cgi_path": "/sns/jscode2session", "period": "minute", "most": 10**9}
    request = urllib.request.Request(f"http://127.0.0.1:{api_port}/_sim/quotas", json.dumps(asked).encode(),
                                     {"content-type": "application/json"})
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10).close()


def _fill(folder: Path) -> list[str]:
    database = Database(f"sqlite:///{folder / 'mall.db'}")
    shop = Shop(database, House(Deployment(), database))  # the cloud's secrets stay its own
    goods = world.fill(shop)
    # All buyers have one address here, all of them sign in, and each pays as fast as he can: that is no attack.
    database.run(lambda tx: tx.insert(shop_settings, seller_id=DEFAULT_SELLER, version=1, changed_at=shop.now,
                                      document='{"member_address_tries": 100000, "unpaid_orders_most": 100000,'
                                               ' "payment_tries": 10000}'))
    database.close()
    return [each.sku_id for each in goods]


def _middle_and_tail(values: list[float]) -> tuple[float, float]:
    ordered = sorted(values)
    return statistics.median(ordered), ordered[int(len(ordered) * 0.95)]


def _wait_for(url: str, process: subprocess.Popen, log: Path) -> None:
    ends = time.monotonic() + READY_S
    while time.monotonic() < ends and process.poll() is None:
        try:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=2).close()
            if "mall is up" in log.read_text(errors="replace"):
                return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.1)
    raise RuntimeError(f"the local cloud does not start:\n{log.read_text(errors='replace')[-3000:]}")


def _free_ports(number: int) -> list[int]:
    probes = [socket.socket() for _ in range(number)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
