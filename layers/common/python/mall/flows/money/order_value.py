"""What a paid order is worth to its seller (货款), and when the seller has earned it (spec E9).

It stands in `order_funds` until the order ends for good: the buyer has the goods, or everything went back. What
is left then moves to `receivable`; later refunds take from there (`ledger.rules.fund_of`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mall.domains.ledger import rules as accounts
from mall.domains.ledger import store as ledger
from mall.domains.pricing import rules as pricing
from mall.flows.money import points
from mall.flows.money.refund_plan import Plan
from mall.kit.db import Tx


def end_received(tx: Tx, order: Any, lines: list[Any], wallets: list[Any], now: datetime) -> None:
    """The buyer has the goods: the order and its lines as they were; `wallets`: the answer to `points.ask_wallet`."""
    coupon_fen = accounts.coupon_fen(order.price)
    if coupon_fen:
        coupon_fen -= _cost(order, lines, {})
    _end(tx, order, order.pay_fen - order.refunded_fen + coupon_fen + points.paid_for(order, lines), now)
    points.earn(tx, order, lines, wallets, now)


def end_closed(tx: Tx, order: Any, kept_fen: int, now: datetime) -> None:
    """Everything went back, less what the seller keeps of it, such as freight."""
    if order.received_at is None:
        _end(tx, order, kept_fen, now)


def return_coupon_cost(tx: Tx, order: Any, lines: list[Any], decided: Plan, now: datetime) -> None:
    """What goods coupons paid for the pieces goes back with them; the rest, also what coupons took off the freight,
    goes with the last piece, as the coupons do."""
    whole_fen = accounts.coupon_fen(order.price)
    if not whole_fen:
        return
    by_now_fen = whole_fen if decided.closes else _cost(
        order, lines, {each.line.line_id: each.quantity for each in decided.pieces})
    back_fen = by_now_fen - _cost(order, lines, {})
    if back_fen:
        before = sum(line.refunded_quantity for line in lines)
        ledger.post(tx, accounts.coupons_returned(order, back_fen, before), now)


def _cost(order: Any, lines: list[Any], more: dict[str, int]) -> int:
    """What goods coupons paid for the pieces that have gone back, and these."""
    gone = {line.line_id: line.refunded_quantity + more.get(line.line_id, 0) for line in lines}
    return pricing.coupon_cost(pricing.from_json(order.price, lines), gone)


def _end(tx: Tx, order: Any, worth_fen: int, now: datetime) -> None:
    if worth_fen:
        ledger.post(tx, accounts.order_ended(order.order_no, order.seller_id, worth_fen), now)
