"""`python -m tests.crash`: all crash points on both databases; see --help for one action, kills, interleavings."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from functools import partial
from typing import Any

from mall.app import registry

from tests.crash import counts, interleavings, kills, pairs, points, scenarios
from tests.crash.places import places, spread
from tests.crash.town import Town

KINDS = ("sqlite", "mariadb")
SHOWN, SENTENCE = 6, 600  # findings of one play, characters of one finding


def main() -> int:
    asked = _arguments()
    asked.database = tuple(asked.database or KINDS)
    started = time.monotonic()
    findings = {"points": _points, "kills": _kills, "interleavings": _interleavings}[asked.what](asked)
    print(f"{findings} findings, {time.monotonic() - started:.0f} s")
    return 1 if findings else 0


# points

def _points(asked: argparse.Namespace) -> int:
    chosen = [action for action in scenarios.actions() if not asked.only or action.name in asked.only]
    tasks = [(kind, (action.name, name)) for kind in asked.database for action in chosen
             for name, _ in scenarios.scenarios_of(action)]
    reports: dict[str, list[points.Report]] = {kind: [] for kind in asked.database}
    for kind, report in spread(_play_points, tasks, kinds=asked.database, workers=asked.workers):
        note = "" if report.worked else "  (refused when undisturbed)"
        print(f"{kind:8} {report.name:70} {report.steps:4} crash points, {len(report.findings)} findings{note}",
              flush=True)
        _show(report.findings)
        reports[kind].append(report)
    return sum(_sum_points(kind, reports[kind], asked) for kind in asked.database)


def _play_points(town: Town, task: tuple[str, str]) -> tuple[str, points.Report]:
    action = registry.load()[task[0]]
    return town.kind, points.play(town, action, task[1], dict(scenarios.scenarios_of(action))[task[1]])


def _sum_points(kind: str, reports: list[points.Report], asked: argparse.Namespace) -> int:
    kinds: Counter = sum((report.kinds for report in reports), Counter())
    found = sum(len(report.findings) for report in reports)
    actions = len({report.action for report in reports})
    print(f"{kind}: {sum(kinds.values())} crash points in {actions} actions ({len(reports)} scenarios),"
          f" {found} findings", flush=True)
    for each in counts.POINT_KINDS:
        print(f"    {each:18} {kinds[each]:6}")
    if not asked.only:
        counts.write("points", kind, counts.point_row(kind, actions, len(reports), kinds, found))
    return found


# kills

def _kills(asked: argparse.Namespace) -> int:
    found = 0
    with places(1, asked.database) as [place]:
        for kind in asked.database:
            own = place.folder / f"kills-{kind}"  # WeChat's books of one run are not those of the other
            own.mkdir()
            sums = kills.run(kind, own, times=asked.times, seed=asked.seed, server=place.server)
            counts.write("kills", kind, counts.row(kind, sums.kills, sums.acknowledged, sums.findings))
            found += sums.findings
    return found


# interleavings

def _interleavings(asked: argparse.Namespace) -> int:
    tasks = [(kind, name) for kind in asked.database for name in pairs.PAIRS if not asked.only or name in asked.only]
    work = partial(_play_pair, most=asked.most, seed=asked.seed)
    reports: dict[str, list[interleavings.Report]] = {kind: [] for kind in asked.database}
    for kind, report in spread(work, tasks, kinds=asked.database, workers=asked.workers):
        print(f"{kind:8} {report.name:44} {report.steps[0]:2} x {report.steps[1]:2} steps, {report.played:5} of"
              f" {report.possible:,} orders, {report.ends} states, {report.seconds:.0f} s,"
              f" {len(report.findings)} findings", flush=True)
        _show(report.findings)
        reports[kind].append(report)
    return sum(_sum_pairs(kind, reports[kind], asked) for kind in asked.database)


def _play_pair(town: Town, name: str, *, most: int, seed: int) -> tuple[str, interleavings.Report]:
    return town.kind, interleavings.play(town, name, pairs.PAIRS[name], most, seed)


def _sum_pairs(kind: str, reports: list[interleavings.Report], asked: argparse.Namespace) -> int:
    played, found = sum(each.played for each in reports), sum(len(each.findings) for each in reports)
    whole = sum(each.played == each.possible for each in reports)
    blocked = sum(each.blocked for each in reports)
    print(f"{kind}: {played} interleavings of {len(reports)} pairs, {whole} of them in every order, {blocked} waits"
          f" for a lock, {found} findings", flush=True)
    if not asked.only:
        counts.write("interleavings", kind, counts.row(kind, len(reports), whole, played, blocked, found))
    return found


def _show(findings: list[Any]) -> None:
    for finding in findings[:SHOWN]:
        print(f"         {finding[:SENTENCE]}", file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash")
    parser.add_argument("what", nargs="?", default="points", choices=("points", "kills", "interleavings"))
    parser.add_argument("--database", action="append", choices=KINDS, help="one of the two only")
    parser.add_argument("--only", action="append", help="this action or pair only; may be repeated")
    parser.add_argument("--workers", type=int, default=1, help="processes that share the work (not of kills)")
    parser.add_argument("--times", type=int, default=200, help="how many processes are killed")
    parser.add_argument("--most", type=int, default=1_000, help="orders played of each pair")
    parser.add_argument("--seed", type=int, default=20261121)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
