"""What a paid order is worth to its seller (货款), and when the seller has earned it (spec E9).

It stands in `order_funds` until the order ends for good: the buyer has the goods, or everything went back. What
is left then moves to `receivable`; later refunds take from there (`ledger.rules.fund_of`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mall.domains.ledger import rules as accounts
from mall.domains.ledger import store as ledger
from mall.domains.pricing import borne
from mall.domains.pricing import rules as pricing
from mall.domains.pricing.explain import by_line
from mall.domains.pricing.refunds import NONE
from mall.flows.money import points
from mall.flows.money.refund_plan import Plan
from mall.kit.db import Tx


def give(tx: Tx, order: Any, now: datetime) -> None:
    """It is paid: coupons of its seller are a cost of his, and what others gave is his."""
    coupon_fen, by_giver = own_coupon_fen(order.price), borne.borne_fen(order.price)
    if coupon_fen:
        ledger.post(tx, accounts.coupons_used(order.order_no, order.seller_id, coupon_fen), now)
    if any(by_giver.values()):
        ledger.post(tx, accounts.given_by_others(order, by_giver), now)


def own_coupon_fen(price: dict[str, Any]) -> int:
    """What coupons of the order's own seller took off it, goods and freight."""
    return accounts.coupon_fen(price) - borne.borne_coupon_fen(price)


def end_received(tx: Tx, order: Any, lines: list[Any], wallets: list[Any], now: datetime) -> None:
    """The buyer has the goods: the order and its lines as they were; `wallets`: the answer to `points.ask_wallet`."""
    coupon_fen = own_coupon_fen(order.price)
    if coupon_fen:
        coupon_fen -= _cost(order, lines, {})
    given_fen = sum(borne.borne_fen(order.price).values()) - sum(_given(order, lines).values())
    _end(tx, order, order.pay_fen - order.refunded_fen + coupon_fen + given_fen + points.paid_for(order, lines), now)
    points.earn(tx, order, lines, wallets, now)


def end_closed(tx: Tx, order: Any, kept_fen: int, now: datetime) -> None:
    """Everything went back, less what the seller keeps of it, such as freight."""
    if order.received_at is None:
        _end(tx, order, kept_fen, now)


def return_coupon_cost(tx: Tx, order: Any, lines: list[Any], decided: Plan, now: datetime) -> None:
    """What goods coupons paid for the pieces goes back with them; the rest, also what coupons took off the freight,
    goes with the last piece, as the coupons do."""
    _return_given(tx, order, lines, decided, now)
    whole_fen = own_coupon_fen(order.price)
    if not whole_fen:
        return
    by_now_fen = whole_fen if decided.closes else _cost(
        order, lines, {each.line.line_id: each.quantity for each in decided.pieces})
    back_fen = by_now_fen - _cost(order, lines, {})
    if back_fen:
        before = sum(line.refunded_quantity for line in lines)
        ledger.post(tx, accounts.coupons_returned(order, back_fen, before), now)


def _return_given(tx: Tx, order: Any, lines: list[Any], decided: Plan, now: datetime) -> None:
    """The same of what others gave."""
    whole = borne.borne_fen(order.price)
    if not any(whole.values()):
        return
    more = {each.line.line_id: each.quantity for each in decided.pieces}
    before, by_now = _given(order, lines), whole if decided.closes else _given(order, lines, more)
    back = {giver: by_now.get(giver, 0) - before.get(giver, 0) for giver in whole}
    if any(back.values()):
        ledger.post(tx, accounts.given_returned(order, back, sum(line.refunded_quantity for line in lines)), now)


def _given(order: Any, lines: list[Any], more: Mapping[str, int] = NONE, *,
           coupons_only: bool = False) -> dict[str, int]:
    """What others gave for the pieces that have gone back, and these."""
    return borne.borne_for(by_line(order.price, lines), _gone(lines, more), coupons_only=coupons_only)


def _cost(order: Any, lines: list[Any], more: Mapping[str, int]) -> int:
    """What goods coupons of its own seller paid for the pieces that have gone back, and these."""
    gone, others_fen = _gone(lines, more), sum(_given(order, lines, more, coupons_only=True).values())
    return pricing.coupon_cost(pricing.from_json(order.price, lines), gone) - others_fen


def _gone(lines: list[Any], more: Mapping[str, int] = NONE) -> dict[str, int]:
    return {line.line_id: line.refunded_quantity + more.get(line.line_id, 0) for line in lines}


def _end(tx: Tx, order: Any, worth_fen: int, now: datetime) -> None:
    if worth_fen:
        ledger.post(tx, accounts.order_ended(order.order_no, order.seller_id, worth_fen), now)
