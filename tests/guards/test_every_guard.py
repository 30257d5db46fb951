"""Every guard in the WHERE of every UPDATE and DELETE: the statement changes the row that fits, and keeps its hands off
one that this guard alone forbids. Taken out, or loosened by one, it fails here; a new statement asks for its case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from mall.kit.db import Database, Instant
from sqlalchemy import Boolean, Integer, Numeric, Table
from sqlalchemy.sql import visitors
from sqlalchemy.types import NullType

from tests.guards import mutants
from tests.guards.cases import CASES, ELSEWHERE, NOW
from tests.support.shop import Shop

pytestmark = pytest.mark.spec("E9", "L3")

STATEMENTS = {f"{module}.{name}": statement for module, name, statement in mutants.statements()
              if mutants.guards_of(statement)}


def test_every_statement_with_a_guard_has_a_case_and_each_guard_a_row_that_it_keeps():
    assert sorted(STATEMENTS) == sorted([*CASES, *ELSEWHERE])
    short = {name for name, case in CASES.items() if len(case.kept) != len(mutants.guards_of(STATEMENTS[name]))}
    assert short == set()


def _filling(type_: Any) -> Any:
    if isinstance(type_, Boolean):
        return False
    if isinstance(type_, (Integer, Numeric)):
        return 0
    if isinstance(type_, Instant):
        return NOW
    return [] if "Json" in type(type_).__name__ else "x"


def _row(table: Table, given: dict[str, Any]) -> dict[str, Any]:
    return {column.name: given[column.name] if column.name in given else
            None if column.nullable and not column.primary_key else _filling(column.type) for column in table.c}


def _asked(statement: Any, given: dict[str, Any]) -> dict[str, Any]:
    kinds: dict[str, Any] = {}  # a value is of its column's kind, and learns it only when the statement is written out
    values = getattr(statement, "_values", None) or {}
    for column, value in (values.items() if isinstance(values, Mapping) else values):
        kind = statement.table.c[getattr(column, "name", column)].type
        visitors.traverse(value, {}, {"bindparam": lambda bind, of=kind: kinds.setdefault(bind.key, of)})
    found: dict[str, Any] = {}

    def note(bind: Any) -> None:
        if bind.required and bind.key not in found:
            kind = kinds.get(bind.key, bind.type) if isinstance(bind.type, NullType) else bind.type
            found[bind.key] = given.get(bind.key, [_filling(kind)] if bind.expanding else _filling(kind))

    visitors.traverse(statement, {}, {"bindparam": note})
    return found


def _touched(database: Database, statement: Any, given: dict[str, Any]) -> int:
    """How many rows the statement changes, where the table holds this one; nothing stays."""

    class Undo(Exception):
        pass

    touched: list[int] = []

    def work(tx: Any) -> None:
        tx.insert(statement.table, **_row(statement.table, given))
        tx.flush()
        touched.append(tx.change(statement, **_asked(statement, given)))
        raise Undo()

    with pytest.raises(Undo):
        database.run(work)
    return touched[0]


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_statement_changes_the_row_that_fits_and_keeps_what_any_one_of_its_guards_forbids(shop: Shop, name: str):
    statement, case = STATEMENTS[name], CASES[name]
    assert _touched(shop.database, statement, case.fits) == 1
    for (_, guard), differs in zip(mutants.guards_of(statement), case.kept, strict=True):
        assert _touched(shop.database, statement, case.fits | differs) == 0, mutants.sql(guard)
        assert _touched(shop.database, mutants.without(statement, guard), case.fits | differs) == 1, mutants.sql(guard)
