"""Cold import: a fresh process that imports one function, beside the libraries it stands on.

The yardstick is `import pydantic, sqlalchemy`. Beside it stands the least that a function really needs of
them: one model made, one statement compiled. Processor time is what is compared, because importing is
nothing but work, and wall time on a busy machine tells of the neighbours.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

from infra.local.settings import PYTHON_PATH, REPOSITORY

NOTHING = "nothing"
LIBRARIES = "pydantic, sqlalchemy"
USED_ONCE = "pydantic, sqlalchemy, each used once"
CODE = {
    NOTHING: "pass",
    "sqlite3": "import sqlite3",
    "pymysql": "import pymysql",
    LIBRARIES: "import pydantic, sqlalchemy",
    USED_ONCE: """
import sqlite3, pydantic
from sqlalchemy import Column, MetaData, String, Table, select
from sqlalchemy.dialects import sqlite, mysql
class Model(pydantic.BaseModel):
    name: str
str(select(Table("t", MetaData(), Column("name", String(9)))).compile(dialect=sqlite.dialect()))
""",
}


@dataclass(frozen=True)
class Import:
    """Medians of a fresh process above one that imports nothing; ratio of CPU time to the yardstick's."""

    what: str
    cpu_ms: float
    wall_ms: float
    ratio: float


def actions() -> list[str]:
    return sorted(f"{path.parent.name}.{path.stem}" for path in (REPOSITORY / "functions").glob("*/*.py")
                  if path.stem != "__init__")


def measure(names: list[str], rounds: int) -> list[Import]:
    """Every round imports each thing once, so that a slow moment hits all of them alike."""
    codes = {**CODE, **{name: f"import functions.{name}" for name in names}}
    spent: dict[str, list[tuple[float, float]]] = {what: [] for what in codes}
    for code in codes.values():
        _run(code)  # bytecode is written, files are read into memory
    for _ in range(rounds):
        for what, code in codes.items():
            spent[what].append(_run(code))
    cpu = {what: statistics.median(cpu_ms for cpu_ms, _ in runs) for what, runs in spent.items()}
    wall = {what: statistics.median(wall_ms for _, wall_ms in runs) for what, runs in spent.items()}
    floor = cpu[LIBRARIES] - cpu[NOTHING]
    return [Import(what, cpu[what] - cpu[NOTHING], wall[what] - wall[NOTHING], (cpu[what] - cpu[NOTHING]) / floor)
            for what in codes if what != NOTHING]


def _run(code: str) -> tuple[float, float]:
    """(CPU ms, wall ms) of a fresh process."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(PYTHON_PATH)}
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", code], env=environment, cwd=REPOSITORY)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{code} ended with {process.returncode}")
    return (used.ru_utime + used.ru_stime) * 1000, (time.perf_counter() - started) * 1000
