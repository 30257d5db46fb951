"""Warehouses (仓库): which there are, and where the lines of an order are picked (spec G1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from mall.domains.stock.rules import OutOfStock
from mall.kit.errors import NotFound, RuleBroken

MAIN_WAREHOUSE = "whs_00000000000000000000000001"  # of each seller; goods come in there where nobody says another
MAIN_NAME = "主仓"
MOST_WAREHOUSES = 50  # of one seller
FIRST_PRIORITY = 0
EVERYWHERE = ()  # regions of a warehouse that serves all places alike


class WarehouseNotFound(NotFound):
    code, message = "WAREHOUSE_NOT_FOUND", "仓库不存在，请从仓库列表中选择"
    field = "warehouse_id"


class WarehouseClosed(RuleBroken):
    code, message = "WAREHOUSE_CLOSED", "仓库已停用，不能再调入库存"


class TooManyWarehouses(RuleBroken):
    code, message = "TOO_MANY_WAREHOUSES", f"仓库最多 {MOST_WAREHOUSES} 个，请修改或启用已有的仓库"


class Line(NamedTuple):
    """What is to be picked: so many pieces of a SKU, for a line of an order."""

    line_id: str
    sku_id: str
    quantity: int


def distance(regions: Sequence[str] | None, places: Sequence[str]) -> int:
    """How far a warehouse that serves `regions` is from a place, which goes by `places`, the most exact first: the
    district it serves, the city, the province, then who serves everywhere, then who serves others."""
    served = regions or EVERYWHERE
    for number, place in enumerate(places):
        if place in served:
            return number
    return len(places) + (1 if served else 0)


def nearest_first(stock: Mapping[str, Sequence[Any]], places: Sequence[str]) -> list[str]:
    """The warehouses of these stock rows, by SKU: nearest first, then by priority."""
    found = {row.warehouse_id: (distance(row.regions, places), row.priority or FIRST_PRIORITY, row.warehouse_id)
             for rows in stock.values() for row in rows}
    return sorted(found, key=found.__getitem__)


def choose(lines: Sequence[Line], stock: Mapping[str, Sequence[Any]], places: Sequence[str]) -> dict[str, str]:
    """`spread`, where all is there. Raises OutOfStock; the guard of the write has the last word."""
    found, short = spread(lines, stock, places)
    if short:
        raise OutOfStock(field="lines", sku_id=short[0].sku_id)
    return found


def spread(lines: Sequence[Line], stock: Mapping[str, Sequence[Any]],
           places: Sequence[str]) -> tuple[dict[str, str], list[Line]]:
    """Where each line is picked, by its id: in the nearest warehouse that has all of them; where none has, in as few as
    may be, each line whole, of those that take as many the nearest. And the lines that none has. `stock`: the rows of
    each SKU in open warehouses."""
    near = nearest_first(stock, places)
    left = {(row.warehouse_id, sku_id): row.available for sku_id, rows in stock.items() for row in rows}
    found: dict[str, str] = {}
    waiting = list(lines)
    while waiting:
        picked = max(((warehouse_id, _picked(waiting, warehouse_id, left)) for warehouse_id in near),
                     key=lambda each: len(each[1]), default=("", []))  # of equals the first
        if not picked[1]:
            break
        for line in picked[1]:
            found[line.line_id] = picked[0]
            left[picked[0], line.sku_id] -= line.quantity
        waiting = [line for line in waiting if line.line_id not in found]
    return found, waiting


def _picked(lines: Sequence[Line], warehouse_id: str, left: Mapping[tuple[str, str], int]) -> list[Line]:
    """Which of the lines one warehouse has, each whole, together."""
    found, taken = [], dict[str, int]()
    for line in lines:
        so_many = taken.get(line.sku_id, 0) + line.quantity
        if so_many <= left.get((warehouse_id, line.sku_id), 0):
            taken[line.sku_id] = so_many
            found.append(line)
    return found
