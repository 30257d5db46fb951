"""Orders as a spreadsheet (订单导出): a row for each line, stored apart and opened by a link that soon ends.

What is of the order and not of a line stands in its first row alone, so that a column's sum is right. Receivers are in
it for who may open them (`orders.open_receiver`), and masked for others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from mall.domains.fulfilment.rules import CARRIERS
from mall.domains.members.rules import mask_name, mask_phone
from mall.domains.orders import desk
from mall.domains.orders.rules import DELIVERY_WORDS
from mall.domains.refunds import store as refunds
from mall.domains.refunds.rules import desk_words
from mall.flows import kinds
from mall.kit.clock import SHANGHAI
from mall.kit.db import Tx
from mall.kit.errors import RuleBroken
from mall.kit.money import yuan

MOST_ROWS = 10_000
ORDERS_AT_ONCE = 500  # of which refunds are asked for together
LINK_LASTS_S = 600
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPENING = "orders.open_receiver"  # the permission to see receivers


class ExportTooLarge(RuleBroken):
    code, message = "EXPORT_TOO_LARGE", f"符合条件的订单超过 {MOST_ROWS} 行，请缩小时间范围后重试"


@dataclass(frozen=True)
class Exported:
    rows: int
    url: str


@dataclass(frozen=True)
class Told:
    """One line, and what its order needs beside it."""

    row: Any
    refund_states: tuple[str, ...]
    opened: bool
    is_first: bool  # of its order


Cell = str | int | Decimal


def export(ctx: Any, wanted: dict[str, Any]) -> Exported:
    """Raises ExportTooLarge, Unavailable."""
    found, refunded = ctx.read(_read, ctx.seller_id, wanted)
    if len(found) > MOST_ROWS:
        raise ExportTooLarge()
    opened = ctx.staff.may(OPENING)
    ctx.transact(lambda tx: _say(ctx, wanted, opened))
    told = [Told(row, refunded.get(order_no, ()), opened, is_first=number == 0)
            for order_no, lines in groupby(found, lambda row: row.order_no) for number, row in enumerate(lines)]
    cells = [[tell(each) for tell in COLUMNS.values()] for each in told]
    key = f"exports/{ctx.seller_id}/{ctx.new_id('exp')}.xlsx"
    ctx.world.storage.put(key, ctx.world.spreadsheets.write("订单", list(COLUMNS), cells), XLSX)
    return Exported(len(found), ctx.world.storage.sign_get(key, LINK_LASTS_S))


def _say(ctx: Any, wanted: dict[str, Any], opened: bool) -> None:
    """In the audit log, before there is a file: of which time, and whether receivers stand in it whole."""
    ctx.noted |= {name: wanted[name].isoformat() for name in ("placed_from", "placed_until")}
    if opened:
        ctx.looked_at("receivers")


def _read(tx: Tx, seller_id: str, wanted: dict[str, Any]) -> tuple[list[Any], dict[str, tuple[str, ...]]]:
    """The lines, and the states of each order's refunds."""
    found = desk.search_lines(tx, seller_id, wanted, MOST_ROWS + 1)
    given_back = list(dict.fromkeys(row.order_no for row in found if row.refunded_fen))
    states: dict[str, tuple[str, ...]] = {}
    for first in range(0, len(given_back), ORDERS_AT_ONCE):
        statement, params = refunds.ask_of_orders(given_back[first:first + ORDERS_AT_ONCE])
        for row in tx.all(statement, **params):
            states[row.order_no] = (*states.get(row.order_no, ()), row.state)
    return found, states


# the cells

def _of_line(name: str) -> Callable[[Told], Cell]:
    return lambda told: getattr(told.row, name)


def _of_order(tell: Callable[[Any], Cell]) -> Callable[[Told], Cell]:
    """What is the order's: told once."""
    return lambda told: tell(told.row) if told.is_first else ""


def _time(name: str) -> Callable[[Told], Cell]:
    def tell(told: Told) -> str:
        moment: datetime | None = getattr(told.row, name)
        return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") if moment else ""

    return tell


def _paid_fen(row: Any) -> int:
    return row.pay_fen if row.paid_at else 0


def _yuan(amount_fen: int) -> Decimal:
    return Decimal(yuan(amount_fen))


def _receiver(tell: Callable[[dict[str, str], bool], str]) -> Callable[[Told], Cell]:
    return lambda told: tell(told.row.address, told.opened) if told.row.address else ""


def _where(address: dict[str, str], opened: bool) -> str:
    place = "".join(address[name] for name in ("province", "city", "district"))
    return place + (address["detail"] if opened else "****" if address["detail"] else "")


COLUMNS: dict[str, Callable[[Told], Cell]] = {
    "订单号": _of_line("order_no"),
    "订单状态": lambda told: kinds.shown(told.row.kind).state_words(told.row.state),
    "款项状态": lambda told: desk_words(told.row.pay_fen, told.row.refunded_fen, told.row.paid_at, told.refund_states),
    "配送方式": lambda told: DELIVERY_WORDS.get(told.row.delivery, told.row.delivery),
    "下单时间": _time("placed_at"),
    "付款时间": _time("paid_at"),
    "发货时间": _time("shipped_at"),
    "完成时间": _time("received_at"),
    "商品": _of_line("title"),
    "规格": lambda told: " ".join(told.row.spec_values),
    "SKU": _of_line("sku_id"),
    "SKU编码": lambda told: told.row.sku_code or "",
    "数量": lambda told: told.row.quantity - told.row.refunded_quantity,  # what is to be packed
    "下单数量": _of_line("quantity"),
    "已退数量": _of_line("refunded_quantity"),
    "商品实付(元)": lambda told: _yuan(told.row.line_pay_fen),
    "订单运费(元)": _of_order(lambda row: _yuan(row.freight_fen)),
    "订单应付(元)": _of_order(lambda row: _yuan(row.pay_fen)),
    "订单实付(元)": _of_order(lambda row: _yuan(_paid_fen(row))),
    "其中储值支付(元)": _of_order(lambda row: _yuan(row.balance_fen if row.paid_at else 0)),
    "订单退款含处理中(元)": _of_order(lambda row: _yuan(row.refunded_fen)),
    "订单净收(元)": _of_order(lambda row: _yuan(_paid_fen(row) - row.refunded_fen)),
    "订单使用积分": _of_order(lambda row: row.points_used),
    "支付单号": lambda told: told.row.payment_no or "",
    "微信支付交易号": lambda told: told.row.transaction_id or "",
    "收货人": _receiver(lambda address, opened: address["name"] if opened else mask_name(address["name"])),
    "电话": _receiver(lambda address, opened: address["phone"] if opened else mask_phone(address["phone"])),
    "地址": _receiver(_where),
    "买家留言": _of_line("buyer_note"),
    "商家备注": _of_line("staff_note"),
    "快递公司": lambda told: CARRIERS.get(told.row.carrier, ""),
    "运单号": lambda told: told.row.tracking_no or "",
}
