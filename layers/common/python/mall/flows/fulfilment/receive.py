"""The buyer has the goods (确认收货): by hand, or by itself some days after shipping (spec E4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mall.domains.orders import store as orders
from mall.domains.orders.rules import OrderNotFound, OrderReceived, OrderState
from mall.flows.money import order_value, points
from mall.flows.people import growth
from mall.kit.db import Tx
from mall.kit.outbox import emit

RECEIVED, ELSEWHERE = "received", "elsewhere"


def receive_own(tx: Tx, order_no: str, settings: Any, *, member_id: str, actor: str, now: datetime) -> str:
    """The buyer confirms; returns the new state. Raises OrderNotFound, IllegalMove unless it was shipped."""
    found, lines, wallets, *standing = tx.fetch(
        orders.ask_lock(order_no), orders.ask_lines(order_no), points.ask_wallet(member_id), *growth.ask(member_id))
    if not found or found[0].member_id != member_id:
        raise OrderNotFound()
    return _receive(tx, found[0], lines, wallets, standing, settings, actor=actor, reason="", now=now)


def receive_overdue(tx: Tx, order_no: str, before: datetime, settings: Any, *, actor: str, now: datetime) -> str:
    """Nobody confirmed: RECEIVED, or ELSEWHERE when it was received, refunded or shipped anew meanwhile."""
    order = orders.lock(tx, order_no)
    if order.state != OrderState.SHIPPED.value or order.shipped_at > before:
        return ELSEWHERE
    lines, wallets, *standing = tx.fetch(
        orders.ask_lines(order_no), points.ask_wallet(order.member_id), *growth.ask(order.member_id))
    _receive(tx, order, lines, wallets, standing, settings, actor=actor, reason="超过自动收货时间", now=now)
    return RECEIVED


def _receive(tx: Tx, order: Any, lines: list[Any], wallets: list[Any], standing: list[list[Any]], settings: Any, *,
             actor: str, reason: str, now: datetime) -> str:
    state = orders.move(tx, order, "receive", actor=actor, now=now, reason=reason)
    order_value.end_received(tx, order, lines, wallets, now)
    growth.grow(tx, order, lines, standing, settings, actor=actor, now=now)
    emit(tx, OrderReceived(order.order_no, order.member_id), now)
    return state
