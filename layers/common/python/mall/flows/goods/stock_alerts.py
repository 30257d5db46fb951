"""Stock that ran low reaches those who replenish it: a case for each crossing, closed when it is filled up (B3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mall.domains.cases import store as cases
from mall.domains.cases.rules import CaseKind
from mall.domains.stock import store
from mall.kit.db import Tx


def tell(tx: Tx, sku_id: str, warehouse_id: str, now: datetime) -> None:
    """Open the case, or open it again: it is a new crossing. Nothing where the place was filled up since."""
    place = store.place(tx, sku_id, warehouse_id)
    if place is None or not place.below_safe or place.available >= place.safe_level:
        return
    cases.open_case(
        tx, kind=CaseKind.STOCK_LOW, reference=_reference(sku_id, warehouse_id), seller_id=place.seller_id,
        sentence=f"库存预警：{_name(place)} 可售 {place.available} 件，低于安全库存 {place.safe_level} 件",
        next_step="补货后用 stock.adjust_stock 或库存表格入库；库存恢复后本条自动关闭",
        data={"sku_id": sku_id, "warehouse_id": warehouse_id, "spu_id": place.spu_id, "sku_code": place.sku_code,
              "available": place.available, "safe_level": place.safe_level}, now=now, comes_again=True)


def clear(tx: Tx, sku_id: str, warehouse_id: str, now: datetime) -> bool:
    """The place was filled up: its alert is over, and so is its case. Whether it was this call that ended it."""
    if not store.clear_alert(tx, sku_id, warehouse_id):
        return False
    cases.resolve_about(tx, CaseKind.STOCK_LOW.value, _reference(sku_id, warehouse_id), "库存已恢复", now)
    return True


def _reference(sku_id: str, warehouse_id: str) -> str:
    return f"{sku_id} {warehouse_id}"


def _name(place: Any) -> str:
    specs = " ".join(place.spec_values)
    return f"{place.title[:64]}{f' {specs[:32]}' if specs else ''}（{place.sku_code}）"
