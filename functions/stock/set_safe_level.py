"""Set the safe level (安全库存): below so many units the shop is told to replenish; 0 for never."""

from mall.app import Count, Ctx, Id, Input, Output, Version, command, seen
from mall.domains.stock import store, warehouse_store


class SetSafeLevel(Input):
    sku_id: Id
    version: Version  # of the level, as stock.list_stock shows it
    safe_level: Count
    warehouse_id: Id = store.MAIN_WAREHOUSE


class SafeLevelSet(Output):
    version: int


@command("stock.set_safe_level", allow="staff", repeat=seen("version"))
def set_safe_level(ctx: Ctx, cmd: SetSafeLevel) -> SafeLevelSet:
    """Spec B3. The alert itself comes from stock.raise_stock_alerts. Raises WarehouseNotFound, NoSuchStock,
    ChangedMeanwhile."""
    warehouse_store.require(ctx.tx, cmd.warehouse_id, ctx.seller_id)
    return SafeLevelSet(version=store.set_safe_level(
        ctx.tx, cmd.sku_id, cmd.warehouse_id, cmd.safe_level, ctx.seller_id, ctx.seen(cmd.version)))
