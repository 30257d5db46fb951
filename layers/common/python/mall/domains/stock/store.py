"""Stock by SKU and warehouse, and its ledger: available + held = sum of the entries (spec B3).

Every movement is a guarded update and an entry with a unique reference, so that a movement that comes
twice changes nothing. The stock row is hot: it is touched last (`hot=`), in sorted order.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select, update

from mall.domains.stock.rules import OutOfStock
from mall.kit.db import Tx, among
from mall.kit.errors import Conflict
from mall.kit.ids import new_id
from mall.tables.goods import stock_entries, stock_items

MAIN_WAREHOUSE = "whs_00000000000000000000000001"
i = stock_items.c

_OF_SKUS = select(stock_items).where(i.sku_id.in_(among("sku_ids"))).order_by(i.sku_id, i.warehouse_id)
_MOVE = (
    update(stock_items)
    .where(
        i.sku_id == bindparam("of_sku"), i.warehouse_id == bindparam("in_warehouse"),
        i.available + bindparam("available_by") >= 0, i.held + bindparam("held_by") >= 0,
    )
    .values(available=i.available + bindparam("available_by"), held=i.held + bindparam("held_by"))
)


class AlreadyMoved(Conflict):
    code, message = "STOCK_ALREADY_MOVED", "库存变动已记录，无需重复操作"


def ask_stock(sku_ids: list[str]):
    """The question for the stock rows of these SKUs, for `tx.fetch`."""
    return _OF_SKUS, {"sku_ids": sku_ids}


def hold(tx: Tx, sku_id: str, warehouse_id: str, quantity: int, *, order_no: str, actor: str, now: datetime) -> None:
    """Promise units to an unpaid order. Raises OutOfStock."""
    move(tx, sku_id, warehouse_id, "HOLD", -quantity, quantity, reference=order_no, actor=actor, now=now,
         otherwise=OutOfStock(sku_id=sku_id))


def release(tx: Tx, sku_id: str, warehouse_id: str, quantity: int, *, order_no: str, actor: str,
            now: datetime) -> None:
    """Give back what an order held and did not pay for."""
    move(tx, sku_id, warehouse_id, "RELEASE", quantity, -quantity, reference=order_no, actor=actor, now=now)


def commit(tx: Tx, sku_id: str, warehouse_id: str, quantity: int, *, order_no: str, actor: str,
           now: datetime) -> None:
    """The order is paid: what it held is sold."""
    move(tx, sku_id, warehouse_id, "COMMIT", 0, -quantity, reference=order_no, actor=actor, now=now)


def give_back(tx: Tx, sku_id: str, warehouse_id: str, quantity: int, *, refund_no: str, actor: str,
              now: datetime) -> None:
    """Sold units come back with a refund before they were shipped."""
    move(tx, sku_id, warehouse_id, "RETURN", quantity, 0, reference=refund_no, actor=actor, now=now)


def move(tx: Tx, sku_id: str, warehouse_id: str, kind: str, available_by: int, held_by: int, *, reference: str,
         actor: str, now: datetime, reason: str = "", otherwise: Exception | None = None) -> None:
    """One movement and its entry. Raises AlreadyMoved when this reference moved it before."""
    tx.insert(stock_entries, entry_id=new_id("ste"), sku_id=sku_id, warehouse_id=warehouse_id, kind=kind,
              available_change=available_by, held_change=held_by, reference=reference, reason=reason, actor_id=actor,
              created_at=now, duplicate=AlreadyMoved(sku_id=sku_id))
    tx.write(_MOVE, rows=1, otherwise=otherwise or Conflict(sku_id=sku_id), of_sku=sku_id,
             in_warehouse=warehouse_id, available_by=available_by, held_by=held_by,
             hot=("stock_items", sku_id, warehouse_id))
