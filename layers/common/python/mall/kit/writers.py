"""Who writes into a SQLite file next: the threads of this process in the order in which they came (先来先写).

SQLite has one writer at a time and no line: who finds the lock taken sleeps, looks again, and whoever looks at the
right moment goes first. Here the lock is asked for by the one whose turn it is, and the turn goes from hand to hand.
Other processes are not in this line; between them the busy timeout stays.

Where others wait already, a transaction that is done does not commit by itself: the next one goes on in a savepoint of
the same transaction, and the last commits for all. Nobody is answered, nor seen by another connection, before that one
durable commit, and who is refused neither: what he was refused for may stand in it alone. When it fails, nothing of any
of them has happened, and each is done again (docs/decisions/0030).
"""

from __future__ import annotations

import threading
from collections import deque
from time import monotonic
from typing import Any

MOST_TOGETHER = 32  # transactions of one commit
TOGETHER_S = 0.02  # a commit is waited for by nobody longer than this and the transaction that runs then


class Shared:
    """One transaction of the database in which several of ours stand one after another, on the connection of the first
    of them; only who has the turn touches it. `in_use`: held while a statement runs on it."""

    def __init__(self, connection: Any, cursor: Any, in_use: threading.Lock):
        self.connection, self.cursor, self.in_use = connection, cursor, in_use
        self.began, self.members = monotonic(), 0
        self.problem: Exception | None = None
        self._waiting: list[threading.Lock] = []

    @property
    def takes_more(self) -> bool:
        return (self.problem is None and 0 < self.members < MOST_TOGETHER and monotonic() - self.began < TOGETHER_S
                and self._is_open())

    def _is_open(self) -> bool:
        """A full disk takes back the whole of it."""
        try:
            return self.connection.in_transaction
        except Exception:
            return False  # the connection is closed

    def say(self, sql: str) -> None:
        with self.in_use:
            self.cursor.execute(sql)

    def wait(self) -> threading.Lock:
        """What can be acquired when it is over."""
        over = threading.Lock()
        over.acquire()
        self._waiting.append(over)
        return over

    def end(self) -> None:
        """By one commit for all that are done, if any; else nothing of it has happened, and `problem` says why, also
        where it stood before: what could not be taken back alone is taken back with all. `tell` them, once the turn is
        another one's."""
        try:
            if self.problem is None:
                self.say("COMMIT" if self.members else "ROLLBACK")
        except Exception as problem:
            self.problem = problem
        finally:
            if self._is_open():
                self.problem = self.problem or RuntimeError("interrupted before the commit")
                self._undo()

    def tell(self) -> None:
        for over in self._waiting:
            over.release()

    def _undo(self) -> None:
        try:
            self.say("ROLLBACK")
        except Exception:
            pass  # it is taken back already, or its connection is closed


class Writers:
    """The line before one database file. `shared`: what the one whose turn it is goes on with, None where he begins;
    touched by him alone."""

    def __init__(self) -> None:
        self._guard, self._waiting, self._taken = threading.Lock(), deque(), False
        self.shared: Shared | None = None

    def enter(self, seconds: float) -> bool:
        """Wait for the turn; False when it did not come in time."""
        place = threading.Lock()
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            place.acquire()
            self._waiting.append(place)
        try:
            return place.acquire(timeout=seconds) or not self._stand_out(place)
        except BaseException:
            if not self._stand_out(place):
                self._give_back()
            raise

    def _give_back(self) -> None:
        """The turn came to one who does not want it any more: who stands behind him goes on, or what is open ends."""
        if self.hand_over():
            return
        shared, self.shared = self.shared, None
        try:
            if shared is not None:
                shared.end()
        finally:
            self.leave()
            if shared is not None:
                shared.tell()

    def leave(self) -> None:
        """The turn goes to who has waited longest."""
        with self._guard:
            if not self._pass_on():
                self._taken = False

    def hand_over(self) -> bool:
        """As `leave`, where somebody waits; else False, and the turn stays."""
        with self._guard:
            return self._pass_on()

    def _pass_on(self) -> bool:
        if not self._waiting:
            return False
        self._waiting.popleft().release()
        return True

    def _stand_out(self, place: threading.Lock) -> bool:
        """Leave the line; False when the turn came at this very moment."""
        with self._guard:
            if place not in self._waiting:
                return False
            self._waiting.remove(place)
            return True
