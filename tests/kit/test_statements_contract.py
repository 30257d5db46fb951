"""What `kit/statements.py` takes from inside SQLAlchemy, beyond what it promises, is still as it was read."""

from __future__ import annotations

import hashlib
import inspect
import re
from datetime import datetime, timezone
from pathlib import Path

import pytest
import sqlalchemy
from mall.kit import statements
from mall.kit.column_types import Instant, Json
from mall.kit.statements import Prepared, among
from sqlalchemy import Column, Integer, MetaData, String, Table, bindparam, insert, select
from sqlalchemy.dialects.mysql import pymysql
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.sql.compiler import ResultColumnsEntry, SQLCompiler
from sqlalchemy.sql.type_api import TypeEngine

pytestmark = pytest.mark.spec("L3")

READ_AT = "2.0.58"
AS_READ = {  # sha256 of the source, by what hangs on it
    "a converter for each bind name that needs one": (
        SQLCompiler.__dict__["_bind_processors"].fget, "633c413fd9887ef1"),
    "a reader for a column's type, None where it needs none": (TypeEngine._cached_result_processor, "593111750937f148"),
    "a result column has its key and its type": (ResultColumnsEntry, "dd297850e1c4ffb3"),
}
MALL = Path(statements.__file__).parents[1]
PRIVATE = re.compile(r"\b(?:compiled|clause|column|bind|type)\w*\._[a-z]\w*|\b_POSTCOMPILE|_cached_\w+_processor")
jars = Table("jars", MetaData(), Column("name", String(64)), Column("seen_at", Instant()), Column("notes", Json()),
             Column("coins", Integer))
AT = datetime(2026, 11, 21, 20, 0, 0, 5, timezone.utc)


@pytest.mark.parametrize("what", AS_READ)
def test_the_insides_are_as_they_were_read(what: str):
    part, known = AS_READ[what]
    found = hashlib.sha256(inspect.getsource(part).encode()).hexdigest()[:16]
    assert found == known, (
        f"SQLAlchemy {sqlalchemy.__version__} changed {part.__qualname__} ({READ_AT} was read), on which"
        f" mall/kit/statements.py hangs: {what}. Read it again, run tests/kit, and write {found} here")


@pytest.mark.parametrize("dialect, at, seen", [
    (pysqlite.dialect(), "2026-11-21 20:00:00.000005", "2026-11-21 20:00:00.000005"),
    (pymysql.dialect(), "2026-11-21 20:00:00.000005", datetime(2026, 11, 21, 20, 0, 0, 5)),
], ids=["sqlite", "mysql"])
def test_values_are_converted_on_their_way_in_and_out(dialect, at, seen):
    written = Prepared(insert(jars), dialect, ("name", "seen_at", "notes", "coins"))
    sql, values = written.bind({"name": "a", "seen_at": AT, "notes": {"x": 1}, "coins": 2})
    assert sql.startswith("INSERT INTO jars") and list(values) == ["a", at, '{"x":1}', 2]
    [row] = Prepared(select(jars), dialect).rows([("a", seen, '{"x":1}', 2)])
    assert (row.name, row.seen_at, row.notes, row.coins) == ("a", AT, {"x": 1}, 2)


def test_a_list_is_written_out_and_what_stands_in_the_statement_is_bound():
    asked = select(jars.c.name).where(jars.c.name.in_(among("names")), jars.c.coins > 3,
                                      jars.c.coins < bindparam("most"))
    prepared = Prepared(asked, pysqlite.dialect())
    for names in (["a", "b"], ["a"], []):
        sql, values = prepared.bind({"names": names, "most": 9})
        assert (sql.count("?"), values) == (len(names) + 2, [*names, 3, 9])


def test_one_file_alone_takes_from_inside_sqlalchemy():
    found = {path.name for path in MALL.rglob("*.py") if PRIVATE.search(path.read_text("utf-8"))}
    assert found == {"statements.py"}
