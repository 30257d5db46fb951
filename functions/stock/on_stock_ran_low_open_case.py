"""Stock ran low: the staff who replenish it find a case on their desk (补货待办), once for each crossing."""

from typing import Any

from mall.app import Ctx, listener
from mall.domains.stock.rules import StockRanLow
from mall.flows.goods import stock_alerts


@listener("stock.on_stock_ran_low_open_case", on=[StockRanLow])
def on_stock_ran_low_open_case(ctx: Ctx, kind: str, payload: dict[str, Any]) -> None:
    """Spec B3. It closes by itself when the place is filled up again."""
    stock_alerts.tell(ctx.tx, payload["sku_id"], payload["warehouse_id"], ctx.now)
