"""Cold start of what is deployed: the packaged zips, unpacked as each platform lays them out, and nothing else.

Lambda has a unit in /var/task and its layers in /opt/python, Tencent in /var/user and /opt; both read-only, so Python
writes no bytecode (`-B`) and has what the package brought. Each figure is a fresh process of the platform's Python
above one that imports nothing; the things compared are run in turns. Processor time is what is compared, because
importing is nothing but work, and wall time on a busy machine tells of the neighbours.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import time
import zipfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from infra.package.build import build
from infra.package.interpreters import interpreter
from infra.package.plan import Unit, units
from infra.package.platforms import PLATFORMS, Platform

from bench import world

FOLDER = world.FOLDER / "cold"
HOT = "orders-place_order"
NOTHING = "nothing"
USED_ONCE = "pydantic, SQLAlchemy and the driver, each used once"
WITHOUT_BYTECODE = "orders.place_order without bytecode"
ON_TOP = "orders.place_order after these libraries"
WORST = 10
_USED_ONCE = """
import pydantic, pymysql
from sqlalchemy import Column, MetaData, String, Table, select
from sqlalchemy.dialects import mysql
class Model(pydantic.BaseModel):
    name: str
Model.model_validate_json('{"name": "x"}')
pymysql.connections.Connection(defer_connect=True)
str(select(Table("t", MetaData(), Column("name", String(9)))).compile(dialect=mysql.dialect()))
"""
_LOAD = "import index; index.main_handler.load({name!r})"
_ANSWER = """
import json, sys, time
started = time.perf_counter()
import index
imported = time.perf_counter()
given = json.load(open(sys.argv[1]))
spent = [imported - started]
for event in given["events"]:
    before = time.perf_counter()
    answer = index.main_handler(event, None)
    spent.append(time.perf_counter() - before)
    assert answer["statusCode"] == 200, answer
print(json.dumps([round(each * 1000, 1) for each in spent]))
"""


@dataclass(frozen=True)
class Import:
    """Medians of a fresh process above one that imports nothing; `times` of the libraries used once."""

    platform: str
    unit: str
    what: str
    cpu_ms: float
    wall_ms: float
    times: float
    why: str = ""


@dataclass(frozen=True)
class FirstAnswer:
    """Wall time of an instance's first two calls, its database on this machine; the first connects."""

    platform: str
    action: str
    import_ms: float
    first_ms: float
    second_ms: float


class Laid:
    """One platform's build as its instances see it."""

    def __init__(self, platform: Platform):
        self.platform, self.python = platform, interpreter(platform.python)
        self.folder = FOLDER / platform.name
        shutil.rmtree(self.folder, ignore_errors=True)
        build(platform, FOLDER / "dist")
        self.units = {unit.name: unit for unit in units(platform)}
        for kind in ("layers", "functions"):
            for path in (FOLDER / "dist" / platform.name / kind).glob("*.zip"):
                with zipfile.ZipFile(path) as archive:
                    archive.extractall(self.folder / kind / path.stem)

    def path(self, unit: Unit, bare: bool = False) -> list[str]:
        """sys.path of an instance: its code, and its layers laid over one another. `bare`: without bytecode."""
        as_laid = self.folder / ("bare" if bare else "whole")
        code = _linked([self.folder / "functions" / unit.name], as_laid / unit.name, bare)
        layers = _linked([self.folder / "layers" / name for name in unit.layers], as_laid / "+".join(unit.layers), bare)
        return [str(code), str(layers / self.platform.layer_root).rstrip("/")]

    def run(self, path: list[str], code: str, *arguments: str, options: tuple[str, ...] = (),
            environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run([self.python, "-s", "-S", "-B", *options, "-c", code, *arguments], text=True, cwd="/",
                              env={"PYTHONPATH": os.pathsep.join(path), **(environment or {})}, capture_output=True)

    def spent(self, path: list[str], code: str) -> tuple[float, float]:
        """(CPU ms, wall ms) of a fresh process."""
        started = time.perf_counter()
        process = subprocess.Popen([self.python, "-s", "-S", "-B", "-c", code], cwd="/",
                                   env={"PYTHONPATH": os.pathsep.join(path)})
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"{code} ended with {process.returncode}")
        return (used.ru_utime + used.ru_stime) * 1000, (time.perf_counter() - started) * 1000


def _linked(folders: list[Path], target: Path, bare: bool) -> Path:
    if not target.is_dir():
        for folder in folders:
            for path in folder.rglob("*"):
                if path.is_file() and not (bare and path.suffix == ".pyc"):
                    to = target / path.relative_to(folder)
                    to.parent.mkdir(parents=True, exist_ok=True)
                    if not to.exists():
                        os.link(path, to)
    return target


def platforms() -> list[Platform]:
    """Those whose Python this machine has; the others are named, loudly."""
    for platform in PLATFORMS.values():
        if interpreter(platform.python) is None:
            print(f"!!! NO PYTHON {platform.python} HERE: the cold start on {platform.name} is not measured")
    return [platform for platform in PLATFORMS.values() if interpreter(platform.python)]


def measure(laid: Laid, rounds: int) -> list[Import]:
    """The goals' sides on one platform, in turns."""
    unit = laid.units[HOT]
    load = _LOAD.format(name="orders.place_order")
    path, bare = laid.path(unit), laid.path(unit, bare=True)
    cases = {NOTHING: (path, "pass"), USED_ONCE: (path, _USED_ONCE), "orders.place_order": (path, load),
             ON_TOP: (path, _USED_ONCE + load), WITHOUT_BYTECODE: (bare, load)}
    found = _spent(laid, cases, rounds)
    return [_import(found, laid, HOT, what, found[what]) for what in cases if what != NOTHING]


def measure_units(laid: Laid, rounds: int, names: tuple[str, ...] = ()) -> list[Import]:
    """The dearest action of each unit by one look at each, the worst ten measured again in turns and explained."""
    path = laid.path(laid.units[HOT])
    base = _spent(laid, {NOTHING: (path, "pass"), USED_ONCE: (path, _USED_ONCE)}, rounds)
    dearest = [max((_import(base, laid, unit.name, action.name, laid.spent(*_case(laid, unit, action.name)))
                    for action in unit.actions), key=lambda each: each.times)
               for unit in laid.units.values() if not names or unit.name in names]
    dearest.sort(key=lambda each: -each.times)
    worst = [(each.unit, each.what) for each in dearest[:WORST]]
    again = _spent(laid, {what: _case(laid, laid.units[unit], what) for unit, what in worst}, rounds)
    explained = [replace(_import(base, laid, unit, what, again[what]), why=explain(laid, laid.units[unit], what))
                 for unit, what in worst]
    return sorted(explained, key=lambda each: -each.times) + dearest[WORST:]


def _case(laid: Laid, unit: Unit, action: str) -> tuple[list[str], str]:
    return laid.path(unit), _LOAD.format(name=action)


def _spent(laid: Laid, cases: dict[str, tuple[list[str], str]], rounds: int) -> dict[str, tuple[float, float]]:
    """Medians of CPU and wall ms, in turns."""
    spent: dict[str, list[tuple[float, float]]] = {what: [] for what in cases}
    for path, code in cases.values():
        laid.spent(path, code)  # files are read into memory
    for _ in range(rounds):
        for what, (path, code) in cases.items():
            spent[what].append(laid.spent(path, code))
    return {what: tuple(map(statistics.median, zip(*runs, strict=True))) for what, runs in spent.items()}


def _import(base: dict[str, tuple[float, float]], laid: Laid, unit: str, what: str,
            spent: tuple[float, float]) -> Import:
    """Above the process that imports nothing, beside the libraries of the same run."""
    (cpu, wall), (nothing_cpu, nothing_wall) = spent, base[NOTHING]
    return Import(laid.platform.name, unit, what, cpu - nothing_cpu, wall - nothing_wall,
                  (cpu - nothing_cpu) / (base[USED_ONCE][0] - nothing_cpu))


def explain(laid: Laid, unit: Unit, action: str) -> str:
    """Where the time goes, by package: the five largest shares of what Python itself says (`-X importtime`)."""
    done = laid.run(laid.path(unit), _LOAD.format(name=action), options=("-X", "importtime"))
    spent: Counter[str] = Counter()
    for self_us, _, name in re.findall(r"import time: +(\d+) \| +(\d+) \| +(\S+)", done.stderr):
        parts = name.split(".")
        spent[".".join(parts[:2]) if parts[0] == "mall" else parts[0]] += int(self_us)
    whole = sum(spent.values())
    return ", ".join(f"{name} {us * 100 // whole} %" for name, us in spent.most_common(5))


def first_answers(laid: Laid, shop: world.World, url: str) -> list[FirstAnswer]:
    """Import, connect and first call, of a query and of a command, which wakes the relay (nobody is there)."""
    (FOLDER / "given.json").parent.mkdir(parents=True, exist_ok=True)
    found = []
    for name, event in (("catalog-get_product", shop.product_event), (HOT, shop.place_event)):
        (FOLDER / "given.json").write_text(json.dumps({"events": [event(), event()]}), encoding="utf-8")
        environment = {
            "MALL_PLATFORM": laid.platform.name, "MALL_SECRETS": str(world.FOLDER / "secrets"),
            "MALL_REGION": "nowhere", "MALL_DATABASE_URL": url, "MALL_WECHAT_APPID": world.APPID, "HTTPS_PROXY": "http://127.0.0.1:9",
            "TENCENTCLOUD_SECRETID": "id", "TENCENTCLOUD_SECRETKEY": "key", "TENCENTCLOUD_SESSIONTOKEN": "token",
            "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key", "AWS_EC2_METADATA_DISABLED": "true"}
        done = laid.run(laid.path(laid.units[name]), _ANSWER, str(FOLDER / "given.json"), environment=environment)
        if done.returncode:
            raise RuntimeError(done.stderr)
        found.append(FirstAnswer(laid.platform.name, name.replace("-", "."), *json.loads(done.stdout.splitlines()[-1])))
    return found
