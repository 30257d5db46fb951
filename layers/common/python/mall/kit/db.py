"""Transactions over SQLite and the MySQL family: few round trips, guarded writes, the hot row last.

Statements are SQLAlchemy Core expressions, built once at import and compiled once per dialect; they
run on the driver's own cursor (five times faster than the Connection object, limits.md).

A transaction (`Tx`) reads at once and queues its writes. At the end the queue goes to the server in
one round trip together with COMMIT: plain writes in the order they were queued, then the rows that
everybody wants (`hot=`), sorted by key. A write may state how many rows it must touch; a mismatch
rolls everything back and raises the error given with it. So "compare and swap" is one line:

    tx.write(TAKE, rows=1, otherwise=OutOfStock(sku_id=sku_id), hot=("stock", sku_id), ...)

On the MySQL side the guard is checked by the server between the write and COMMIT. What the URL may say:

    ?batch=off            one statement at a time, for a proxy that refuses several at once; a node of a Galera
                          cluster is found out and always gets them so
    ?session=off          nothing that changes a session: the server itself must be set to READ COMMITTED and
                          utf8mb4, which is looked at once for each connection
    ?also=HOST:PORT,...   further nodes of a cluster, tried in turn where the first does not serve
    ?tls=on               demand TLS and check the server's name
"""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections import namedtuple
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timezone
from functools import partial
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import String, Text, bindparam, insert
from sqlalchemy.dialects import mysql as mysql_types
from sqlalchemy.engine import make_url
from sqlalchemy.sql import ClauseElement
from sqlalchemy.types import TypeDecorator

from mall.kit import deadline, errors, outside, telemetry

T = TypeVar("T")

ATTEMPTS = 8  # a deadlock or a commit-time conflict is tried again this often, with jitter
LOCK_WAIT_S = 15
MOST_TEXTS = 256  # of one statement with lists: a text for each combination of their lengths
PATIENCE_S = 20  # what is still not through after this long is given up, however few the attempts

_ABOUT = re.compile(r"(SELECT|INSERT|UPDATE|DELETE)\b.*?(?:\bFROM |\bINTO |(?<=UPDATE ))[`\"]?(\w+)", re.DOTALL)
_decoder = json.JSONDecoder()  # json.loads and json.dumps look at their options at every call
_read_json, _scan_json = _decoder.decode, _decoder.scan_once
_write_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Instant(TypeDecorator):
    """An aware UTC datetime: DATETIME(6) on MySQL, sortable text on SQLite."""

    impl = String(26)
    cache_ok = True

    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(mysql_types.DATETIME(fsp=6) if dialect.name == "mysql" else String(26))

    def bind_processor(self, dialect):  # and not process_bind_param, which costs a call more for each value
        return _instant_text

    def result_processor(self, dialect, coltype):
        return _aware if dialect.name == "mysql" else _moment


def _instant_text(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(timezone.utc).isoformat(" ", "microseconds")[:26]


def _aware(value: datetime | None) -> datetime | None:
    return None if value is None else value.replace(tzinfo=timezone.utc)


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(f"{value}+00:00")


class Json(TypeDecorator):
    """A JSON document as text: never queried inside, so that every engine is the same. `shape` (mall.kit.documents)
    says how what another release wrote is read."""

    impl = Text
    cache_ok = True

    def __init__(self, shape: Any = None, name: str = ""):
        super().__init__()
        self.shape, self.name = shape, name

    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(mysql_types.LONGTEXT() if dialect.name == "mysql" else Text())

    def bind_processor(self, dialect):
        if self.shape is None:
            return _document
        return lambda value: _document(self.shape.write(value))

    def result_processor(self, dialect, coltype):
        if self.shape is None:
            return _read
        return lambda text: self.shape.read(_read(text), self.name)


def _document(value: Any) -> str | None:
    return None if value is None else _write_json(value)


def _read(text: str | None) -> Any:
    """What `_document` wrote, without the two searches for blanks that json.loads does around it."""
    if text is None:
        return None
    try:
        value, end = _scan_json(text, 0)
    except StopIteration:
        end = -1
    return value if end == len(text) else _read_json(text)


class DuplicateRow(Exception):
    """A unique key refused the row, and the write named no error of its own for it."""


class Interrupted(Exception):
    """Deadlock, lock wait or commit conflict: nothing happened, the work may be done again."""


class Unprepared(Exception):
    """A value can be written or read only after `prepare(database)`, which is not done inside a transaction:
    nothing happened, it is done now, and then the work again."""

    def __init__(self, prepare: Callable[[Database], None]):
        super().__init__("a column needs something that is not here yet")
        self.prepare = prepare


class Missed(Exception):
    """A guard found something else than was read a moment before: nothing happened. When a fresh look says that the
    work may go through after all, it is done once more, with fresh reads; else `refusal` is raised."""

    def __init__(self, refusal: Exception, may_go_through: Callable[[Tx], bool]):
        super().__init__(str(refusal))
        self.refusal, self.may_go_through = refusal, may_go_through


class ConnectionLost(Exception):
    """The server went away. `outcome_known` is False when COMMIT was under way."""

    def __init__(self, outcome_known: bool):
        super().__init__("database connection lost")
        self.outcome_known = outcome_known


class Prepared:
    """One statement compiled for one dialect."""

    __slots__ = ("sql", "mark", "names", "take", "ways", "fixed", "lists", "texts", "row", "make", "readers")

    def __init__(self, clause: ClauseElement, dialect, column_keys: Sequence[str] | None = None):
        compiled = clause.compile(dialect=dialect, column_keys=column_keys)
        self.sql = str(compiled)
        self.mark = "?" if dialect.name == "sqlite" else "%s"
        self.lists = re.findall(r"__\[POSTCOMPILE_(\w+)\]", self.sql)
        self.texts: dict[tuple[int, ...], str] = {}
        processors = compiled._bind_processors
        self.names = list(compiled.positiontup or ())
        self.take = itemgetter(*self.names) if len(self.names) > 1 else None
        self.ways = [(index, processors[name]) for index, name in enumerate(self.names) if processors.get(name)]
        self.fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        columns = getattr(compiled, "_result_columns", None) or ()
        self.row = namedtuple("Row", [c.keyname for c in columns], rename=True) if columns else None
        self.make = partial(tuple.__new__, self.row)
        self.readers = []
        for index, column in enumerate(columns):
            reader = column.type._cached_result_processor(dialect, None)
            if reader:
                self.readers.append((index, reader))

    def bind(self, params: dict[str, Any]) -> tuple[str, Sequence[Any]]:
        values = {**self.fixed, **params} if self.fixed else params
        if self.lists:
            return self._bind_lists(values)
        if self.take is None:
            flat = [values[name] for name in self.names]
        elif not self.ways:
            return self.sql, self.take(values)
        else:
            flat = list(self.take(values))
        for index, way in self.ways:
            flat[index] = way(flat[index])
        return self.sql, flat

    def _bind_lists(self, values: dict[str, Any]) -> tuple[str, list[Any]]:
        sizes = tuple([len(values[name]) for name in self.lists])
        sql = self.texts.get(sizes)
        if sql is None:
            if len(self.texts) == MOST_TEXTS:
                self.texts.clear()
            sql = self.texts[sizes] = self._text(sizes)
        flat, ways = [], dict(self.ways)
        for index, name in enumerate(self.names):
            given, way = values[name] if name in self.lists else (values[name],), ways.get(index)
            flat.extend([way(value) for value in given] if way else given)
        return sql, flat

    def _text(self, sizes: tuple[int, ...]) -> str:
        sql = self.sql
        for name, size in zip(self.lists, sizes, strict=True):
            sql = sql.replace(f"__[POSTCOMPILE_{name}]", ", ".join([self.mark] * size) or "NULL", 1)
        return sql

    def rows(self, raw: Iterable[tuple]) -> list:
        make, readers = self.make, self.readers
        if not readers:
            return [make(values) for values in raw]
        found = []
        for values in raw:
            changed = list(values)
            for index, reader in readers:
                changed[index] = reader(changed[index])
            found.append(make(changed))
        return found


class Call:
    """A statement with its values, and what must hold after it."""

    __slots__ = ("prepared", "sql", "values", "rows", "otherwise", "duplicate")

    def __init__(self, prepared: Prepared, params: dict[str, Any], rows=None, otherwise=None, duplicate=None):
        self.prepared = prepared
        self.sql, self.values = prepared.bind(params)
        telemetry.note_numbers(params)
        self.rows, self.otherwise, self.duplicate = rows, otherwise, duplicate

    @classmethod
    def of_many(cls, prepared: Prepared, rows: Sequence[dict[str, Any]]) -> Call:
        """One INSERT of many rows: a fifth of the time of as many statements."""
        call = cls(prepared, rows[0])
        head, _, one = call.sql.rpartition(" VALUES ")
        call.sql = f"{head} VALUES {', '.join([one] * len(rows))}"
        call.values = [value for row in rows for value in prepared.bind(row)[1]]
        return call

    def check(self, touched: int) -> None:
        if self.rows is not None and touched != self.rows:
            raise self.refusal()

    def refusal(self) -> Exception:
        return self.otherwise if self.otherwise is not None else errors.Conflict()

    def refused_duplicate(self, cause: Exception) -> Exception:
        return self.duplicate if self.duplicate is not None else DuplicateRow(str(cause))


class Tx:
    """One transaction. Reads happen at once, writes at the end (or before the next read)."""

    def __init__(self, database: Database, prelude: Sequence[Call] = (), *, reading: bool = False):
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
            prelude, self._prelude = self._prelude, []
            opening, self._open = not self._open, True  # a failure on the way still has to be rolled back
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
        prelude, self._prelude = self._prelude, []
        opening, self._open = not self._open, True
        outside.enter_transaction()
        return self._send(calls, prelude, opening, closing=False)

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


class Database:
    """A database by URL: `sqlite:///file.db` or `mysql+pymysql://...`. One connection per thread,
    which is one per instance on a function platform."""

    def __init__(self, url: str):
        self.url = make_url(url)
        self.kind = "sqlite" if self.url.get_backend_name() == "sqlite" else "mysql"
        self._dialect = _dialect(self.kind)
        self._prepared: dict[Any, Prepared] = {}
        self._kept: list[Any] = []
        self._here = threading.local()
        self._links: list[Any] = []
        self._writing = threading.Lock()  # threads of one process queue here, not in SQLite's busy loop

    def run(self, work: Callable[..., T], *args: Any,
            prelude: Callable[[Database], Sequence[Call]] | None = None, **kwargs: Any) -> T:
        """Do `work(tx, ...)` in one transaction; again after a deadlock, bounded and with jitter, and once after a
        guard that missed what has only moved.
        `prelude`: statements that are committed by themselves before it, in the same round trip."""
        started, looked_again = time.monotonic(), False
        for attempt in range(1, ATTEMPTS + 1):
            tx = Tx(self, prelude(self) if prelude else ())
            try:
                answer = work(tx, *args, **kwargs)
                tx.commit()
                return answer
            except Interrupted:
                tx.rollback()
                telemetry.spent().retries += 1
                if _is_last(attempt, started):
                    raise errors.Unavailable() from None
                _wait(attempt)
            except Unprepared as first:
                tx.rollback()
                if attempt == ATTEMPTS:
                    raise
                first.prepare(self)
            except Missed as missed:
                tx.rollback()
                self._look_again(missed, is_last=looked_again or _is_last(attempt, started))
                looked_again = True
            except ConnectionLost as lost:
                outside.leave_transaction()
                telemetry.spent().retries += 1
                if not lost.outcome_known or _is_last(attempt, started):
                    raise errors.Unavailable() from lost
                _wait(attempt)
            except BaseException:
                tx.rollback()
                raise
        raise AssertionError("unreachable")

    def _look_again(self, missed: Missed, *, is_last: bool) -> None:
        """Nothing, if the work may go through now; else its refusal is raised."""
        if is_last or not self.read(missed.may_go_through):
            raise missed.refusal from None
        telemetry.spent().retries += 1

    def read(self, work: Callable[[Tx], T]) -> T:
        """Do `work` with reads only, each statement on its own."""
        started = time.monotonic()
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return work(Tx(self, reading=True))
            except Unprepared as first:
                if attempt == ATTEMPTS:
                    raise
                first.prepare(self)
            except (Interrupted, ConnectionLost):
                telemetry.spent().retries += 1
                if _is_last(attempt, started):
                    raise errors.Unavailable() from None
                _wait(attempt)
        raise AssertionError("unreachable")

    def equip(self, **things: Any) -> None:
        """What column types need, found by them as attributes of the dialect that they are handed."""
        self._dialect.__dict__.update(things)

    def link(self):
        link = getattr(self._here, "link", None)
        if link is None:
            link = self._here.link = self._open()
            self._links.append(link)
        return link

    def _open(self):
        """The links stand on this module, and an instance needs one of them."""
        if self.kind == "sqlite":
            from mall.kit.sqlite_link import SqliteLink

            return SqliteLink(self.url, self._writing)
        from mall.kit.mysql_link import MysqlLink

        return MysqlLink(self.url)

    def prepare(self, statement: ClauseElement) -> Prepared:
        """Compiled once: statements are module constants. A clause built on the spot is compiled each time
        (`fresh()` marks it), so that the cache cannot grow."""
        if "fresh" in statement.__dict__:
            return Prepared(statement, self._dialect)
        found = self._prepared.get(id(statement))
        if found is None:
            found = self._prepared[id(statement)] = Prepared(statement, self._dialect)
            self._kept.append(statement)  # an id stays true only while its object lives
        return found

    def prepare_insert(self, table, keys: tuple[str, ...], ignore: bool = False) -> Prepared:
        found = self._prepared.get((table.name, keys, ignore))
        if found is None:
            clause = insert(table)
            if ignore:
                clause = clause.prefix_with("OR IGNORE", dialect="sqlite").prefix_with("IGNORE", dialect="mysql")
            found = self._prepared[(table.name, keys, ignore)] = Prepared(clause, self._dialect, keys)
        return found

    def close(self) -> None:
        for link in self._links:
            link.close()
        self._links = []
        self._here = threading.local()


def _dialect(kind: str) -> Any:
    """Loaded when it is wanted: an instance speaks one of them."""
    if kind == "sqlite":
        from sqlalchemy.dialects.sqlite import pysqlite as found
    else:
        from sqlalchemy.dialects.mysql import pymysql as found
    return found.dialect()


def _tables(calls: Sequence[Call]) -> str:
    """What the statements do with which tables, without a value: for a span."""
    found = (_ABOUT.search(call.sql) for call in calls)
    return ", ".join(dict.fromkeys(f"{match[1]} {match[2]}" for match in found if match))[:500]


def driver_url(url: str) -> Any:
    """The URL without the options that only this module knows: for SQLAlchemy's own engine (migrations)."""
    return make_url(url).difference_update_query(["also", "batch", "session", "tls"])


def _is_last(attempt: int, started: float) -> bool:
    return attempt == ATTEMPTS or time.monotonic() - started > PATIENCE_S or deadline.is_over(deadline.ANSWER_S)


def _wait(attempt: int) -> None:
    """Before the next attempt: who met once should not meet again."""
    time.sleep(random.uniform(0, 0.01 * 2**attempt))


def fresh(statement: ClauseElement) -> ClauseElement:
    """Mark a statement that was put together for this one call (filters of a search)."""
    statement.__dict__["fresh"] = True
    return statement


def among(name: str):
    """A bind parameter that takes a list: `column.in_(among("sku_ids"))`."""
    return bindparam(name, expanding=True)
