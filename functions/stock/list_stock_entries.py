"""The stock ledger of one SKU (库存流水): every movement with its reference, the newest first."""

from datetime import datetime

from mall.app import Ctx, Cursor, Id, Input, Limit, Output, query
from mall.domains.stock import store
from mall.kit.page import last_id, next_cursor


class ListStockEntries(Input):
    sku_id: Id
    cursor: Cursor | None = None
    limit: Limit = 20


class StockEntry(Output):
    entry_id: str
    warehouse_id: str
    kind: str  # RECEIVE ADJUST HOLD RELEASE COMMIT RETURN TRANSFER
    available_change: int
    held_change: int
    reference: str
    reason: str
    actor_id: str
    created_at: datetime


class StockEntries(Output):
    items: list[StockEntry]
    next_cursor: str | None


@query("stock.list_stock_entries", allow="staff")
def list_stock_entries(ctx: Ctx, ask: ListStockEntries) -> StockEntries:
    """Spec B3. Another seller's SKU has no entries."""
    rows = store.entries(ctx.tx, ask.sku_id, ctx.seller_id, ask.limit, before=last_id(ask.cursor))
    items = [StockEntry(**row._asdict()) for row in rows]
    return StockEntries(items=items, next_cursor=next_cursor(rows, ask.limit, lambda last: last.entry_id))
