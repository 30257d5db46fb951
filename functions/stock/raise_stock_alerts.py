"""Tell once that stock ran low (补货提醒), and forget it when it is refilled."""

from typing import Any

from mall.app import Ctx, Load, timer
from mall.domains.stock import store
from mall.flows.goods import stock_alerts
from mall.domains.stock.rules import StockRanLow
from mall.flows.each import work_through


@timer("stock.raise_stock_alerts", every_minutes=5, load=Load("places that ran low or were refilled", item_ms=10))
def raise_stock_alerts(ctx: Ctx) -> dict[str, int]:
    """Spec B3. Staff hear of it by stock.on_stock_ran_low_open_case. What does not fit into the time waits."""

    def clear(row: Any) -> str:
        cleared = ctx.transact(stock_alerts.clear, row.sku_id, row.warehouse_id, ctx.now)
        return "cleared" if cleared else "elsewhere"

    def raise_one(row: Any) -> str:
        return "raised" if ctx.transact(_tell, ctx, row) else "elsewhere"

    counts = work_through(ctx, lambda tx: store.ran_low(tx, ctx.now), raise_one, purpose=store.ALERTING,
                          item=store.place_of, parts_left=2)
    counts += work_through(ctx, lambda tx: store.refilled(tx, ctx.now), clear, purpose=store.ALERTING,
                           item=store.place_of)
    return {"raised": counts["raised"], "cleared": counts["cleared"]}


def _tell(tx, ctx: Ctx, row) -> bool:
    """Whether it was told now: of two runs at the same moment one tells it."""
    if not store.raise_alert(tx, row.sku_id, row.warehouse_id):
        return False
    ctx.emit(StockRanLow(row.sku_id, row.warehouse_id, row.seller_id, row.available, row.safe_level))
    return True
