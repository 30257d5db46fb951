"""`python -m tests.crash`: all crash points on both databases; see --help for one action, kills, interleavings."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.crash import interleavings, kills, points, scenarios
from tests.crash.town import open_town

MEMORY = Path("/dev/shm")


def main() -> int:
    asked = _arguments()
    started, findings = time.monotonic(), 0
    for kind in asked.database or ("sqlite", "mariadb"):
        with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
            findings += {"points": _points, "kills": _kills, "interleavings": _interleavings}[asked.what](
                kind, Path(folder), asked)
    print(f"{findings} findings, {time.monotonic() - started:.0f} s")
    return 1 if findings else 0


def _points(kind: str, folder: Path, asked: argparse.Namespace) -> int:
    town = open_town(kind, folder)
    chosen = [action for action in scenarios.actions() if not asked.only or action.name in asked.only]
    try:
        reports = points.run(town, chosen)
    finally:
        town.close()
    found = sum(len(report.findings) for report in reports)
    print(f"{kind}: {sum(report.steps for report in reports)} crash points in {len(chosen)} actions"
          f" ({len(reports)} scenarios), {found} findings", flush=True)
    return found


def _kills(kind: str, folder: Path, asked: argparse.Namespace) -> int:
    return kills.run(kind, folder, times=asked.times, seed=asked.seed)


def _interleavings(kind: str, folder: Path, asked: argparse.Namespace) -> int:
    return interleavings.run(kind, folder, most=asked.most, seed=asked.seed, only=asked.only)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash")
    parser.add_argument("what", nargs="?", default="points", choices=("points", "kills", "interleavings"))
    parser.add_argument("--database", action="append", choices=("sqlite", "mariadb"), help="one of the two only")
    parser.add_argument("--only", action="append", help="this action or pair only; may be repeated")
    parser.add_argument("--times", type=int, default=200, help="how many processes are killed")
    parser.add_argument("--most", type=int, default=1_000, help="orders played of each pair")
    parser.add_argument("--seed", type=int, default=20261121)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
