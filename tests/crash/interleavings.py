"""Two actions on the same thing at the same moment, played over their I/O steps in every order.

Each of the two runs in a thread that is an instance of its own. A stage lets exactly one of them go on until
its next step; one that waits for a lock of the database lets the other pass. Whatever the order, the end must
be that of one after the other: every table as after A, B or as after B, A, and no audit finds a breach.

On MariaDB a step is a round trip. On SQLite what stands between BEGIN and COMMIT is one step: nobody sees into
it, and nobody else writes meanwhile, so that orders which differ only in there are the same order.
"""

from __future__ import annotations

import itertools
import math
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from mall.kit import clock, key_ring, outside

from tests.crash import pairs
from tests.crash.points import Quiet
from tests.crash.summary import Sight, differences
from tests.crash.stores import MariaStore
from tests.crash.town import Kept, Play, Town

AT_ONCE_S, LOOK_EVERY_S = 0.002, 0.002  # a step takes less; from then on it is looked whether it waits for a lock
GIVE_UP_S = 20


@dataclass
class Report:
    name: str
    steps: tuple[int, int] = (0, 0)
    possible: int = 0  # so many orders are there
    played: int = 0
    ends: int = 0  # states in which the two left the town
    blocked: int = 0  # how often one waited for a lock of the other
    seconds: float = 0
    findings: list[str] = field(default_factory=list)


def play(town: Town, name: str, prepare: Callable[[Town], pairs.Pair], most: int, seed: int) -> Report:
    started = time.monotonic()
    with redirect_stdout(Quiet()):
        town.clear()
        _make_keys(town.shop.house)
        found = _Game(town, prepare(town), Report(name)).play(most, f"{seed} {name}")
    found.seconds = time.monotonic() - started
    return found


def _make_keys(house: Any) -> None:
    """As a shop that is open has them: else the first to seal something makes them, and who is refused before does
    not."""
    key_ring.make_first(house.database, house.world.door("key_service"))


class _Game:
    """All orders of one pair."""

    def __init__(self, town: Town, two: pairs.Pair, report: Report):
        self.town, self.two, self.report = town, two, report
        self.kept: Kept = town.snapshot()
        self.sight = Sight(town, two.apart)
        self.became: dict[str, tuple[dict, list[str]]] = {}  # a state that was reached: how it ends, what was found

    def play(self, most: int, seed: str) -> Report:
        serial = [self._once(order * 400) for order in ("A", "B")]
        first, second = (max(players[side].steps for _, players in serial) for side in (0, 1))
        ends = [end for end, _ in serial]
        self.report.steps, self.report.possible = (first, second), math.comb(first + second, first)
        for order in orders(first, second, most, seed):
            end, _ = self._once(order)
            self.report.played += 1
            if end not in ends:
                nearest = min((differences(each, end) for each in ends), key=len)
                self.report.findings += [f"{order}: neither A, B nor B, A: {each}" for each in nearest]
        self.report.ends = len(self.became)
        return self.report

    def _once(self, order: str) -> tuple[dict, list[Player]]:
        self.town.restore(self.kept)
        stage = Stage(self.town)
        players = stage.play(self.two, order)
        self.report.blocked += stage.blocked
        self.report.findings += [f"{order}: {problem}" for problem in map(_problem, players) if problem]
        state = self.sight.exact()
        if state not in self.became:  # else it goes on as before
            self.town.move(self.two.late)
            self.town.settle()
            self.became[state] = self.sight.end(), self.town.findings()
        end, found = self.became[state]
        self.report.findings += [f"{order}: {each}" for each in found]
        return end, players


class Player(threading.Thread):
    """One of the two; stands still before each step until the stage lets it go on."""

    def __init__(self, stage: Stage, seat: str, play: Play, late: float):
        super().__init__(daemon=True)
        self.stage, self.seat, self.perform, self.late = stage, seat, play, late
        self.waits, self.done, self.may_go, self.steps = False, False, False, 0
        self.link: Any = None  # its connection to the database
        self.answer: Any = None

    def run(self) -> None:
        self.stage.here.player = self
        try:
            with self.stage.town.own_instance(self.seat):
                self.stand()  # who comes first is part of the order
                self.answer = self.perform()
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
    def __init__(self, town: Town) -> None:
        self.town, self.blocked, self.players = town, 0, []
        self.changed, self.here = threading.Condition(), threading.local()
        self.locks = isinstance(town.store, MariaStore)

    def play(self, two: pairs.Pair, order: str) -> list[Player]:
        """`order`: a letter for each step, A or B; what is left over then is played to the end."""
        self.players = [Player(self, *each) for each in zip("AB", two.plays, (0, two.late), strict=True)]
        outside.watch, clock.now, self.town.meet = self.watch, self.now, self.meet
        try:
            for player in self.players:
                player.start()
                self._rest(player)
            for letter in order:
                self._go(self.players["AB".index(letter)])
            ends = time.monotonic() + GIVE_UP_S
            while not all(player.done for player in self.players) and time.monotonic() < ends:
                for player in self.players:
                    self._go(player)
        finally:
            outside.watch, clock.now, self.town.meet = None, _now, lambda link: None
        return self.players

    def _go(self, player: Player) -> None:
        """Let it go on until its next step, or until it waits for a lock; then the other has its turn."""
        if not self._rest(player):
            return  # it waits for the lock still
        with self.changed:
            if player.done:
                return
            player.may_go, player.waits = True, False
            self.changed.notify_all()
        if not self._rest(player):
            self.blocked += 1

    def _rest(self, player: Player) -> bool:
        """Until it stands before its next step, or is done; False when it waits for a lock of the database."""
        ends = time.monotonic() + GIVE_UP_S
        with self.changed:
            at_rest = self.changed.wait_for(lambda: player.waits or player.done, AT_ONCE_S)
        while not at_rest and time.monotonic() < ends:
            if self.locks and self.town.store.waiting():
                return False
            with self.changed:
                at_rest = self.changed.wait_for(lambda: player.waits or player.done, LOOK_EVERY_S)
        return at_rest

    # where the players stand still

    def watch(self, step: str) -> None:
        player = getattr(self.here, "player", None)
        if player is None or not step.startswith("before"):
            return
        if self.locks or player.link is None or not player.link._connection.in_transaction:
            player.stand()

    def meet(self, link: Any) -> None:
        """A player's new connection: on SQLite it stands still before BEGIN, and no more until COMMIT."""
        player = getattr(self.here, "player", None)
        if player is None or self.locks:
            return
        begin, player.link = link._begin, link

        def stand_and_begin() -> None:
            player.stand()
            begin()

        link._begin = stand_and_begin

    def now(self) -> Any:
        player = getattr(self.here, "player", None)
        return _now() + timedelta(minutes=player.late if player else 0)


_now = clock.now


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
