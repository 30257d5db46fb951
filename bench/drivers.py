"""What the floor stands on: sqlite3 and PyMySQL as they come, with the house's batching and durability.

    driver.ask((sql, values), ...)                    reads outside a transaction, one round trip
    driver.begin(prelude, (sql, values), ...)         prelude by itself, BEGIN, locking reads: one round trip
    driver.finish((sql, values, rows), ...)           guarded writes and COMMIT: one round trip

SQL is written with `?`. A list of rows (tuples) comes back for each question.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pymysql
from pymysql.constants import CLIENT
from sqlalchemy.engine import make_url

Question = tuple[str, tuple]
Write = tuple[str, tuple, int | None]


class Refused(Exception):
    """A guarded write touched another number of rows."""


def connect(url: str) -> Sqlite | MariaDb:
    return Sqlite(url) if url.startswith("sqlite") else MariaDb(url)


class Sqlite:
    ignore, lock = "OR IGNORE", ""

    def __init__(self, url: str):
        self.round_trips = self.statements = 0
        self._connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None,
                                           cached_statements=512, timeout=15)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "temp_store=MEMORY", "cache_size=-32000"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._cursor = self._connection.cursor()

    def moment(self, at: datetime) -> str:
        return at.replace(tzinfo=None).isoformat(" ", "microseconds")

    def read_moment(self, stored: str) -> datetime:
        return datetime.fromisoformat(stored)

    def ask(self, *questions: Question) -> list[list[tuple]]:
        self.statements += len(questions)
        self.round_trips += len(questions)
        return [self._cursor.execute(sql, values).fetchall() for sql, values in questions]

    def begin(self, prelude: Question | None, *questions: Question) -> list[list[tuple]]:
        self._cursor.execute("BEGIN IMMEDIATE")
        if prelude:
            self.ask(prelude)
        return self.ask(*questions)

    def finish(self, *writes: Write) -> None:
        self.statements += len(writes)
        self.round_trips += len(writes)
        for sql, values, rows in writes:
            self._cursor.execute(sql, values)
            if rows is not None and self._cursor.rowcount != rows:
                self.rollback()
                raise Refused()
        self._cursor.execute("COMMIT")

    def rollback(self) -> None:
        if self._connection.in_transaction:
            self._cursor.execute("ROLLBACK")


class MariaDb:
    ignore, lock = "IGNORE", " FOR UPDATE"
    BEGIN = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED;\nSTART TRANSACTION"

    def __init__(self, url: str):
        self.round_trips = self.statements = 0
        where = make_url(url)
        self._connection = pymysql.connect(
            host=where.host, port=where.port, user=where.username, database=where.database, charset="utf8mb4",
            autocommit=True, client_flag=CLIENT.MULTI_STATEMENTS | CLIENT.FOUND_ROWS)
        self._cursor = self._connection.cursor()
        self._marked: dict[str, str] = {}

    def moment(self, at: datetime) -> datetime:
        return at.replace(tzinfo=None)

    def read_moment(self, stored: datetime) -> datetime:
        return stored

    def ask(self, *questions: Question) -> list[list[tuple]]:
        return self._send([], questions, [])

    def begin(self, prelude: Question | None, *questions: Question) -> list[list[tuple]]:
        before = [self._text(*prelude)] if prelude else []
        self.statements += len(before)
        return self._send([*before, self.BEGIN], questions, [])

    def at_once(self, *writes: Write) -> None:
        """BEGIN, guarded writes and COMMIT: one round trip."""
        self.finish(*writes, opening=[self.BEGIN])

    def finish(self, *writes: Write, opening: Sequence[str] = ()) -> None:
        self.statements += len(writes)
        texts = list(opening)
        for sql, values, rows in writes:
            texts.append(self._text(sql, values))
            if rows is not None:
                texts.append(f"SELECT IF(ROW_COUNT() = {rows}, 0, (SELECT 1 UNION ALL SELECT 2))")
        try:
            self._send(texts, (), ["COMMIT"])
        except pymysql.err.MySQLError as problem:
            self.rollback()
            raise Refused() from problem

    def rollback(self) -> None:
        self._connection.query("ROLLBACK")

    def _send(self, before: list[str], questions: tuple[Question, ...], after: list[str]) -> list[list[tuple]]:
        self.round_trips += 1
        self.statements += len(questions)
        cursor = self._cursor
        texts = [*before, *[self._text(sql, values) for sql, values in questions], *after]
        cursor.execute(";\n".join(texts))
        answers = [cursor.fetchall()] if cursor.description else []
        while cursor.nextset():
            if cursor.description:
                answers.append(cursor.fetchall())
        return answers

    def _text(self, sql: str, values: tuple) -> str:
        marked = self._marked.get(sql)
        if marked is None:
            marked = self._marked[sql] = sql.replace("%", "%%").replace("?", "%s")
        return self._cursor.mogrify(marked, values)


Driver = Any
