"""The seller's stock by SKU and warehouse (库存列表): what may be sold and what is promised."""

from mall.app import Ctx, Cursor, Id, Input, Key, Limit, Output, query
from mall.domains.stock import store
from mall.kit.page import decode_cursor, next_cursor


class ListStock(Input):
    spu_id: Id | None = None
    sku_code: Key | None = None
    cursor: Cursor | None = None
    limit: Limit = 20


class StockRow(Output):
    sku_id: str
    warehouse_id: str
    spu_id: str
    title: str
    sku_code: str
    spec_values: list[str]
    available: int
    held: int  # promised to unpaid orders
    safe_level: int
    below_safe: bool
    version: int  # of the safe level, to be sent back with a change


class StockPage(Output):
    items: list[StockRow]
    next_cursor: str | None


@query("stock.list_stock", allow="staff")
def list_stock(ctx: Ctx, ask: ListStock) -> StockPage:
    """Spec B3."""
    rows = store.shelf(ctx.tx, ctx.seller_id, ask.limit, after=decode_cursor(ask.cursor, (str, str)),
                       spu_id=ask.spu_id, sku_code=ask.sku_code)
    items = [StockRow(**row._asdict()) for row in rows]
    return StockPage(items=items,
                     next_cursor=next_cursor(rows, ask.limit, lambda last: (last.sku_id, last.warehouse_id)))
