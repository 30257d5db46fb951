"""A statement of SQLAlchemy Core, compiled once for a dialect, with its values for the driver's own cursor.

The one place that takes from inside SQLAlchemy what it does not promise: how a compiled statement converts its
values, and how a column reads what a cursor gives (`tests/kit/test_statements_contract.py`).
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Iterable, Sequence
from functools import partial
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.sql import ClauseElement

from mall.kit import errors, telemetry
from mall.kit.db_trouble import DuplicateRow

MOST_TEXTS = 256  # of one statement with lists: a text for each combination of their lengths


class Prepared:
    """One statement compiled for one dialect."""

    __slots__ = ("clause", "sql", "mark", "names", "take", "ways", "fixed", "lists", "parts", "texts", "row", "make",
                 "readers", "about")

    def __init__(self, clause: ClauseElement, dialect, column_keys: Sequence[str] | None = None):
        self.clause = clause  # lives as long as this does: it is found by its id, which another object would get
        compiled = clause.compile(dialect=dialect, column_keys=column_keys)
        self.sql = str(compiled)
        self.mark = "?" if dialect.name == "sqlite" else "%s"
        self.lists = re.findall(r"__\[POSTCOMPILE_([0-9A-Za-z_]+)\]", self.sql)
        self.texts: dict[tuple[int, ...], str] = {}
        processors = compiled._bind_processors
        self.names = list(compiled.positiontup or ())
        self.take = itemgetter(*self.names) if len(self.names) > 1 else None
        self.ways = [(index, processors[name]) for index, name in enumerate(self.names) if processors.get(name)]
        ways = dict(self.ways)
        self.parts = [(name, name in self.lists, ways.get(index)) for index, name in enumerate(self.names)]
        self.about = telemetry.numbers_among(self.names)
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
        flat: list[Any] = []
        for name, is_list, way in self.parts:
            given = values[name] if is_list else (values[name],)
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
        if prepared.about:
            telemetry.note_numbers(prepared.about, params)
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


def fresh(statement: ClauseElement) -> ClauseElement:
    """Mark a statement that was put together for this one call (filters of a search)."""
    statement.__dict__["fresh"] = True
    return statement


def among(name: str):
    """A bind parameter that takes a list: `column.in_(among("sku_ids"))`."""
    return bindparam(name, expanding=True)
