"""Correct a count (库存调整): so many units more or fewer, with a reason and a reference of its own."""

from typing import Annotated

from mall.app import Ctx, Id, Input, Key, Nothing, Title, command, seen
from mall.domains.stock import store, warehouse_store
from mall.domains.stock.rules import NothingToMove
from mall.kit.bounds import MAX_MOVED
from pydantic import Field


class AdjustStock(Input):
    sku_id: Id
    delta: Annotated[int, Field(ge=-MAX_MOVED, le=MAX_MOVED)]
    reason: Title
    reference: Key  # the staff's own number of this correction: counted once
    warehouse_id: Id = store.MAIN_WAREHOUSE


@command("stock.adjust_stock", allow="staff", repeat=seen("reference"))
def adjust_stock(ctx: Ctx, cmd: AdjustStock) -> Nothing:
    """Spec B3. Raises WarehouseNotFound, NoSuchStock, StockBelowZero, StockTooLarge, AlreadyMoved, NothingToMove."""
    if cmd.delta == 0:
        raise NothingToMove(field="delta")
    warehouse_store.require(ctx.tx, cmd.warehouse_id, ctx.seller_id)
    store.adjust(ctx.tx, cmd.sku_id, cmd.warehouse_id, cmd.delta, seller_id=ctx.seller_id, reference=cmd.reference,
                 reason=cmd.reason, actor=ctx.staff.staff_id, now=ctx.now)
    available = store.available_at(ctx.tx, cmd.sku_id, cmd.warehouse_id)
    ctx.audit(before={"available": available - cmd.delta}, after={"available": available},
              warehouse_id=cmd.warehouse_id)
    return Nothing()
