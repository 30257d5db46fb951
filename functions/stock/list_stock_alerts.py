"""What runs low (库存预警): places under their safe level whose alert was raised and not yet answered."""

from mall.app import Ctx, Cursor, Input, Limit, Output, query
from mall.domains.stock import store
from mall.kit.page import decode_cursor, next_cursor


class ListStockAlerts(Input):
    cursor: Cursor | None = None
    limit: Limit = 20


class Alert(Output):
    sku_id: str
    warehouse_id: str
    spu_id: str
    title: str
    sku_code: str
    spec_values: list[str]
    available: int
    safe_level: int


class Alerts(Output):
    items: list[Alert]
    next_cursor: str | None


@query("stock.list_stock_alerts", allow="staff")
def list_stock_alerts(ctx: Ctx, ask: ListStockAlerts) -> Alerts:
    """Spec B3."""
    rows = store.shelf(ctx.tx, ctx.seller_id, ask.limit, after=decode_cursor(ask.cursor, (str, str)), low_only=True)
    items = [Alert(**row._asdict()) for row in rows]
    return Alerts(items=items, next_cursor=next_cursor(rows, ask.limit, lambda last: (last.sku_id, last.warehouse_id)))
