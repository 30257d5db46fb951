"""Take one guard out of one statement, and see whether a test notices (变异测试).

    python -m tests.guards.mutants                      # every guard; the tests of its domain, then the journeys
    python -m tests.guards.mutants orders.store         # only statements whose name holds this
    python -m tests.guards.mutants --list

A guard is a condition in the WHERE of an UPDATE or DELETE beside the row's key: it is what holds when two come at the
same moment. A run of pytest takes the name of a mutant from MALL_MUTANT, and `tests/conftest.py` takes the guard out
before anything is asked.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mall
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import operators
from sqlalchemy.sql.dml import Delete, Update

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = "MALL_MUTANT"
SECONDS = 600


@dataclass(frozen=True)
class Guard:
    """`name`: module, statement and place, as `domains.orders.store._MOVE.1`; `says`: the condition as SQL."""

    name: str
    says: str

    @property
    def domain(self) -> str:
        parts = self.name.split(".")
        return parts[1] if parts[0] == "domains" else parts[0]


def guards() -> list[Guard]:
    """Every guard of every statement of the mall, by name."""
    return [Guard(f"{module}.{statement}.{place}", sql(condition))
            for module, statement, found in statements() for place, condition in guards_of(found)]


def drop(name: str) -> None:
    """Take this guard out of its statement, in this process."""
    module, statement, place = name.rsplit(".", 2)
    found = getattr(importlib.import_module(f"mall.{module}"), statement)
    (condition,) = [condition for number, condition in guards_of(found) if number == int(place)]
    found._where_criteria = without(found, condition)._where_criteria


def without(statement: Any, condition: Any) -> Any:
    """The statement, but for one of its conditions."""
    loosened = statement._clone()
    loosened._where_criteria = tuple(one for one in statement._where_criteria if one is not condition)
    return loosened


def statements() -> Iterator[tuple[str, str, Any]]:
    """(module, name, statement) of every UPDATE and DELETE that is named in a module of the mall."""
    for module in sorted(found.name for found in pkgutil.walk_packages(mall.__path__, "mall.")):
        if module.startswith("mall.adapters"):
            continue  # each needs its own library, and knows no statement
        for name, value in sorted(vars(importlib.import_module(module)).items()):
            if isinstance(value, (Update, Delete)) and value._where_criteria:
                yield module.removeprefix("mall."), name, value


def guards_of(statement: Any) -> list[tuple[int, Any]]:
    """(place, condition) of what stands beside the row's key."""
    key = {column.name for column in statement.table.primary_key.columns}
    return [(place, condition) for place, condition in enumerate(statement._where_criteria)
            if not (getattr(getattr(condition, "left", None), "name", None) in key
                    and condition.operator in (operators.eq, operators.in_op))]


def sql(condition: Any) -> str:
    return " ".join(str(condition.compile(dialect=sqlite.dialect())).split())


_ALSO = {  # where else a domain's statements are played
    "orders": ("refunds", "pricing", "payments"), "payments": ("refunds", "orders", "wallets"),
    "stock": ("orders", "refunds"), "coupons": ("orders",), "points": ("orders", "refunds"),
    "group_buys": ("orders",), "sensitive": ("staff", "refunds"), "members": ("orders",), "cases": ("ops", "refunds"),
    "messaging": ("ops",), "kit": ("ops", "privacy"), "app": ("staff",), "fulfilment": ("orders",),
    "rehearsals": ("pricing", "ops"), "uploads": ("catalog", "members"),
}


def _first_look(guard: Guard) -> list[str]:
    names = [f"tests/{floor}/{domain}" for domain in (guard.domain, *_ALSO.get(guard.domain, ()))
             for floor in ("domains", "functions")]
    also = {"kit": ["tests/kit"], "app": ["tests/security/test_throttle.py"]}.get(guard.domain, [])
    return [name for name in ["tests/guards", *also, *names] if (ROOT / name).exists()]


_SECOND_LOOK = ["tests/functions", "tests/journeys", "tests/kit"]


def _is_noticed(guard: Guard, tests: list[str]) -> bool:
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-k", "not mariadb", *tests], cwd=ROOT,
        env={**os.environ, VARIABLE: guard.name}, capture_output=True, text=True, timeout=SECONDS)
    if ended.returncode not in (0, 1):
        raise SystemExit(ended.stdout[-2_000:] + ended.stderr[-2_000:])
    return ended.returncode == 1


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.guards.mutants", description=__doc__)
    parser.add_argument("match", nargs="*", help="only guards whose name holds one of these")
    parser.add_argument("--list", action="store_true", help="name them, and run nothing")
    parser.add_argument("--quick", action="store_true", help="only the tests of the guard's own domain")
    options = parser.parse_args()
    chosen = [guard for guard in guards() if not options.match or any(m in guard.name for m in options.match)]
    survivors, begun = [], time.monotonic()
    for number, guard in enumerate(chosen, 1):
        if options.list:
            print(f"{guard.name:60} {guard.says}")
            continue
        noticed = _is_noticed(guard, _first_look(guard)) or (not options.quick and _is_noticed(guard, _SECOND_LOOK))
        survivors += [] if noticed else [guard]
        print(f"{number}/{len(chosen)} {time.monotonic() - begun:5.0f} s "
              f"{'noticed' if noticed else 'SURVIVES'}  {guard.name}  {guard.says}", flush=True)
    print(f"{len(chosen)} guards" + ("" if options.list else f", {len(survivors)} of them no test notices"))
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
