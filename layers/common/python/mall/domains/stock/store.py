"""Stock by SKU and warehouse, and its ledger: available + held = sum of the entries (spec B3).

Every movement is a guarded update and an entry with a unique reference, so that a movement that comes
twice changes nothing. The stock row is hot: it is touched last (`hot=`), in sorted order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import and_, bindparam, false, func, select, true, update

from mall.domains.stock.rules import NoSuchStock, OutOfStock, StockBelowZero, StockTooLarge, VirtualFollowsCodes
from mall.domains.stock.warehouses import MAIN_WAREHOUSE
from mall.kit import versions
from mall.kit.bounds import MAX_STOCK
from mall.kit.db import Database, Tx, Unprepared, among, fresh
from mall.kit.errors import Conflict
from mall.kit.ids import new_id
from mall.kit.page import LAST, newest_first
from mall.kit.postponed import not_postponed
from mall.kit.versions import Seen
from mall.tables.goods import products, skus, stock_entries, stock_items, warehouses

ALERT_BATCH = 500
ALERTING = "stock alert"  # what a failed place is postponed for

# what may be sold stands in an open warehouse; the main one is open as long as nobody has said anything of it
_its_warehouse = and_(warehouses.c.seller_id == stock_items.c.seller_id,
                      warehouses.c.warehouse_id == stock_items.c.warehouse_id)
_is_open = func.coalesce(warehouses.c.active, true()) == true()
_OF_SKUS = (
    select(stock_items.c.sku_id, stock_items.c.warehouse_id, stock_items.c.available, warehouses.c.regions,
           warehouses.c.priority)
    .join_from(stock_items, warehouses, _its_warehouse, isouter=True)
    .where(stock_items.c.sku_id.in_(among("sku_ids")), _is_open)
    .order_by(stock_items.c.sku_id, stock_items.c.warehouse_id)
)
_SOMEWHERE = (
    select(stock_items.c.warehouse_id)
    .join_from(stock_items, warehouses, _its_warehouse, isouter=True)
    .where(stock_items.c.sku_id == bindparam("sku_id"), stock_items.c.available >= bindparam("quantity"), _is_open)
    .limit(1)
)
_OF_PRODUCT = (
    select(stock_items.c.sku_id, stock_items.c.available)
    .join_from(stock_items, skus, stock_items.c.sku_id == skus.c.sku_id)
    .join(warehouses, _its_warehouse, isouter=True)
    .where(skus.c.spu_id == bindparam("spu_id"), _is_open)
)
_AT = select(stock_items.c.available).where(stock_items.c.sku_id == bindparam("sku_id"),
                                            stock_items.c.warehouse_id == bindparam("warehouse_id"))
_MOVE = (
    update(stock_items)
    .where(
        stock_items.c.sku_id == bindparam("of_sku"), stock_items.c.warehouse_id == bindparam("in_warehouse"),
        stock_items.c.available + bindparam("available_by") >= 0, stock_items.c.held + bindparam("held_by") >= 0,
    )
    .values(available=stock_items.c.available + bindparam("available_by"),
            held=stock_items.c.held + bindparam("held_by"))
)
_BRING = _MOVE.where(stock_items.c.available + bindparam("available_by") <= MAX_STOCK)
_ANYWHERE = (
    select(stock_items.c.sku_id)
    .where(stock_items.c.sku_id == bindparam("sku_id"), stock_items.c.seller_id == bindparam("seller_id"))
    .limit(1)
)
_KNOWN = (
    select(stock_items.c.sku_id, products.c.is_virtual)
    .join_from(stock_items, skus, stock_items.c.sku_id == skus.c.sku_id)
    .join(products, skus.c.spu_id == products.c.spu_id)
    .where(stock_items.c.sku_id == bindparam("sku_id"), stock_items.c.warehouse_id == bindparam("warehouse_id"),
           stock_items.c.seller_id == bindparam("seller_id"))
)
_FIND = select(stock_items).where(
    stock_items.c.sku_id == bindparam("of_sku"), stock_items.c.warehouse_id == bindparam("in_warehouse"),
    stock_items.c.seller_id == bindparam("of_seller"))
_SET_SAFE_LEVEL = (
    versions.change(stock_items)
    .where(stock_items.c.sku_id == bindparam("of_sku"), stock_items.c.warehouse_id == bindparam("in_warehouse"),
           stock_items.c.seller_id == bindparam("of_seller"))
    .values(safe_level=bindparam("level"))
)
_PUT_SAFE_LEVEL = (
    update(stock_items)
    .where(stock_items.c.sku_id == bindparam("of_sku"), stock_items.c.warehouse_id == bindparam("in_warehouse"),
           stock_items.c.seller_id == bindparam("of_seller"))
    .values(safe_level=bindparam("level"), version=stock_items.c.version + 1, changed_at=bindparam("now"),
            changed_by=bindparam("who"))
)
_may_be_told = not_postponed(ALERTING, stock_items.c.sku_id + " " + stock_items.c.warehouse_id)
_RAN_LOW = (
    select(stock_items).where(stock_items.c.below_safe == false(), stock_items.c.safe_level > 0,
                              stock_items.c.available < stock_items.c.safe_level, _may_be_told)
    # in the index's order: places without a level are not read
    .order_by(stock_items.c.safe_level, stock_items.c.sku_id).limit(ALERT_BATCH)
)
_REFILLED = (
    select(stock_items)
    .where(stock_items.c.below_safe == true(), stock_items.c.available >= stock_items.c.safe_level, _may_be_told)
    .order_by(stock_items.c.sku_id, stock_items.c.warehouse_id).limit(ALERT_BATCH)
)
_OF_ONE = (stock_items.c.sku_id == bindparam("of_sku"), stock_items.c.warehouse_id == bindparam("in_warehouse"))
_RAISE = (
    update(stock_items)
    .where(*_OF_ONE, stock_items.c.below_safe.is_(False), stock_items.c.available < stock_items.c.safe_level)
    .values(below_safe=True)
)
_CLEAR = (
    update(stock_items)
    .where(*_OF_ONE, stock_items.c.below_safe.is_(True), stock_items.c.available >= stock_items.c.safe_level)
    .values(below_safe=False)
)
_SHELF = (
    select(stock_items, skus.c.spu_id, skus.c.sku_code, skus.c.spec_values, products.c.title)
    .join_from(stock_items, skus, stock_items.c.sku_id == skus.c.sku_id)
    .join(products, skus.c.spu_id == products.c.spu_id)
    .where(stock_items.c.seller_id == bindparam("seller_id"))
    .order_by(stock_items.c.sku_id, stock_items.c.warehouse_id)
    .limit(bindparam("most"))
)
_PLACE = (
    select(stock_items, skus.c.spu_id, skus.c.sku_code, skus.c.spec_values, products.c.title)
    .join_from(stock_items, skus, stock_items.c.sku_id == skus.c.sku_id)
    .join(products, skus.c.spu_id == products.c.spu_id)
    .where(stock_items.c.sku_id == bindparam("sku_id"), stock_items.c.warehouse_id == bindparam("warehouse_id"))
)
_ENTRIES = newest_first(
    select(stock_entries)
    .join_from(stock_entries, skus, stock_entries.c.sku_id == skus.c.sku_id)
    .where(stock_entries.c.sku_id == bindparam("sku_id"), skus.c.seller_id == bindparam("seller_id")),
    stock_entries.c.entry_id)
_LEVELS = (
    select(stock_items.c.sku_id, stock_items.c.warehouse_id, stock_items.c.available, stock_items.c.safe_level)
    .where(stock_items.c.seller_id == bindparam("seller_id"))
)
_LEVELS_OF = _LEVELS.where(stock_items.c.sku_id.in_(among("sku_ids")))


class AlreadyMoved(Conflict):
    code, message = "STOCK_ALREADY_MOVED", "库存变动已记录，无需重复操作"


def ask_stock(sku_ids: list[str]):
    """The question for the stock rows of these SKUs in open warehouses, for `tx.fetch`."""
    return _OF_SKUS, {"sku_ids": sku_ids}


def ask_stock_of_product(spu_id: str):
    """The question for what may be sold of a product's SKUs, by warehouse."""
    return _OF_PRODUCT, {"spu_id": spu_id}


def hold(tx: Tx, sku_id: str, warehouse_id: str, quantity: int, *, order_no: str, actor: str, now: datetime,
         is_gift: bool = False) -> None:
    """Promise units to an unpaid order. Raises OutOfStock; where the units have only moved to another warehouse since
    they were read, the order is placed anew, and also where they are a gift: it then goes without. Who comes when all
    are sold is told so after one small read."""
    look = _go_without if is_gift else partial(_look_elsewhere, sku_id=sku_id, quantity=quantity)
    move(tx, sku_id, warehouse_id, "HOLD", -quantity, quantity, reference=order_no, actor=actor, now=now,
         otherwise=Unprepared(look))


def _go_without(_: Database) -> None:
    """The order is priced anew, and the gift is not there any more."""


def _look_elsewhere(database: Database, *, sku_id: str, quantity: int) -> None:
    """Raises OutOfStock when no warehouse has so many of the SKU to sell."""
    if not database.read(lambda tx: tx.one(_SOMEWHERE, sku_id=sku_id, quantity=quantity)):
        raise OutOfStock(sku_id=sku_id)


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
         actor: str, now: datetime, reason: str = "", otherwise: Exception | None = None, brings: bool = False) -> None:
    """One movement and its entry. `brings`: units that nobody held before, of which a place takes MAX_STOCK. Raises
    AlreadyMoved when this reference moved it before."""
    tx.insert(stock_entries, entry_id=new_id("ste"), sku_id=sku_id, warehouse_id=warehouse_id, kind=kind,
              available_change=available_by, held_change=held_by, reference=reference, reason=reason, actor_id=actor,
              created_at=now, duplicate=AlreadyMoved(sku_id=sku_id))
    tx.write(_BRING if brings else _MOVE, rows=1, otherwise=otherwise or Conflict(sku_id=sku_id), of_sku=sku_id,
             in_warehouse=warehouse_id, available_by=available_by, held_by=held_by,
             hot=("stock_items", sku_id, warehouse_id))


# by staff, not by orders


def open_item(tx: Tx, sku_id: str, warehouse_id: str, seller_id: str) -> None:
    """An empty place for the SKU in a warehouse; harmless when it is there."""
    tx.insert_if_absent(stock_items, sku_id=sku_id, warehouse_id=warehouse_id, seller_id=seller_id, available=0,
                        held=0, safe_level=0, below_safe=False)


def receive(tx: Tx, sku_id: str, warehouse_id: str, quantity: int, *, reference: str, actor: str,
            now: datetime) -> None:
    """New units come in (入库). Raises StockTooLarge."""
    move(tx, sku_id, warehouse_id, "RECEIVE", quantity, 0, reference=reference, actor=actor, now=now, brings=True,
         otherwise=StockTooLarge(sku_id=sku_id))


def adjust(tx: Tx, sku_id: str, warehouse_id: str, delta: int, *, seller_id: str, reference: str, reason: str,
           actor: str, now: datetime) -> None:
    """Staff correct a count. Raises NoSuchStock, StockBelowZero, StockTooLarge, AlreadyMoved."""
    require_item(tx, sku_id, warehouse_id, seller_id)
    move(tx, sku_id, warehouse_id, "ADJUST", delta, 0, reference=reference, reason=reason, actor=actor, now=now,
         brings=delta > 0, otherwise=_why_not(sku_id, delta))


def correct(tx: Tx, sku_id: str, warehouse_id: str, delta: int, *, reference: str, actor: str, now: datetime) -> None:
    """A count corrected by a table of goods, of a place that is known to be the seller's. Raises as `adjust`."""
    move(tx, sku_id, warehouse_id, "ADJUST", delta, 0, reference=reference, reason="商品表格", actor=actor, now=now,
         brings=delta > 0, otherwise=_why_not(sku_id, delta))


def transfer(tx: Tx, sku_id: str, quantity: int, *, from_warehouse: str, to_warehouse: str, seller_id: str,
             reference: str, reason: str, actor: str, now: datetime) -> None:
    """From one warehouse to another, both or neither. Raises NoSuchStock, StockBelowZero, StockTooLarge,
    AlreadyMoved."""
    require_item(tx, sku_id, from_warehouse, seller_id, place="from_warehouse_id")
    open_item(tx, sku_id, to_warehouse, seller_id)
    for warehouse_id, change in ((from_warehouse, -quantity), (to_warehouse, quantity)):
        move(tx, sku_id, warehouse_id, "TRANSFER", change, 0, reference=reference, reason=reason, actor=actor, now=now,
             brings=change > 0, otherwise=_why_not(sku_id, change))


def _why_not(sku_id: str, change: int) -> Exception:
    return StockBelowZero(sku_id=sku_id) if change < 0 else StockTooLarge(sku_id=sku_id)


def available_at(tx: Tx, sku_id: str, warehouse_id: str) -> int:
    """What may be sold of it there; after a movement of the same transaction it stays so until the end."""
    found = tx.one(_AT, sku_id=sku_id, warehouse_id=warehouse_id)
    return found.available if found else 0


def require_item(tx: Tx, sku_id: str, warehouse_id: str, seller_id: str, *, place: str = "warehouse_id") -> None:
    """Raises NoSuchStock unless this seller keeps the SKU in the warehouse (`place` is what the input calls it),
    VirtualFollowsCodes for a virtual one, of which there are as many units as codes."""
    found = tx.one(_KNOWN, sku_id=sku_id, warehouse_id=warehouse_id, seller_id=seller_id)
    if found is None:
        raise _nowhere(tx, sku_id, seller_id, place)
    if found.is_virtual:
        raise VirtualFollowsCodes(field="sku_id")


def _nowhere(tx: Tx, sku_id: str, seller_id: str, place: str) -> NoSuchStock:
    """What is wrong: the SKU, or the place of one that is kept elsewhere."""
    return NoSuchStock(field=place if tx.one(_ANYWHERE, sku_id=sku_id, seller_id=seller_id) else "sku_id")


def set_safe_level(tx: Tx, sku_id: str, warehouse_id: str, level: int, seller_id: str, seen: Seen) -> int:
    """The new version of the level. Raises NoSuchStock, ChangedMeanwhile."""
    where = {"of_sku": sku_id, "in_warehouse": warehouse_id, "of_seller": seller_id}
    row = tx.one(_FIND, **where)
    if row is None:
        raise _nowhere(tx, sku_id, seller_id, "warehouse_id")
    return versions.save(tx, _SET_SAFE_LEVEL, row, seen, level=level, **where)


def put_safe_level(tx: Tx, sku_id: str, warehouse_id: str, level: int, seller_id: str, *, who: str,
                   now: datetime) -> None:
    """The same by an import, whatever it was before: whoever reads it hears that `who` has changed it. Raises
    NoSuchStock."""
    tx.write(_PUT_SAFE_LEVEL, rows=1, otherwise=NoSuchStock(field="sku_id"), of_sku=sku_id, in_warehouse=warehouse_id,
             of_seller=seller_id, level=level, who=who, now=now)


def ran_low(tx: Tx, now: datetime) -> list[Any]:
    """Places under their safe level that nobody was told of."""
    return tx.all(_RAN_LOW, now=now)


def refilled(tx: Tx, now: datetime) -> list[Any]:
    return tx.all(_REFILLED, now=now)


def place_of(row: Any) -> str:
    """A name for the SKU in its warehouse."""
    return f"{row.sku_id} {row.warehouse_id}"


def place(tx: Tx, sku_id: str, warehouse_id: str) -> Any | None:
    """One place with the names of the goods."""
    return tx.one(_PLACE, sku_id=sku_id, warehouse_id=warehouse_id)


def raise_alert(tx: Tx, sku_id: str, warehouse_id: str) -> bool:
    """Whether it was this call that raised the alert, and not another one at the same moment."""
    return tx.change(_RAISE, of_sku=sku_id, in_warehouse=warehouse_id) == 1


def clear_alert(tx: Tx, sku_id: str, warehouse_id: str) -> bool:
    return tx.change(_CLEAR, of_sku=sku_id, in_warehouse=warehouse_id) == 1


def shelf(tx: Tx, seller_id: str, most: int, *, after: tuple[str, str] | None = None, spu_id: str | None = None,
          sku_code: str | None = None, low_only: bool = False) -> list[Any]:
    """The seller's stock with the names of the goods, after the place `after`."""
    statement = _SHELF
    if spu_id:
        statement = statement.where(skus.c.spu_id == spu_id)
    if sku_code:
        statement = statement.where(skus.c.seller_id == seller_id, skus.c.sku_code == sku_code)
    if low_only:
        statement = statement.where(stock_items.c.below_safe == true())
    if after:
        statement = statement.where((stock_items.c.sku_id > after[0])
                                    | ((stock_items.c.sku_id == after[0]) & (stock_items.c.warehouse_id > after[1])))
    return tx.all(fresh(statement), seller_id=seller_id, most=most)


def entries(tx: Tx, sku_id: str, seller_id: str, most: int, before: str | None = None) -> list[Any]:
    """The ledger of a SKU, the newest first."""
    return tx.all(_ENTRIES, sku_id=sku_id, seller_id=seller_id, before=before or LAST, most=most)


def available_of(tx: Tx, sku_ids: list[str]) -> dict[str, int]:
    """What may be sold of each of these SKUs now, over all open warehouses."""
    found: dict[str, int] = {}
    for row in tx.fetch(ask_stock(sku_ids))[0]:
        found[row.sku_id] = found.get(row.sku_id, 0) + row.available
    return found


@dataclass(frozen=True)
class Level:
    """What a table of goods says of one SKU's stock."""

    available: int = 0  # over all warehouses
    main_available: int = 0
    safe_level: int = 0  # of the main warehouse


def levels(tx: Tx, seller_id: str, sku_ids: list[str] | None = None) -> dict[str, Level]:
    """By SKU; of these, or of all that the seller has."""
    rows = tx.all(_LEVELS, seller_id=seller_id) if sku_ids is None else tx.all(
        _LEVELS_OF, seller_id=seller_id, sku_ids=sku_ids)
    found: dict[str, Level] = {}
    for row in rows:
        before, is_main = found.get(row.sku_id, Level()), row.warehouse_id == MAIN_WAREHOUSE
        found[row.sku_id] = Level(before.available + row.available,
                                  row.available if is_main else before.main_available,
                                  row.safe_level if is_main else before.safe_level)
    return found
