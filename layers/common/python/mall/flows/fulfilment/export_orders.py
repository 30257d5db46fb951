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

from mall.domains.fulfilment import store as fulfilment
from mall.domains.fulfilment.rules import CARRIERS
from mall.domains.members.rules import mask_name, mask_phone
from mall.domains.orders import desk
from mall.domains.orders.pieces import is_partly_shipped, shipped, still_owed
from mall.domains.orders.rules import DELIVERY_WORDS, PARTLY_SHIPPED
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
    parcels: tuple[Any, ...]  # that hold pieces of the line
    partly_shipped: bool  # its order
    opened: bool
    is_first: bool  # of its order


Cell = str | int | Decimal


def export(ctx: Any, wanted: dict[str, Any]) -> Exported:
    """Raises ExportTooLarge, Unavailable."""
    found, refunded, parcels = ctx.read(_read, ctx.seller_id, wanted)
    if len(found) > MOST_ROWS:
        raise ExportTooLarge()
    opened = ctx.staff.may(OPENING)
    ctx.transact(lambda tx: _say(ctx, wanted, opened))
    told = []
    for order_no, grouped in groupby(found, lambda row: row.order_no):
        lines = list(grouped)
        partly = is_partly_shipped(lines[0].state, lines)
        told += [Told(row, refunded.get(order_no, ()), parcels.of(row), partly, opened, is_first=number == 0)
                 for number, row in enumerate(lines)]
    cells = [[tell(each) for tell in COLUMNS.values()] for each in told]
    key = f"exports/{ctx.seller_id}/{ctx.new_id('exp')}.xlsx"
    ctx.world.storage.put(key, ctx.world.spreadsheets.write("订单", list(COLUMNS), cells), XLSX)
    return Exported(len(found), ctx.world.storage.sign_get(key, LINK_LASTS_S))


def _say(ctx: Any, wanted: dict[str, Any], opened: bool) -> None:
    """In the audit log, before there is a file: of which time, and whether receivers stand in it whole."""
    ctx.noted |= {name: wanted[name].isoformat() for name in ("placed_from", "placed_until")}
    if opened:
        ctx.looked_at("receivers")


@dataclass(frozen=True)
class Parcels:
    """Of the orders that are told: their parcels, and what is in them."""

    by_order: dict[str, list[Any]]
    held: set[tuple[str, str]]  # (shipment, line)
    listed: set[str]  # shipments whose lines are known

    def of(self, row: Any) -> tuple[Any, ...]:
        """Those that hold pieces of the line; a parcel of before parcels had lines holds all of its order."""
        return tuple(each for each in self.by_order.get(row.order_no, ())
                     if (each.shipment_id, row.line_id) in self.held or each.shipment_id not in self.listed)


def _parcels(tx: Tx, order_nos: list[str]) -> Parcels:
    found = Parcels({}, set(), set())
    for first in range(0, len(order_nos), ORDERS_AT_ONCE):
        some = order_nos[first:first + ORDERS_AT_ONCE]
        parcels, pieces = tx.fetch(fulfilment.ask_parcels(some), fulfilment.ask_pieces(some))
        for each in fulfilment.living(parcels):
            found.by_order.setdefault(each.order_no, []).append(each)
        found.held.update((piece.shipment_id, piece.line_id) for piece in pieces)
        found.listed.update(piece.shipment_id for piece in pieces)
    return found


def _read(tx: Tx, seller_id: str,
          wanted: dict[str, Any]) -> tuple[list[Any], dict[str, tuple[str, ...]], Parcels]:
    """The lines, the states of each order's refunds, and the parcels."""
    found = desk.search_lines(tx, seller_id, wanted, MOST_ROWS + 1)
    given_back = list(dict.fromkeys(row.order_no for row in found if row.refunded_fen))
    states: dict[str, tuple[str, ...]] = {}
    for first in range(0, len(given_back), ORDERS_AT_ONCE):
        statement, params = refunds.ask_of_orders(given_back[first:first + ORDERS_AT_ONCE])
        for row in tx.all(statement, **params):
            states[row.order_no] = (*states.get(row.order_no, ()), row.state)
    sent = list(dict.fromkeys(row.order_no for row in found if row.shipped_at or row.shipped_quantity))
    return found, states, _parcels(tx, sent)


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
    "订单状态": lambda told: (PARTLY_SHIPPED if told.partly_shipped
                          else kinds.shown(told.row.kind).state_words(told.row.state)),
    "款项状态": lambda told: desk_words(
        told.row.state, told.row.pay_fen, told.row.refunded_fen, told.row.paid_at, told.refund_states),
    "配送方式": lambda told: DELIVERY_WORDS[told.row.delivery],
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
    "已发数量": lambda told: shipped(told.row, told.row),
    "待发数量": lambda told: still_owed(told.row, told.row),
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
    "快递公司": lambda told: "、".join(dict.fromkeys(CARRIERS.get(each.carrier, "") for each in told.parcels)),
    "运单号": lambda told: "、".join(each.tracking_no or "" for each in told.parcels),
}
