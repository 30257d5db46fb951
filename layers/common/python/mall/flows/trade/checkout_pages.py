"""The orders of a checkout as their buyer sees them: before they are placed, when they are, and beside one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mall.domains.orders import sisters as beside
from mall.flows import kinds
from mall.flows.trade.price import Part, Priced
from mall.kit.db import Tx
from mall.kit.documents import make


@dataclass(frozen=True)
class GoodsQuoted:
    sku_id: str
    quantity: int
    pay_fen: int  # of the goods
    is_gift: bool


@dataclass(frozen=True)
class OrderQuoted:
    """One order that a checkout becomes: of one seller, sent by one warehouse, picked up or virtual."""

    seller_id: str
    seller_name: str
    delivery: str
    lines: list[GoodsQuoted]
    goods_fen: int
    discount_fen: int
    freight_fen: int
    pay_fen: int


@dataclass(frozen=True)
class PlacedOrder:
    order_no: str
    seller_id: str
    seller_name: str
    delivery: str  # EXPRESS PICKUP VIRTUAL
    freight_fen: int
    pay_fen: int
    balance_fen: int
    points_used: int
    state: str


@dataclass(frozen=True)
class Sister:
    """An order beside the others of its checkout: one payment pays all of them."""

    order_no: str
    seller_id: str
    seller_name: str
    state: str
    state_words: str
    delivery: str
    pay_fen: int


def quoted(priced: Priced, shop_name: str) -> list[OrderQuoted]:
    """`shop_name`: what the platform's own shop is called, here and below."""
    return [_quoted(part, priced, shop_name) for part in priced.parts]


def _quoted(part: Part, priced: Priced, shop_name: str) -> OrderQuoted:
    whole, gifts = part.whole, priced.running.gift_line_ids
    return OrderQuoted(
        part.parcel.seller_id, priced.sku(whole.lines[0].sku_id).seller_name or shop_name, part.parcel.delivery,
        [GoodsQuoted(line.sku_id, line.quantity, line.goods_pay_fen, line.line_id in gifts) for line in whole.lines],
        whole.goods_fen, whole.discount_fen, whole.freight_fen - whole.freight_coupon_fen, whole.pay_fen)


def placed(orders: list[dict[str, Any]], shop_name: str) -> list[PlacedOrder]:
    return [make(PlacedOrder, order, seller_name=order["seller_name"] or shop_name) for order in orders]


def sisters(tx: Tx, order: Any, shop_name: str) -> list[Sister]:
    """All orders of its checkout, itself too; for its buyer alone."""
    return [Sister(row.order_no, row.seller_id, row.seller_name or shop_name, row.state,
                   kinds.shown(row.kind).state_words(row.state), row.delivery, row.pay_fen)
            for row in beside.every(tx, order.checkout_id)]
