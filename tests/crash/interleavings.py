"""Two actions on the same thing at the same moment, played over their I/O steps in every order.

Each of the two runs in a thread that is an instance of its own. A stage lets exactly one of them go on until
its next step; one that waits for a lock of the database lets the other pass. Whatever the order, the end must
be that of one after the other: every table as after A, B or as after B, A, and no audit finds a breach.
"""

from __future__ import annotations

import itertools
import math
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from mall.kit import clock, outside

from tests.crash import pairs
from tests.crash.points import SENTENCE, SHOWN, Quiet
from tests.crash.summary import differences, ids, summary
from tests.crash.town import Kept, Play, Town, open_town

LOCKED_AFTER_S = 0.05  # no step for so long: the other one holds the lock
GIVE_UP_S = 60
FEWER = {"sqlite": 5}  # writers of SQLite stand in a queue: a part of the orders tells the same


@dataclass
class Report:
    name: str
    steps: tuple[int, int] = (0, 0)
    played: int = 0
    blocked: int = 0  # how often one waited for a lock of the other
    findings: list[str] = field(default_factory=list)


class Player(threading.Thread):
    """One of the two; stands still before each step until the stage lets it go on."""

    def __init__(self, stage: Stage, town: Town, play: Play, late: float):
        super().__init__(daemon=True)
        self.stage, self.town, self.play, self.late = stage, town, play, late
        self.waits, self.done, self.may_go, self.steps = False, False, False, 0
        self.answer: Any = None

    def run(self) -> None:
        self.stage.here.player = self
        try:
            with self.town.own_instance():
                self.stand()  # who comes first is part of the order
                self.answer = self.play()
        except BaseException as problem:
            self.answer = problem
        with self.stage.changed:
            self.done = True
            self.stage.changed.notify_all()

    def stand(self) -> None:
        with self.stage.changed:
            self.waits, self.steps = True, self.steps + 1
            self.stage.changed.notify_all()
            self.stage.changed.wait_for(lambda: self.may_go, GIVE_UP_S)
            self.may_go = False


class Stage:
    def __init__(self) -> None:
        self.changed, self.here, self.blocked = threading.Condition(), threading.local(), 0

    def watch(self, step: str) -> None:
        player = getattr(self.here, "player", None)
        if player is not None and step.startswith("before"):
            player.stand()

    def now(self) -> Any:
        player = getattr(self.here, "player", None)
        return _now() + timedelta(minutes=player.late if player else 0)

    def play(self, town: Town, two: pairs.Pair, order: str) -> list[Player]:
        """`order`: a letter for each step, A or B; what is left over then is played to the end."""
        players = [Player(self, town, play, late) for play, late in zip(two.plays, (0, two.late), strict=True)]
        outside.watch, clock.now = self.watch, self.now
        try:
            for player in players:
                player.start()
                self._rest(player, GIVE_UP_S)
            for letter in order:
                self._go(players["AB".index(letter)])
            ends = time.monotonic() + GIVE_UP_S
            while not all(player.done for player in players) and time.monotonic() < ends:
                if not any([self._go(player) for player in players]):
                    self._rest(players[0], LOCKED_AFTER_S)
        finally:
            outside.watch, clock.now = None, _now
        return players

    def _go(self, player: Player) -> bool:
        """Let it go on until its next step; False when it is done, or waits for a lock still."""
        with self.changed:
            if not player.waits:
                return False
            player.may_go, player.waits = True, False
            self.changed.notify_all()
        if not self._rest(player, LOCKED_AFTER_S):
            self.blocked += 1
        return True

    def _rest(self, player: Player, seconds: float) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: player.waits or player.done, seconds)


_now = clock.now


def run(kind: str, folder: Path, *, most: int, seed: int, only: list[str] | None = None) -> int:
    """Play every pair (or these only); how many findings there were."""
    town, reports = open_town(kind, folder, name="interleavings"), []
    try:
        for name, prepare in pairs.PAIRS.items():
            if not only or name in only:
                reports.append(play(town, name, prepare, max(1, most // FEWER.get(kind, 1)), seed))
                tell(reports[-1], kind)
    finally:
        town.close()
    found = sum(len(report.findings) for report in reports)
    print(f"{kind}: {sum(report.played for report in reports)} interleavings of {len(reports)} pairs,"
          f" {sum(report.blocked for report in reports)} waits for a lock, {found} findings", flush=True)
    return found


def tell(report: Report, kind: str) -> None:
    print(f"{kind:8} {report.name:58} {report.steps[0]:3} x {report.steps[1]:3} steps, {report.played:5} orders,"
          f" {len(report.findings)} findings", flush=True)
    for finding in report.findings[:SHOWN]:
        print(f"         {finding[:SENTENCE]}", file=sys.stderr, flush=True)


def play(town: Town, name: str, prepare: Callable[[Town], pairs.Pair], most: int, seed: int) -> Report:
    report = Report(name)
    with redirect_stdout(Quiet()):
        town.clear()
        two = prepare(town)
        known, kept = ids(town), town.snapshot()
        serial = [_once(town, two, kept, known, order * 400, report) for order in ("A", "B")]
        report.steps = tuple(max(played[1][side] for played in serial) for side in (0, 1))
        for order in orders(*report.steps, most, f"{seed} {name}"):
            end, _ = _once(town, two, kept, known, order, report)
            report.played += 1
            if end not in (serial[0][0], serial[1][0]):
                nearest = min((differences(each[0], end) for each in serial), key=len)
                report.findings += [f"{order}: neither A, B nor B, A: {each}" for each in nearest]
    return report


def _once(town: Town, two: pairs.Pair, kept: Kept, known: set[str], order: str, report: Report) -> tuple:
    town.restore(kept)
    stage = Stage()
    players = stage.play(town, two, order)
    report.blocked += stage.blocked
    for player in players:
        problem = _problem(player)
        if problem:
            report.findings.append(f"{order}: {problem}")
    town.move(two.late)
    town.settle()
    report.findings += [f"{order}: {each}" for each in town.findings()]
    return summary(town, known, two.apart), tuple(player.steps for player in players)


def _problem(player: Player) -> str | None:
    if not player.done:
        return "stands still for ever"
    if isinstance(player.answer, BaseException):
        return f"raises {player.answer!r}"
    return "answers INTERNAL" if "INTERNAL" in str(player.answer) else None


def orders(first: int, second: int, most: int, seed: str) -> Iterator[str]:
    """Every order of so many steps of A and of B when they are few, else `most` of them, drawn by lot."""
    if math.comb(first + second, first) <= most:
        for places in itertools.combinations(range(first + second), first):
            yield "".join("A" if place in places else "B" for place in range(first + second))
        return
    dice, seen = random.Random(seed), set()
    while len(seen) < most:
        letters = list("A" * first + "B" * second)
        dice.shuffle(letters)
        order = "".join(letters)
        if order not in seen:
            seen.add(order)
            yield order
