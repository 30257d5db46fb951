"""The database of a town, which is put back to where it was: a file of SQLite, a schema of MariaDB."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from mall.kit.db import Database
from mall.kit.schema import metadata
from mall.tables import load_all
from sqlalchemy import create_engine

from infra.local.mariadb import Server
from tests.support import mariadb


class SqliteStore:
    """A file of its own for every life: what the dead still hold open is of no concern to the living."""

    def __init__(self, folder: Path):
        self.folder, self.lives = folder, 0
        empty = folder / "empty.db"
        engine = create_engine(f"sqlite:///{empty}")
        load_all().create_all(engine)
        engine.dispose()
        self.empty = empty.read_bytes()
        self.clear()

    @property
    def path(self) -> Path:
        return self.folder / f"mall-{self.lives}.db"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    def snapshot(self) -> bytes:
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.serialize()

    def restore(self, data: bytes, touched: set[str] | None = None) -> None:
        for end in ("", "-wal", "-shm"):
            Path(f"{self.path}{end}").unlink(missing_ok=True)
        self.lives += 1
        self.path.write_bytes(data)

    def clear(self) -> None:
        self.restore(self.empty)


class MariaStore:
    """One database, whose tables are emptied and filled again: those that changed since they were last read."""

    def __init__(self, name: str, server: Server | None):
        self.url = mariadb.fresh_database(f"mall_crash_{name}", server)
        if self.url is None:
            raise RuntimeError("no MariaDB on this machine")
        one_tls_context()
        engine = create_engine(self.url)
        load_all().create_all(engine)
        engine.dispose()
        self.names = list(metadata.tables)
        self.standing: dict[str, str | None] | None = None  # what the tables held when they were last read or filled
        self._watching: Any = None

    def snapshot(self) -> dict[str, str | None]:
        """For each table the statement that fills it."""
        found = {}
        with self._raw() as cursor:
            for name in self.names:
                cursor.execute(f"SELECT * FROM `{name}`")
                columns, rows = [column[0] for column in cursor.description], cursor.fetchall()
                marks = ", ".join(["%s"] * len(columns))
                head = f"INSERT INTO `{name}` ({', '.join(f'`{column}`' for column in columns)}) VALUES "
                found[name] = head + ", ".join(cursor.mogrify(f"({marks})", row) for row in rows) if rows else None
        self.standing = found
        return found

    def restore(self, data: dict[str, str | None], touched: set[str] | None = None) -> None:
        """`touched`: the tables that may differ, where `data` is what stood there last."""
        names = self.names if touched is None or data is not self.standing else sorted(touched)
        pieces = ["START TRANSACTION", *(f"DELETE FROM `{name}`" for name in names)]
        pieces += [data[name] for name in names if data.get(name)]
        with self._raw() as cursor:
            cursor.execute(";\n".join([*pieces, "COMMIT"]))
            while cursor.nextset():
                pass
        self.standing = data

    def clear(self) -> None:
        self.restore({})

    def waiting(self) -> int:
        """How many wait for a lock of a row at this moment."""
        if self._watching is None:
            self._watching = Database(self.url).link()
        cursor = self._watching._cursor()  # anew each time: a connection that nobody asks for is closed when idle
        cursor.execute("SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'")
        return int(cursor.fetchone()[1])

    @contextmanager
    def _raw(self) -> Iterator[Any]:
        link = Database(self.url).link()
        try:
            yield link._cursor()
        finally:
            link.close()


@functools.cache
def one_tls_context() -> None:
    """The driver reads every certificate of the machine for each connection; here thousands are opened."""
    from pymysql.connections import Connection

    context = Connection._create_ssl_ctx(None, {})
    Connection._create_ssl_ctx = lambda self, options: context
