"""One connection to a SQLite file: a laptop's database, durable, with its writers in a line."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Callable

from mall.kit import deadline, outside
from mall.kit.db_trouble import ConnectionLost, Interrupted
from mall.kit.deadline import ANSWER_S, DATABASE, LEAST_S
from mall.kit.letters import lower
from mall.kit.statements import Call
from mall.kit.writers import Shared, Writers

LOCK_WAIT_S = 15


def _lower(text: str | None) -> str | None:
    return None if text is None else lower(text)


def _sha2(text: str, bits: int) -> str:
    return hashlib.new(f"sha{bits}", text.encode()).hexdigest()


class SqliteLink:
    """One SQLite connection: WAL, durable (`synchronous=FULL`). A transaction stands on it, or in a savepoint on the
    connection of the thread that it shares a commit with (`kit/writers.py`)."""

    def __init__(self, url, writers: Writers):
        self.round_trips = self.statements = 0
        self._database, self._writers = url.database, writers
        self._is_a_file = url.database not in (None, "", ":memory:")  # each connection to such a one is its own
        self._shared: Shared | None = None  # from BEGIN to the end: it is this thread's turn
        self._is_first = False
        self._open()

    def _open(self) -> None:
        self._connection = sqlite3.connect(self._database, isolation_level=None, timeout=LOCK_WAIT_S,
                                           cached_statements=512, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "temp_store=MEMORY", "cache_size=-32000",
                       "case_sensitive_like=ON"):  # as in the MySQL family, whose texts are compared letter by letter
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.create_function("lower", 1, _lower, deterministic=True)  # SQLite's own knows ASCII only
        self._connection.create_function("SHA2", 2, _sha2, deterministic=True)  # as MySQL has it
        self._cursor = self._connection.cursor()
        self._in_use = threading.Lock()  # while a statement runs: who closes it may be another thread

    @property
    def is_within(self) -> bool:
        """Whether a transaction is open."""
        return self._shared is not None

    def run(self, calls, *, prelude, opening, closing):
        if opening:
            self._begin()
        on = self._shared
        cursor, in_use = (on.cursor, on.in_use) if on else (self._cursor, self._in_use)
        answers = [self._execute(cursor, in_use, call, check=closing) for call in (*prelude, *calls)]
        if closing:
            self._step("commit", self._commit)
        return answers[len(prelude):]

    def _begin(self) -> None:
        if not self._writers.enter(deadline.left_s(LOCK_WAIT_S, ANSWER_S)):
            raise Interrupted("too many writers are waiting")
        self._shared, self._is_first = self._writers.shared, self._writers.shared is None
        try:
            if self._is_first:
                shared = Shared(self._connection, self._cursor, self._in_use)
                shared.say("BEGIN IMMEDIATE")
                self._shared = self._writers.shared = shared
            else:
                self._shared.say("SAVEPOINT member")
        except BaseException as problem:
            self._end_turn()
            if isinstance(problem, sqlite3.OperationalError):
                raise Interrupted(str(problem)) from problem
            raise

    def _execute(self, cursor: sqlite3.Cursor, in_use: threading.Lock, call: Call, check: bool) -> tuple[int, list]:
        self.statements += 1
        self.round_trips += 1
        outside.step("before sql")
        try:
            with in_use:
                cursor.execute(call.sql, call.values)
                touched, rows = cursor.rowcount, cursor.fetchall() if call.prepared.row else []
        except sqlite3.IntegrityError as refused:
            if "UNIQUE" in str(refused):
                raise call.refused_duplicate(refused) from refused
            raise
        except sqlite3.OperationalError as busy:
            if "locked" in str(busy) or "busy" in str(busy):
                raise Interrupted(str(busy)) from busy
            raise
        if check:
            call.check(touched)
        outside.step("after sql")
        return touched, rows

    def _step(self, name: str, action: Callable[[], None]) -> None:
        outside.step(f"before {name}")
        action()
        outside.step(f"after {name}")

    def _commit(self) -> None:
        """Durable when it comes back, by a commit of its own or by that of who goes on. Raises Interrupted when
        nothing has happened, ConnectionLost when that is not known."""
        shared = self._shared
        if not self._is_first:
            shared.say("RELEASE member")
        shared.members += 1
        self._see_the_end(shared, self._end_turn())

    def _see_the_end(self, shared: Shared, over: threading.Lock | None) -> None:
        """Wait until what was shared is durable; raises what `_commit` raises."""
        if over is not None and not over.acquire(timeout=_left_s()):
            if shared.connection is self._connection:
                self._open()  # the other one stays with those who are at it
            raise ConnectionLost(outcome_known=False)
        if shared.problem is not None:
            raise Interrupted(str(shared.problem)) from shared.problem

    def _end_turn(self) -> threading.Lock | None:
        """Hand the transaction on to who waits, and give what can be acquired when it is over; else end it, and the
        turn with it."""
        shared, self._shared = self._shared, None
        if shared is not None and shared.takes_more and self._is_a_file:
            over = shared.wait()
            if self._writers.hand_over():
                return over
        try:
            self._writers.shared = None
            if shared is not None:
                shared.end()
        finally:
            self._writers.leave()
            if shared is not None:
                shared.tell()
        return None

    def rollback(self) -> None:
        """Who stood in others' transaction has read what they wrote: he too waits for its end. Raises Interrupted where
        nothing of it has happened, ConnectionLost where that is not known."""
        shared = self._shared
        if shared is None:
            return
        if self._is_first:
            self._end_turn()
            return
        try:
            if shared.connection.in_transaction:
                shared.say("ROLLBACK TO member")
                shared.say("RELEASE member")
        except Exception as problem:
            shared.problem = problem  # his rows must not go out with those of the others
        self._see_the_end(shared, self._end_turn())

    def close(self) -> None:
        """Once the statement that runs on it is through: closed under it, SQLite would end the interpreter. Whoever is
        within a transaction hears at its next statement that it is closed, and nothing of it is kept."""
        with self._in_use:
            self._connection.close()


def _left_s() -> float:
    """How long the commit of another one is waited for."""
    try:
        return deadline.left_s(DATABASE.read_s, ANSWER_S)
    except deadline.NoTimeLeft:
        return LEAST_S
