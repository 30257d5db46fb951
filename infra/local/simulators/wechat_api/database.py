"""The state: one SQLite file. Times are Unix seconds of the simulator's own clock."""

from __future__ import annotations

import sqlite3
import time
from importlib import resources
from pathlib import Path


def open_database(data_dir: str | Path) -> sqlite3.Connection:
    """Open DIR/wechat_api.sqlite, making what is missing. Every write stands in ``with database:``."""
    Path(data_dir).mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(Path(data_dir) / "wechat_api.sqlite", check_same_thread=False)
    database.row_factory = sqlite3.Row
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.executescript(resources.files(__package__).joinpath("schema.sql").read_text("utf-8"))
    return database


def read_setting(database: sqlite3.Connection, name: str, default: float | str) -> float | str:
    row = database.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
    return default if row is None else row["value"]


def write_setting(database: sqlite3.Connection, name: str, value: float | str) -> None:
    with database:
        database.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))


def next_number(database: sqlite3.Connection, name: str, first: int) -> int:
    """The next of a row of whole numbers that begins with ``first``. The caller commits."""
    database.execute(
        "INSERT INTO numbers VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET last = last + 1", (name, first)
    )
    return database.execute("SELECT last FROM numbers WHERE name = ?", (name,)).fetchone()["last"]


class Clock:
    """The real time plus what ``POST /_sim/clock`` has moved it ahead; survives a restart."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self.ahead_s = read_setting(database, "ahead_s", 0)

    def now(self) -> float:
        """Unix seconds."""
        return time.time() + self.ahead_s

    def move(self, ahead_s: float) -> None:
        self.ahead_s = ahead_s
        write_setting(self._database, "ahead_s", ahead_s)
