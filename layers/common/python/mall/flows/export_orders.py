"""Orders as a spreadsheet (订单导出): a row for each line, stored apart and opened by a link that soon ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from mall.domains.fulfilment.rules import CARRIERS
from mall.domains.orders import store as orders
from mall.kit.clock import SHANGHAI
from mall.kit.errors import RuleBroken
from mall.kit.money import yuan

MOST_ROWS = 10_000
LINK_LASTS_S = 600
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ExportTooLarge(RuleBroken):
    code, message = "EXPORT_TOO_LARGE", f"符合条件的订单超过 {MOST_ROWS} 行，请缩小时间范围后重试"


@dataclass(frozen=True)
class Exported:
    rows: int
    url: str


def export(ctx: Any, wanted: dict[str, Any]) -> Exported:
    """Raises ExportTooLarge, Unavailable."""
    found = ctx.read(orders.search_lines, ctx.seller_id, wanted, MOST_ROWS + 1)
    if len(found) > MOST_ROWS:
        raise ExportTooLarge()
    content = ctx.world.spreadsheets.write("订单", list(COLUMNS), [[tell(row) for tell in COLUMNS.values()]
                                                                 for row in found])
    key = f"exports/{ctx.seller_id}/{ctx.new_id('exp')}.xlsx"
    ctx.world.storage.put(key, content, XLSX)
    return Exported(len(found), ctx.world.storage.sign_get(key, LINK_LASTS_S))


def _time(moment: datetime | None) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def _of_address(*names: str) -> Callable[[Any], str]:
    return lambda row: "".join(row.address[name] for name in names) if row.address else ""


COLUMNS: dict[str, Callable[[Any], str | int | Decimal]] = {
    "订单号": lambda row: row.order_no,
    "状态": lambda row: row.state,
    "配送方式": lambda row: row.delivery,
    "下单时间": lambda row: _time(row.placed_at),
    "付款时间": lambda row: _time(row.paid_at),
    "发货时间": lambda row: _time(row.shipped_at),
    "商品": lambda row: row.title,
    "规格": lambda row: " ".join(row.spec_values),
    "SKU": lambda row: row.sku_id,
    "数量": lambda row: row.quantity - row.refunded_quantity,  # what is to be packed
    "下单数量": lambda row: row.quantity,
    "已退数量": lambda row: row.refunded_quantity,
    "商品实付(元)": lambda row: Decimal(yuan(row.line_pay_fen)),
    "订单运费(元)": lambda row: Decimal(yuan(row.freight_fen)),
    "订单实付(元)": lambda row: Decimal(yuan(row.pay_fen)),
    "订单退款含处理中(元)": lambda row: Decimal(yuan(row.refunded_fen)),
    "订单使用积分": lambda row: row.points_used,
    "收货人": _of_address("name"),
    "电话": _of_address("phone"),
    "地址": _of_address("province", "city", "district", "detail"),
    "买家留言": lambda row: row.buyer_note,
    "商家备注": lambda row: row.staff_note,
    "快递公司": lambda row: CARRIERS.get(row.carrier, ""),
    "运单号": lambda row: row.tracking_no or "",
}
