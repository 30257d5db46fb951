"""Orders as an Excel file (导出订单), a row for each line, behind a link that lasts ten minutes."""

from typing import Literal

from mall.app import Ctx, Id, Input, Moment, Output, harmless, in_order, remote
from mall.flows.fulfilment import export_orders as flow


class ExportOrders(Input):
    placed_from: Moment
    placed_until: Moment  # not included
    state: Literal["UNPAID", "PART_PAID", "GROUPING", "TO_SHIP", "SHIPPED", "RECEIVED", "CLOSED"] | None = None
    delivery: Literal["EXPRESS", "PICKUP", "VIRTUAL"] | None = None
    sku_id: Id | None = None
    _window = in_order("placed_from", "placed_until")


class OrdersExported(Output):
    rows: int
    url: str


@remote("orders.export_orders", allow="staff", repeat=harmless("one more file of the same"),
        uses=["storage", "spreadsheets"], libraries=("office",), timeout_s=60,
        memory_mb=512, audits_itself=True)
def export_orders(ctx: Ctx, cmd: ExportOrders) -> OrdersExported:
    """Spec E11. Receivers stand in it in full for who may open them (orders.open_receiver), else masked; who exported
    what time's orders is in the audit log, and that receivers were shown whole. Raises ExportTooLarge above 10,000
    rows."""
    exported = flow.export(ctx, cmd.model_dump())
    return OrdersExported(rows=exported.rows, url=exported.url)
