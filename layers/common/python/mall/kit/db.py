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

import random
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import insert
from sqlalchemy.engine import make_url
from sqlalchemy.sql import ClauseElement

from mall.kit import deadline, errors, outside, telemetry
from mall.kit.column_types import Instant, Json
from mall.kit.db_trouble import ConnectionLost, DuplicateRow, Interrupted, Unprepared
from mall.kit.statements import Call, Prepared, among, fresh
from mall.kit.transaction import Tx
from mall.kit.writers import Writers

__all__ = ["Call", "ConnectionLost", "Database", "DuplicateRow", "Instant", "Interrupted", "Json", "Tx", "Unprepared",
           "among", "driver_url", "fresh"]

T = TypeVar("T")

ATTEMPTS = 8  # a deadlock or a commit-time conflict is tried again this often, with jitter
PATIENCE_S = 20  # what is still not through after this long is given up, however few the attempts


class Database:
    """A database by URL: `sqlite:///file.db` or `mysql+pymysql://...`. One connection per thread,
    which is one per instance on a function platform."""

    def __init__(self, url: str):
        self.url = make_url(url)
        self.kind = "sqlite" if self.url.get_backend_name() == "sqlite" else "mysql"
        self._dialect = _dialect(self.kind)
        self._prepared: dict[Any, Prepared] = {}
        self._here = threading.local()
        self._links: list[Any] = []
        self._writers = Writers()

    def run(self, work: Callable[..., T], *args: Any,
            prelude: Callable[[Database], Sequence[Call]] | None = None, **kwargs: Any) -> T:
        """Do `work(tx, ...)` in one transaction; again after a deadlock, bounded and with jitter.
        `prelude`: statements that are committed by themselves before it, in the same round trip."""
        started = time.monotonic()
        for attempt in range(1, ATTEMPTS + 1):
            tx = Tx(self, prelude(self) if prelude else ())
            try:
                return self._once(tx, work, *args, **kwargs)
            except Interrupted:
                telemetry.spent().retries += 1
                if _is_last(attempt, started):
                    raise errors.Unavailable() from None
                _wait(attempt)
            except Unprepared as first:
                self._prepare(first, is_last=_is_last(attempt, started))
            except ConnectionLost as lost:
                telemetry.spent().retries += 1
                if not lost.outcome_known or _is_last(attempt, started):
                    raise errors.Unavailable() from lost
                _wait(attempt)
        raise AssertionError("unreachable")

    @staticmethod
    def _once(tx: Tx, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Done and committed, or taken back; a refusal too may turn out to be Interrupted, where what it was decided on
        was never committed."""
        try:
            answer = work(tx, *args, **kwargs)
            tx.commit()
            return answer
        except ConnectionLost:
            outside.leave_transaction()
            raise
        except BaseException:
            tx.rollback()
            raise

    def _prepare(self, first: Unprepared, *, is_last: bool) -> None:
        """What the work needs before it goes on; raises what that raises, and Unavailable when it was tried enough."""
        first.prepare(self)
        if is_last:
            raise errors.Unavailable() from None

    def read(self, work: Callable[[Tx], T]) -> T:
        """Do `work` with reads only, each statement on its own."""
        started = time.monotonic()
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return work(Tx(self, reading=True))
            except Unprepared as first:
                self._prepare(first, is_last=_is_last(attempt, started))
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

            return SqliteLink(self.url, self._writers)
        from mall.kit.mysql_link import MysqlLink

        return MysqlLink(self.url)

    def prepare(self, statement: ClauseElement) -> Prepared:
        """Compiled once: statements are module constants. A clause built on the spot is compiled each time
        (`fresh()` marks it), so that the cache cannot grow."""
        found = self._prepared.get(id(statement))
        if found is None:
            if "fresh" in statement.__dict__:
                return Prepared(statement, self._dialect)
            found = self._prepared[id(statement)] = Prepared(statement, self._dialect)
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
        """Who is still at it hears so from his connection; whoever comes after it opens another one."""
        links, self._links, self._here = self._links, [], threading.local()
        for link in links:
            link.close()


def _dialect(kind: str) -> Any:
    """Loaded when it is wanted: an instance speaks one of them."""
    if kind == "sqlite":
        from sqlalchemy.dialects.sqlite import pysqlite as found
    else:
        from sqlalchemy.dialects.mysql import pymysql as found
    return found.dialect()


def driver_url(url: str) -> Any:
    """The URL without the options that only this module knows: for SQLAlchemy's own engine (migrations)."""
    return make_url(url).difference_update_query(["also", "batch", "session", "tls"])


def _is_last(attempt: int, started: float) -> bool:
    return attempt == ATTEMPTS or time.monotonic() - started > PATIENCE_S or deadline.is_over(deadline.ANSWER_S)


def _wait(attempt: int) -> None:
    """Before the next attempt: who met once should not meet again."""
    time.sleep(random.uniform(0, 0.01 * 2**attempt))
