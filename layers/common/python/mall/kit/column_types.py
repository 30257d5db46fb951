"""Column types of the house: an instant is aware and in UTC, a document is text; the same on every engine."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.dialects import mysql as mysql_types
from sqlalchemy.types import TypeDecorator

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
    if value is None:
        return None
    moment = value if value.tzinfo is timezone.utc else value.astimezone(timezone.utc)
    return moment.isoformat(" ", "microseconds")[:26]


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
        shape, name = self.shape, self.name
        return lambda text: None if text is None else shape.read(_read(text), name)


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
