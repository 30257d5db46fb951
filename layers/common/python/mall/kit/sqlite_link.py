"""One connection to a SQLite file: a laptop's database, durable, with its writers in a queue."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Callable

from mall.kit import outside
from mall.kit.db import LOCK_WAIT_S, Call, Interrupted
from mall.kit.letters import lower


def _lower(text: str | None) -> str | None:
    return None if text is None else lower(text)


def _sha2(text: str, bits: int) -> str:
    return hashlib.new(f"sha{bits}", text.encode()).hexdigest()


class SqliteLink:
    """One SQLite connection: WAL, durable (`synchronous=FULL`), writers in a queue."""

    def __init__(self, url, writing: threading.Lock):
        self.round_trips = self.statements = 0
        self._writing, self._holding = writing, False
        self._connection = sqlite3.connect(url.database, isolation_level=None, timeout=LOCK_WAIT_S,
                                           cached_statements=512, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "temp_store=MEMORY", "cache_size=-32000",
                       "case_sensitive_like=ON"):  # as in the MySQL family, whose texts are compared letter by letter
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.create_function("lower", 1, _lower, deterministic=True)  # SQLite's own knows ASCII only
        self._connection.create_function("SHA2", 2, _sha2, deterministic=True)  # as MySQL has it
        self._cursor = self._connection.cursor()

    def run(self, calls, *, prelude, opening, closing):
        if opening:
            self._begin()
        answers = []
        for call in (*prelude, *calls):
            answers.append(self._execute(call, check=closing))
        if closing:
            self._step("commit", self._commit)
        return answers[len(prelude):]

    def _begin(self) -> None:
        if not self._writing.acquire(timeout=LOCK_WAIT_S):
            raise Interrupted("too many writers are waiting")
        self._holding = True
        try:
            self._cursor.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as busy:
            self._release()
            raise Interrupted(str(busy)) from busy

    def _execute(self, call: Call, check: bool) -> tuple[int, list]:
        cursor = self._cursor
        self.statements += 1
        self.round_trips += 1
        outside.step("before sql")
        try:
            cursor.execute(call.sql, call.values)
        except sqlite3.IntegrityError as refused:
            if "UNIQUE" in str(refused):
                raise call.refused_duplicate(refused) from refused
            raise
        except sqlite3.OperationalError as busy:
            if "locked" in str(busy) or "busy" in str(busy):
                raise Interrupted(str(busy)) from busy
            raise
        rows = cursor.fetchall() if call.prepared.row else []
        if check:
            call.check(cursor.rowcount)
        outside.step("after sql")
        return cursor.rowcount, rows

    def _step(self, name: str, action: Callable[[], None]) -> None:
        outside.step(f"before {name}")
        action()
        outside.step(f"after {name}")

    def _commit(self) -> None:
        try:
            self._cursor.execute("COMMIT")
        except sqlite3.OperationalError as busy:
            raise Interrupted(str(busy)) from busy
        self._release()

    def rollback(self) -> None:
        if self._connection.in_transaction:
            self._cursor.execute("ROLLBACK")
        self._release()

    def _release(self) -> None:
        if self._holding:
            self._holding = False
            self._writing.release()

    def close(self) -> None:
        self._connection.close()
