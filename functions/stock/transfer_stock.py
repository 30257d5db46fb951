"""Move stock between warehouses (调拨): out of one and into the other, or not at all."""

from mall.app import Ctx, Id, Input, Key, Nothing, Quantity, Title, command, seen
from mall.domains.stock import store, warehouse_store
from mall.domains.stock.rules import SameWarehouse


class TransferStock(Input):
    sku_id: Id
    quantity: Quantity
    from_warehouse_id: Id
    to_warehouse_id: Id
    reason: Title
    reference: Key


@command("stock.transfer_stock", allow="staff", repeat=seen("reference"))
def transfer_stock(ctx: Ctx, cmd: TransferStock) -> Nothing:
    """Spec B3, G1. Raises WarehouseNotFound, WarehouseClosed, NoSuchStock, StockBelowZero, StockTooLarge, AlreadyMoved,
    SameWarehouse."""
    if cmd.from_warehouse_id == cmd.to_warehouse_id:
        raise SameWarehouse(field="to_warehouse_id")
    warehouse_store.require(ctx.tx, cmd.from_warehouse_id, ctx.seller_id, field="from_warehouse_id")
    warehouse_store.require(ctx.tx, cmd.to_warehouse_id, ctx.seller_id, field="to_warehouse_id", is_filled=True)
    store.transfer(ctx.tx, cmd.sku_id, cmd.quantity, from_warehouse=cmd.from_warehouse_id,
                   to_warehouse=cmd.to_warehouse_id, seller_id=ctx.seller_id, reference=cmd.reference,
                   reason=cmd.reason, actor=ctx.staff.staff_id, now=ctx.now)
    here, there = (store.available_at(ctx.tx, cmd.sku_id, each)
                   for each in (cmd.from_warehouse_id, cmd.to_warehouse_id))
    ctx.audit(before={cmd.from_warehouse_id: here + cmd.quantity, cmd.to_warehouse_id: there - cmd.quantity},
              after={cmd.from_warehouse_id: here, cmd.to_warehouse_id: there})
    return Nothing()
