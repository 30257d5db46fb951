"""What can be said about stock (spec B3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from mall.kit.bounds import MAX_STOCK
from mall.kit.errors import BadInput, NotFound, RuleBroken
from mall.kit.outbox import Event


FEW_LEFT = 10  # from here down a buyer reads how many are left; more is nobody's business, however many they ask for


def told(available: int) -> int:
    """What a buyer is told is there: at most FEW_LEFT, which is that many or more."""
    return max(0, min(available, FEW_LEFT))


def short_sentence(available: int) -> str:
    """For a buyer who wants more than there is."""
    return f"库存不足，仅剩 {available} 件" if available <= FEW_LEFT else "库存不足，请减少数量"


class OutOfStock(RuleBroken):
    code, message = "OUT_OF_STOCK", "库存不足，请减少数量或选择其他商品"


class StockBelowZero(RuleBroken):
    code, message = "STOCK_BELOW_ZERO", "可售库存不足，库存不能小于零，请核对数量"


class NoSuchStock(NotFound):
    code, message = "NO_SUCH_STOCK", "该规格在此仓库没有库存记录"


class VirtualFollowsCodes(RuleBroken):
    code, message = "VIRTUAL_FOLLOWS_CODES", "虚拟商品的库存等于卡密数量，请通过添加卡密入库"


class StockTooLarge(RuleBroken):
    code, message = "STOCK_TOO_LARGE", f"一个规格在一个仓库最多 {MAX_STOCK} 件，请核对数量"


class SameWarehouse(BadInput):
    code, message = "SAME_WAREHOUSE", "调出和调入仓库不能相同"


class NothingToMove(BadInput):
    code, message = "NOTHING_TO_MOVE", "库存变动数量不能为零"


def sellable(rows: Iterable[Any]) -> int:
    """How many units of one SKU may be sold at once, of its rows in open warehouses: a line is picked in one of them,
    so the fullest counts (decision 0021); an order of several lines is split over them (`warehouses.choose`). Pages,
    carts and orders all ask here."""
    return max((row.available for row in rows), default=0)


def by_sku(rows: Iterable[Any]) -> dict[str, list[Any]]:
    """The stock rows of each SKU, in their order."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.sku_id, []).append(row)
    return found


def sellable_by_sku(rows: Iterable[Any]) -> dict[str, int]:
    """`sellable` of each SKU among the stock rows."""
    return {sku_id: sellable(own) for sku_id, own in by_sku(rows).items()}


def by_place(pieces: Iterable[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """(sku_id, warehouse_id, quantity) of an order's lines, each place once: one SKU may stand on several lines, and a
    place is moved once for one reason."""
    found: dict[tuple[str, str], int] = {}
    for sku_id, warehouse_id, quantity in pieces:
        found[sku_id, warehouse_id] = found.get((sku_id, warehouse_id), 0) + quantity
    return [(*place, quantity) for place, quantity in sorted(found.items())]


@dataclass(frozen=True)
class StockRanLow(Event):
    """Fewer units than the safe level: time to replenish (补货提醒). Told once per crossing."""

    kind: ClassVar[str] = "stock.stock_ran_low"
    sku_id: str
    warehouse_id: str
    seller_id: str
    available: int
    safe_level: int
