"""Rows as a test needs many of them: what is not given is empty, nothing or now."""

from __future__ import annotations

from functools import cache
from typing import Any

from mall.kit.db import Instant, Json
from sqlalchemy import Boolean, Integer

from tests.support.shop import Shop


def row(shop: Shop, table: Any, **given: Any) -> dict[str, Any]:
    """Every column of the table: the given value, else None where it may be, else the least of its kind; an order is an
    ordinary one."""
    empty, moments = _empty(table)
    return empty | dict.fromkeys(moments, shop.now) | given


def add(shop: Shop, table: Any, rows: list[dict[str, Any]]) -> None:
    shop.database.run(lambda tx: [tx.insert(table, **row(shop, table, **each)) for each in rows] and None)


@cache
def _empty(table: Any) -> tuple[dict[str, Any], list[str]]:
    """Every column with what stands there when nothing is given, and those of them that are times."""
    empty = {column.name: None if column.nullable else _least(column) for column in table.c}
    moments = [column.name for column in table.c if not column.nullable and isinstance(column.type, Instant)]
    return empty | ({"kind": "NORMAL"} if table.name == "orders" else {}), moments


def _least(column: Any) -> Any:
    kinds = {Json: {}, Boolean: False, Integer: 0}
    return next((value for kind, value in kinds.items() if isinstance(column.type, kind)), "")
