"""Jars with coins: the table that the tests of transactions write to."""

from __future__ import annotations

from mall.kit import errors
from mall.kit.db import Database, Instant, Json, among
from sqlalchemy import Boolean, Column, Integer, MetaData, String, Table, bindparam, delete, select, update

metadata = MetaData()
jars = Table(
    "kit_jars", metadata, Column("name", String(64), primary_key=True), Column("coins", Integer, nullable=False),
    Column("seen_at", Instant()), Column("notes", Json()), Column("shut", Boolean(create_constraint=False)),
    mysql_engine="InnoDB", mysql_charset="utf8mb4", mysql_collate="utf8mb4_bin")

ONE = select(jars).where(jars.c.name == bindparam("name"))
ALL = select(jars).order_by(jars.c.name)
SOME = select(jars.c.name).where(jars.c.name.in_(among("names"))).order_by(jars.c.name)
LOCK = ONE.with_for_update()
TAKE = (
    update(jars).where(jars.c.name == bindparam("of"), jars.c.coins >= bindparam("number"))
    .values(coins=jars.c.coins - bindparam("number"))
)
ADD = update(jars).where(jars.c.name == bindparam("of")).values(coins=jars.c.coins + bindparam("number"))
EMPTY = delete(jars)


class TooFew(errors.RuleBroken):
    code = "TOO_FEW"


class Taken(errors.Conflict):
    code = "TAKEN"


def put(tx, name: str, coins: int, **more) -> None:
    tx.insert(jars, **{"name": name, "coins": coins, "seen_at": None, "notes": None, "shut": False, **more})


def coins(database: Database) -> dict[str, int]:
    return {row.name: row.coins for row in database.read(lambda tx: tx.all(ALL))}


def trips(database: Database, work) -> tuple[int, int]:
    """Round trips and statements of one transaction on a warm connection."""
    link = database.link()
    before = link.round_trips, link.statements
    database.run(work)
    return link.round_trips - before[0], link.statements - before[1]
