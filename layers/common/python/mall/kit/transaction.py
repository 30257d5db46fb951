"""One transaction: it reads at once and queues its writes, which go to the server together with COMMIT."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy.sql import ClauseElement

from mall.kit import outside, telemetry
from mall.kit.statements import Call

_ABOUT = re.compile(
    r"(SELECT|INSERT|UPDATE|DELETE)\b.*?(?:\bFROM |\bINTO |(?<=UPDATE ))[`\"]?([0-9A-Za-z_]+)", re.DOTALL)


class Tx:
    """Reads happen at once, writes at the end (or before the next read). `database`: the mall.kit.db.Database."""

    def __init__(self, database: Any, prelude: Sequence[Call] = (), *, reading: bool = False):
        self._database = database
        self._link = database.link()
        self._prelude = list(prelude)
        self._writes: list[Call] = []
        self._hot: list[tuple[tuple, Call]] = []
        self._open = False
        self._reading = reading
        self.request_id = ""  # of the call this transaction belongs to; events carry it on
        self.events = 0  # how many events it tells

    @property
    def key_ring(self) -> Any:
        """What the sealed columns of this database are opened and found with."""
        return self._database._dialect.key_ring

    # reading

    def one(self, statement: ClauseElement, **params: Any):
        """The first row, or None."""
        found = self.all(statement, **params)
        return found[0] if found else None

    def all(self, statement: ClauseElement, **params: Any) -> list:
        return self.fetch((statement, params))[0]

    def fetch(self, *questions: tuple[ClauseElement, dict[str, Any]]) -> list[list]:
        """Several reads in one round trip: one list of rows each."""
        if self._writes or self._hot:
            self.flush()
        calls = [Call(self._database.prepare(statement), params) for statement, params in questions]
        answers = self._run(calls)
        return [call.prepared.rows(raw) for call, (_, raw) in zip(calls, answers, strict=True)]

    # writing

    def write(self, statement: ClauseElement, *, rows: int | None = None, otherwise: Exception | None = None,
              duplicate: Exception | None = None, hot: tuple | None = None, **params: Any) -> None:
        """Queue a write. `rows`: how many it must touch, else `otherwise` is raised and nothing is
        kept. `duplicate`: raised when a unique key refuses. `hot`: sort key of a contended row."""
        call = Call(self._database.prepare(statement), params, rows, otherwise, duplicate)
        if hot is None:
            self._writes.append(call)
        else:
            self._hot.append((hot, call))

    def insert(self, table, *, duplicate: Exception | None = None, **values: Any) -> None:
        """Queue the insertion of one row."""
        prepared = self._database.prepare_insert(table, tuple(values))
        self._writes.append(Call(prepared, values, duplicate=duplicate))

    def insert_if_absent(self, table, **values: Any) -> None:
        """Queue an insertion that does nothing where the key is already there."""
        self._writes.append(Call(self._database.prepare_insert(table, tuple(values), ignore=True), values))

    def insert_many_if_absent(self, table, rows: Sequence[dict[str, Any]]) -> None:
        """As `insert_if_absent`, for many rows with the same columns in one statement."""
        if rows:
            prepared = self._database.prepare_insert(table, tuple(rows[0]), ignore=True)
            self._writes.append(Call.of_many(prepared, rows))

    def change(self, statement: ClauseElement, **params: Any) -> int:
        """Run a write now and tell how many rows it touched: for decisions that hang on it."""
        self.flush()
        return self._run([Call(self._database.prepare(statement), params)])[0][0]

    def flush(self) -> None:
        """Send the queued writes now (a read that must see them follows)."""
        calls = self._take_queue()
        if calls:
            for call, (touched, _) in zip(calls, self._run(calls), strict=True):
                call.check(touched)

    # ending

    def commit(self) -> None:
        calls = self._take_queue()
        if self._open or calls or self._prelude:
            prelude, opening = self._begin()
            self._send(calls, prelude, opening, closing=True)
            self._open = False
        outside.leave_transaction()

    def rollback(self) -> None:
        self._writes, self._hot = [], []
        outside.leave_transaction()
        if self._open:
            self._open = False
            self._link.rollback()

    def _take_queue(self) -> list[Call]:
        calls = self._writes + [call for _, call in sorted(self._hot, key=lambda pair: pair[0])]
        self._writes, self._hot = [], []
        return calls

    def _run(self, calls: list[Call]) -> list[tuple[int, list]]:
        if self._reading:
            return self._send(calls, (), opening=False, closing=False)
        prelude, opening = self._begin()
        outside.enter_transaction()
        return self._send(calls, prelude, opening, closing=False)

    def _begin(self) -> tuple[list[Call], bool]:
        """What goes before it, and whether it is opened now; then a failure on the way has to be rolled back. Raises
        RuntimeError inside of another one: that would wait for itself, or be committed with it."""
        opening, prelude = not self._open, self._prelude
        if opening and self._link.is_within:
            raise RuntimeError("a transaction is opened inside another one")
        self._prelude, self._open = [], True
        return prelude, opening

    def _send(self, calls: list[Call], prelude: Sequence[Call], opening: bool, closing: bool) -> list:
        """One trip to the server (on SQLite one for each statement), counted for the invocation."""
        link, spent = self._link, telemetry.spent()
        before = link.round_trips
        try:
            if telemetry.recorder is None:
                return link.run(calls, prelude=prelude, opening=opening, closing=closing)
            with telemetry.span("commit" if closing else "read" if self._reading else "sql", kind="database",
                                statements=len(prelude) + len(calls), tables=_tables([*prelude, *calls])):
                return link.run(calls, prelude=prelude, opening=opening, closing=closing)
        finally:
            spent.round_trips += link.round_trips - before


def _tables(calls: Sequence[Call]) -> str:
    """What the statements do with which tables, without a value: for a span."""
    found = (_ABOUT.search(call.sql) for call in calls)
    return ", ".join(dict.fromkeys(f"{match[1]} {match[2]}" for match in found if match))[:500]
