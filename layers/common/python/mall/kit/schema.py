"""The one metadata of the mall, and the column kinds every table is made of.

Rules of the house: ids are our own time-ordered strings, no auto-increment, no foreign-key cascade
(a sharded engine can hold every table); what belongs to a seller carries `seller_id` (spec E13).
A column that a table gets later is optional or has a `default`, which the server writes where older code, still
running beside the new, names no value (docs/deploy.md).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text, UniqueConstraint, false,
)
from sqlalchemy.dialects.mysql import LONGTEXT, MEDIUMTEXT

from mall.kit.db import Instant, Json
from mall.kit.documents import Shape
from mall.kit.scope import PLATFORM as DEFAULT_SELLER
from mall.kit.sealed import KeyedHash, SealedJson, SealedText

metadata = MetaData()
MYSQL = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}


def table(name: str, *parts) -> Table:
    return Table(name, metadata, *parts, **MYSQL)


def id_column(name: str, *, key: bool = False, optional: bool = False) -> Column:
    """One of our ids (30 characters), or a short foreign one."""
    return Column(name, String(64), primary_key=key, nullable=optional)


def seller_column() -> Column:
    """Whose it is, where code of before this column writes rows beside us: the platform's, until they are filled in."""
    return Column("seller_id", String(64), nullable=False, server_default=DEFAULT_SELLER)


def text_column(name: str, length: int, *, optional: bool = False, key: bool = False,
                default: str | None = None) -> Column:
    return Column(name, String(length), nullable=optional, primary_key=key, server_default=default)


def long_text_column(name: str, *, optional: bool = False) -> Column:
    """Text of many thousand letters, of four bytes each: MySQL's TEXT ends at 65,535 bytes."""
    return Column(name, Text().with_variant(MEDIUMTEXT(), "mysql"), nullable=optional)


def document_column(name: str, *, optional: bool = False) -> Column:
    """Long text kept as it is (a stored answer, a settings document)."""
    return Column(name, Text().with_variant(LONGTEXT(), "mysql"), nullable=optional)


def count_column(name: str, *, optional: bool = False, key: bool = False, default: str | None = None) -> Column:
    return Column(name, Integer, nullable=optional, primary_key=key, autoincrement=False, server_default=default)


def fen_column(name: str, *, optional: bool = False, default: str | None = None) -> Column:
    return Column(name, BigInteger, nullable=optional, server_default=default)


def flag_column(name: str, *, default: str | None = None) -> Column:
    """`default`: "0" or "1"."""
    return Column(name, Boolean(create_constraint=False), nullable=False, server_default=default)


def open_flag_column(name: str) -> Column:
    """A flag that is false where code of before this column writes the row."""
    return Column(name, Boolean(create_constraint=False), nullable=False, server_default=false())


def time_column(name: str, *, optional: bool = False) -> Column:
    return Column(name, Instant(), nullable=optional)


def json_column(name: str, *, optional: bool = False, shape: Shape | None = None) -> Column:
    """A document, read as `shape` says; without one it is a list or map of plain values, or nobody looks into it."""
    return Column(name, Json(shape, name), nullable=optional)


def version_columns(*, changed_at: bool = True, changed_by: bool = True) -> tuple[Column, ...]:
    """Which version of a document that is saved as a whole this is, and who made it when (`kit.versions`)."""
    version = Column("version", Integer, nullable=False, server_default="1")
    return (version, *([time_column("changed_at", optional=True)] if changed_at else []),
            *([text_column("changed_by", 64, optional=True)] if changed_by else []))


def sealed_column(place: str, length: int, *, optional: bool = False) -> Column:
    """Personal data at `place` ("members.phone"), of at most `length` letters, encrypted in the row."""
    return Column(place.split(".")[1], SealedText(place, length), nullable=optional)


def sealed_json_column(place: str, shape: Shape | None = None, *, optional: bool = False) -> Column:
    """A document of personal data, encrypted as a whole."""
    return Column(place.split(".")[1], SealedJson(place, shape), nullable=optional)


def keyed_hash_column(place: str, *, optional: bool = False) -> Column:
    """What a sealed value is found by, exactly."""
    return Column(place.split(".")[1], KeyedHash(place), nullable=optional)


__all__ = [
    "DEFAULT_SELLER", "Index", "UniqueConstraint", "count_column", "document_column", "fen_column", "flag_column",
    "id_column", "json_column", "keyed_hash_column", "long_text_column", "metadata", "open_flag_column",
    "sealed_column", "sealed_json_column", "seller_column", "table", "text_column", "time_column", "version_columns",
]
