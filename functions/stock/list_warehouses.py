"""The seller's warehouses (仓库列表), those that are closed too: at most fifty, the first in priority first."""

from mall.app import Ctx, Nothing, Output, query
from mall.domains.stock import warehouse_store
from mall.domains.stock.warehouses import FIRST_PRIORITY, MAIN_NAME, MAIN_WAREHOUSE


class Warehouse(Output):
    warehouse_id: str
    version: int  # to be sent back with a change
    name: str
    province: str
    city: str
    district: str
    detail: str
    regions: list[str]  # 广东省, 广东省/深圳市 ...: what it serves first; none: everywhere
    priority: int  # the lower the earlier, among those that are as near
    active: bool


class Warehouses(Output):
    items: list[Warehouse]


@query("stock.list_warehouses", allow="staff")
def list_warehouses(ctx: Ctx, ask: Nothing) -> Warehouses:
    """Spec G1. The main one is there before anybody has saved it."""
    items = [Warehouse(**{name: getattr(row, name) for name in Warehouse.model_fields})
             for row in warehouse_store.every(ctx.tx, ctx.seller_id)]
    if all(each.warehouse_id != MAIN_WAREHOUSE for each in items):
        items.insert(0, Warehouse(warehouse_id=MAIN_WAREHOUSE, version=1, name=MAIN_NAME, province="", city="",
                                  district="", detail="", regions=[], priority=FIRST_PRIORITY, active=True))
    return Warehouses(items=items)
