"""Rows as a test needs many of them: what is not given is empty, nothing or now."""

from __future__ import annotations

from typing import Any

from mall.kit.db import Instant, Json
from sqlalchemy import Boolean, Integer

from tests.support.shop import Shop


def row(shop: Shop, table: Any, **given: Any) -> dict[str, Any]:
    """Every column of the table: the given value, else None where it may be, else the least of its kind; an order is an
    ordinary one."""
    empty = {column.name: None if column.nullable else _least(column, shop) for column in table.c}
    return empty | ({"kind": "NORMAL"} if table.name == "orders" else {}) | given


def add(shop: Shop, table: Any, rows: list[dict[str, Any]]) -> None:
    shop.database.run(lambda tx: [tx.insert(table, **row(shop, table, **each)) for each in rows] and None)


def _least(column: Any, shop: Shop) -> Any:
    kinds = {Instant: shop.now, Json: {}, Boolean: False, Integer: 0}
    return next((value for kind, value in kinds.items() if isinstance(column.type, kind)), "")
