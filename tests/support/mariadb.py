"""The tests' own MariaDB, in `<repository>/.test/mariadb`.

Started once and left running between runs; the workers of a parallel run share it (the folder's file
lock lets one of them start it). `python -m infra.local.mariadb stop --folder .test/mariadb` ends it.
"""

from __future__ import annotations

import functools
import re
import sys
from pathlib import Path

from infra.local import mariadb

FOLDER = Path(__file__).resolve().parents[2] / ".test" / "mariadb"
# Nobody here pulls the plug of the server: what is killed are the mall's processes. So it need not wait for the disk.
QUICK = ("--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync", "--innodb-doublewrite=OFF")


@functools.cache
def server() -> mariadb.Server | None:
    """The running server, or None (with a loud line) where MariaDB cannot be had: the tests then skip."""
    if not mariadb.ensure_installed():
        return None
    try:
        return mariadb.start(FOLDER, settings=QUICK)
    except mariadb.MariaDBFailed as problem:
        print(f"!!! MariaDB DOES NOT START, its tests are skipped: {problem}", file=sys.stderr, flush=True)
        return None


def fresh_database(name: str, running: mariadb.Server | None = None) -> str | None:
    """An empty database of this name as SQLAlchemy URL; what was in it before is gone. None as `server()`,
    which is the server where no other is given.

    Workers of a parallel run must ask for different names, e.g. with the worker's id in it.
    """
    if not re.fullmatch(r"[a-z0-9_]{1,64}", name):
        raise ValueError(f"{name!r} must be 1 to 64 of a-z, 0-9 and _")
    running = running or server()
    if running is None:
        return None
    with running.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
    return running.database_url(name)


def drop_database(name: str) -> None:
    """Leave nothing behind on the shared server."""
    running = server()
    if running is not None:
        with running.connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
