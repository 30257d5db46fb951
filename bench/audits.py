"""How long a look of the audit takes in shops of some sizes, and how many looks a round over everything needs.

    python -m bench.audits                                   shops of 60,000 and of 1,000,000 orders
    python -m bench.audits --sizes 60000 --folder /tmp/a     a look, its database kept elsewhere

A shop is filled with two years of orders (`bench/filling.py`), a day of which is news. The looks follow each other
without waiting an hour, each within its own budget, until every subject has been gone through. The copies of one sold
order do not agree with its SKU's stock and its member's growth, so findings come by the thousand: they are looked at
twice as any, and no case is opened for them.
"""

from __future__ import annotations

import argparse
import collections
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from mall.app import registry
from mall.flows.ops import audit_watch
from mall.kit import clock, invariants

from bench import filling, inside, world
from infra.local import mariadb

SIZES = (60_000, 1_000_000)
SETTINGS = ("--innodb-buffer-pool-size=1G", "--innodb-log-file-size=1G")


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.audits", description=__doc__.splitlines()[0])
    options.add_argument("--sizes", default=",".join(map(str, SIZES)))
    options.add_argument("--folder", type=Path, default=world.REPOSITORY / ".test" / "audits")
    asked = options.parse_args()
    registry.load()
    server = mariadb.start(asked.folder, settings=SETTINGS)
    try:
        for size in map(int, asked.sizes.split(",")):
            _measure(server, size)
    finally:
        server.stop()


def _measure(server: mariadb.Server, size: int) -> None:
    name, started = f"audits_{size}", time.monotonic()
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
        cursor.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 0")
        with inside.silent(), filling.connect(server.database_url(name)) as raw:
            past = filling.fill(server.database_url(name), raw, size)
        cursor.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 1")
    print(f"{size:>9,} orders, filled in {time.monotonic() - started:.0f} s", flush=True)
    spent = _time_rules()
    audit_watch.open_cases = lambda tx, findings, now: None
    audit_watch.MOST_FINDINGS = 1 << 40
    times, looked, figures = [], 0, []
    while not _is_through(past.at.shop):
        clock.move_ahead(timedelta(hours=len(times)))
        started = time.monotonic()
        with inside.silent():
            past.at.shop.tick("ops.audit_invariants")
        times.append(time.monotonic() - started)
        looked = sum(row.checked for row in past.at.shop.rows(audit_watch.looks.audit_runs))
        figures.append(looked)
        print(f"    look {len(times)}: {times[-1]:.1f} s, {looked:,} keys so far", flush=True)
    clock.move_ahead(timedelta(0))
    print(f"          a round of {looked:,} keys: {sum(times):.0f} s in {len(times)} looks, the longest"
          f" {max(times):.1f} s, {looked / sum(times):,.0f} keys a second")
    for subject, (seconds, slices, longest) in sorted(spent.items(), key=lambda item: -item[1][0]):
        print(f"    {subject:<12} {seconds:8.1f} s in {slices:,} slices, the longest {longest:.2f} s")


def _time_rules() -> dict[str, list[float]]:
    """Seconds, slices and the longest slice by subject, while the looks go on."""
    spent: dict[str, list[float]] = collections.defaultdict(lambda: [0.0, 0, 0.0])
    asked = invariants.breaches

    def timed(tx: Any, subject: Any, *rest: Any) -> Any:
        started = time.monotonic()
        try:
            return asked(tx, subject, *rest)
        finally:
            took, counted = time.monotonic() - started, spent[subject.name]
            counted[0], counted[1], counted[2] = counted[0] + took, counted[1] + 1, max(counted[2], took)

    invariants.breaches = timed
    return spent


def _is_through(shop: Any) -> bool:
    passed = {row.name for row in shop.rows(audit_watch.looks.audit_positions) if row.passed_at}
    return {f"subject {subject.name}" for subject in audit_watch.SUBJECTS} <= passed


if __name__ == "__main__":
    main()
