"""Imports in the database (商品导入): each by its own id, with what became of it (spec B4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from mall.kit.db import Tx
from mall.tables.goods import imports

_ONE = select(imports).where(imports.c.import_id == bindparam("import_id"))
_LOCKED = _ONE.with_for_update()
_END = (
    update(imports)
    .where(imports.c.import_id == bindparam("of_import"), imports.c.state == "OPEN")
    .values(state=bindparam("to_state"), row_count=bindparam("counted"), row_errors=bindparam("errors"),
            counts=bindparam("of_rows"))
)


def find(tx: Tx, import_id: str) -> Any | None:
    return tx.one(_ONE, import_id=import_id)


def open_import(tx: Tx, import_id: str, *, seller_id: str, staff_id: str, object_key: str, now: datetime) -> Any:
    """The import, held still; the one that is there already when the id was used before."""
    tx.insert_if_absent(imports, import_id=import_id, seller_id=seller_id, staff_id=staff_id, kind="products",
                        object_key=object_key, state="OPEN", row_count=0, row_errors=[], counts=None, created_at=now)
    return tx.one(_LOCKED, import_id=import_id)


def end_import(tx: Tx, import_id: str, state: str, rows: int, errors: list[dict[str, Any]],
               counts: dict[str, int]) -> None:
    """DONE, or PARTLY or REFUSED with the errors of its rows."""
    tx.write(_END, rows=1, of_import=import_id, to_state=state, counted=rows, errors=errors, of_rows=counts)
