"""A crowd of threads before one SQLite file, and what its jars hold."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

from mall.kit import errors
from mall.kit.db import Database
from sqlalchemy import Column, Integer, MetaData, String, Table, bindparam, make_url, select, update

jars = Table("jars", MetaData(), Column("name", String(64), primary_key=True), Column("coins", Integer, nullable=False))
ALL = select(jars).order_by(jars.c.name)
ADD = update(jars).where(jars.c.name == bindparam("of")).values(coins=jars.c.coins + bindparam("number"))


class Refused(errors.RuleBroken):
    code = "REFUSED"


def coins(database: Database) -> dict[str, int]:
    return {row.name: row.coins for row in database.read(lambda tx: tx.all(ALL))}


def kept(file: str) -> dict[str, int]:
    """What another process would read now."""
    with closing(sqlite3.connect(make_url(file).database)) as other:
        return dict(other.execute("SELECT name, coins FROM jars"))


def add(tx: Any, name: str = "a", number: int = 1) -> None:
    tx.change(ADD, of=name, number=number)


def when(condition: Callable[[], Any]) -> None:
    """Wait until it holds."""
    pause = threading.Event()
    for _ in range(2_000):
        if condition():
            return
        pause.wait(0.005)
    raise AssertionError("it never came to hold")


class Crowd:
    """Threads that come to the database one after another, each only when the one before stands in the line."""

    def __init__(self, bank: Database):
        self.bank, self.answers, self.threads = bank, {}, []

    def comes(self, name: str, work: Callable[[Any], Any]) -> None:
        def run() -> None:
            try:
                self.answers[name] = self.bank.run(work)
            except Exception as problem:
                self.answers[name] = problem

        standing = len(self.bank._writers._waiting)
        self.threads.append(threading.Thread(target=run, daemon=True))
        self.threads[-1].start()
        when(lambda: len(self.bank._writers._waiting) == standing + 1)

    def goes(self) -> dict[str, Any]:
        for thread in self.threads:
            thread.join(20)
            assert not thread.is_alive()
        return self.answers
