"""Tell once that stock ran low (补货提醒), and forget it when it is refilled."""

from mall.app import Ctx, timer
from mall.domains.stock import store
from mall.domains.stock.rules import StockRanLow


@timer("stock.raise_stock_alerts", every_minutes=5)
def raise_stock_alerts(ctx: Ctx) -> dict[str, int]:
    """Spec B3. Bounded batches; what does not fit waits for the next run."""
    raised = sum(ctx.transact(_tell, ctx, row) for row in ctx.read(store.ran_low))
    cleared = sum(ctx.transact(store.clear_alert, row.sku_id, row.warehouse_id) for row in ctx.read(store.refilled))
    return {"raised": raised, "cleared": cleared}


def _tell(tx, ctx: Ctx, row) -> bool:
    """Whether it was told now: of two runs at the same moment one tells it."""
    if not store.raise_alert(tx, row.sku_id, row.warehouse_id):
        return False
    ctx.emit(StockRanLow(row.sku_id, row.warehouse_id, row.seller_id, row.available, row.safe_level))
    return True
