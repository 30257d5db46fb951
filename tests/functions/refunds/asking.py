"""What the tests of requests for refunds share."""

from __future__ import annotations

from typing import Any

from mall.tables.trade import order_lines, refund_requests

from tests.support import seed, trade
from tests.support.shop import Caller, Shop

AMOUNT = {"kind": "PRICE_DIFFERENCE", "amount_fen": 1_000}


def paid(shop: Shop, pieces: int, **wanted: Any) -> tuple[Caller, Any]:
    """A member and the one line of its paid order, at 100.00 a piece."""
    member, goods = shop.member(), seed.product(shop, price_fen=10_000)
    order_no = trade.paid_order(shop, member, goods.sku_id, pieces, **wanted)
    return member, shop.rows(order_lines, order_no=order_no)[0]


def ask(member: Caller, line: Any, reason: str = "PRICE_DROPPED", **wanted: Any) -> dict[str, Any]:
    return member.call("refunds.ask_refund", order_no=line.order_no, reason=reason, **wanted)


def open_request(shop: Shop) -> str:
    [row] = shop.rows(refund_requests, state="OPEN")
    return row.request_id


def refuse(shop: Shop, answer: str = "该商品不参加保价") -> dict[str, Any]:
    return shop.staff().call("refunds.answer_request", request_id=open_request(shop), accept=False, answer=answer)


def accept(staff: Caller, request_id: str, **more: Any) -> dict[str, Any]:
    return staff.call("refunds.answer_request", request_id=request_id, accept=True, **more)
