"""Warehouses in the database. The main one of a seller is there before anybody has written of it: its row is made when
it is first named by staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from mall.domains.stock.warehouses import (
    FIRST_PRIORITY, MAIN_NAME, MAIN_WAREHOUSE, MOST_WAREHOUSES, TooManyWarehouses, WarehouseClosed, WarehouseNotFound,
)
from mall.kit import divisions, versions
from mall.kit.db import Tx
from mall.kit.ids import new_id
from mall.kit.versions import Seen
from mall.tables.goods import warehouses

_ALL = (
    select(warehouses)
    .where(warehouses.c.seller_id == bindparam("seller_id"))
    .order_by(warehouses.c.priority, warehouses.c.warehouse_id)
)
_LOCKED = _ALL.with_for_update()
_ONE = select(warehouses).where(warehouses.c.seller_id == bindparam("seller_id"),
                                warehouses.c.warehouse_id == bindparam("warehouse_id"))
_CHANGE = (
    versions.change(warehouses)
    .where(warehouses.c.seller_id == bindparam("of_seller"), warehouses.c.warehouse_id == bindparam("of_warehouse"))
    .values(name=bindparam("new_name"), province=bindparam("new_province"), city=bindparam("new_city"),
            district=bindparam("new_district"), detail=bindparam("new_detail"), regions=bindparam("new_regions"),
            priority=bindparam("new_priority"), active=bindparam("new_active"))
)
SAVED = ("name", "province", "city", "district", "detail", "regions", "priority", "active")
_MAIN = {"name": MAIN_NAME, "province": "", "city": "", "district": "", "detail": "", "regions": [],
         "priority": FIRST_PRIORITY, "active": True}


def open_main(tx: Tx, seller_id: str, now: datetime) -> None:
    """The main warehouse of a seller, as it is while nobody has said anything of it; harmless when it is there."""
    tx.insert_if_absent(warehouses, seller_id=seller_id, warehouse_id=MAIN_WAREHOUSE, created_at=now, **_MAIN)


def every(tx: Tx, seller_id: str) -> list[Any]:
    """The seller's warehouses, those that are closed too, by priority; the main one has no row before it is saved."""
    return tx.all(_ALL, seller_id=seller_id)


def ask_every(seller_id: str):
    """The question for the same."""
    return _ALL, {"seller_id": seller_id}


def names_of(rows: list[Any]) -> dict[str, str]:
    """{warehouse: its name} of all of a seller's."""
    return {MAIN_WAREHOUSE: MAIN_NAME} | {row.warehouse_id: row.name for row in rows}


def require(tx: Tx, warehouse_id: str, seller_id: str, *, field: str = "warehouse_id", is_filled: bool = False) -> None:
    """Raises WarehouseNotFound for what is no warehouse of the seller's, and, where goods are to go there
    (`is_filled`), WarehouseClosed."""
    row = tx.one(_ONE, seller_id=seller_id, warehouse_id=warehouse_id)
    if row is None and warehouse_id != MAIN_WAREHOUSE:
        raise WarehouseNotFound(field=field)
    if is_filled and row is not None and not row.active:
        raise WarehouseClosed(field=field)


def _where(told: dict[str, Any]) -> dict[str, str]:
    """Where it is, by official names; nothing where nobody says. Raises UnknownDivision."""
    parts = ("province", "city", "district")
    if not any(told[part] for part in parts):
        return {}
    return dict(zip(parts, divisions.place(*(told[part] for part in parts)), strict=False))


def save(tx: Tx, warehouse_id: str | None, seller_id: str, seen: Seen, **told: Any) -> tuple[str, int, Any | None]:
    """Its id (a new one without `warehouse_id`), its version, and its row of before. `told`: what SAVED names; places
    are kept by their official names. Raises UnknownDivision, WarehouseNotFound, TooManyWarehouses, ChangedMeanwhile."""
    told |= _where(told)
    told["regions"] = sorted(set(divisions.keys(told["regions"], "regions")))
    if warehouse_id == MAIN_WAREHOUSE:
        open_main(tx, seller_id, seen.now)
    known = {row.warehouse_id: row for row in tx.all(_LOCKED, seller_id=seller_id)}
    if warehouse_id is None:
        if len(known.keys() | {MAIN_WAREHOUSE}) >= MOST_WAREHOUSES:
            raise TooManyWarehouses(most=MOST_WAREHOUSES)
        made = new_id("whs")
        tx.insert(warehouses, seller_id=seller_id, warehouse_id=made, created_at=seen.now, version=1,
                  changed_at=seen.now, changed_by=seen.who, **told)
        return made, 1, None
    before = known.get(warehouse_id)
    if before is None:
        raise WarehouseNotFound(field="warehouse_id")
    version = versions.save(tx, _CHANGE, before, seen, of_seller=seller_id, of_warehouse=warehouse_id,
                            **{f"new_{name}": told[name] for name in SAVED})
    return warehouse_id, version, before
