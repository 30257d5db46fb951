"""Requests for refunds. Whoever changes one holds its order's lock: asking, answering and refunding come one by one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from mall.domains.refunds.requests import FLOW, RequestEnded, RequestIsOpen, RequestState
from mall.kit.db import Tx, among
from mall.kit.page import LAST, newest_first, newest_of
from mall.tables.trade import orders, refund_requests

_BY_ID = select(refund_requests).where(refund_requests.c.request_id == bindparam("request_id"))
_OF_ORDERS = (
    select(refund_requests)
    .where(refund_requests.c.order_no.in_(among("order_nos")))
    .order_by(refund_requests.c.request_id.desc())
)
_OF_SELLER = newest_first(
    select(refund_requests, orders.c.state.label("order_state"), orders.c.pay_fen, orders.c.refunded_fen)
    .join_from(refund_requests, orders, orders.c.order_no == refund_requests.c.order_no)
    .where(refund_requests.c.seller_id == bindparam("seller_id"), refund_requests.c.state == bindparam("state")),
    refund_requests.c.request_id)
_END = (
    update(refund_requests)
    .where(refund_requests.c.request_id == bindparam("of_request"), refund_requests.c.state == RequestState.OPEN.value)
    .values(state=bindparam("to_state"), answer=bindparam("words"), active_key=None, ended_at=bindparam("now"))
)
_END_WITH_REFUND = (
    update(refund_requests)
    .where(refund_requests.c.active_key == bindparam("of_order"), refund_requests.c.state == RequestState.OPEN.value)
    .values(state=bindparam("to_state"), refund_no=bindparam("by_refund"), answer=bindparam("words"), active_key=None,
            ended_at=bindparam("now"))
)


def ask_of_orders(order_nos: list[str]):
    """The question for all requests of these orders, the newest first."""
    return _OF_ORDERS, {"order_nos": order_nos}


def find(tx: Tx, request_id: str) -> Any | None:
    return tx.one(_BY_ID, request_id=request_id)


def of_order(tx: Tx, order_no: str) -> list[Any]:
    return tx.all(_OF_ORDERS, order_nos=[order_no])


def add(tx: Tx, request: dict[str, Any], now: datetime) -> None:
    """Raises RequestIsOpen."""
    tx.insert(refund_requests, duplicate=RequestIsOpen(), **request, state=RequestState.OPEN.value, answer=None,
              refund_no=None, active_key=request["order_no"], asked_at=now, ended_at=None)


def end(tx: Tx, request: Any, move: str, answer: str | None, now: datetime) -> None:
    """Refused or withdrawn. Raises RequestEnded."""
    tx.write(_END, rows=1, otherwise=RequestEnded(), of_request=request.request_id, to_state=FLOW.target(move),
             words=answer, now=now)


def end_with_refund(tx: Tx, order_no: str, move: str, refund_no: str | None, answer: str | None,
                    now: datetime) -> None:
    """The order is refunded: what is open of it is accepted by that, or overtaken. The order is locked."""
    tx.write(_END_WITH_REFUND, of_order=order_no, to_state=FLOW.target(move), by_refund=refund_no, words=answer,
             now=now)


def page(tx: Tx, seller_id: str, state: str | None, before: str | None, most: int) -> list:
    """The seller's requests with their orders, the newest first."""
    states = [state] if state else [each.value for each in RequestState]
    return newest_of(tx, _OF_SELLER, states, most, seller_id=seller_id, before=before or LAST)
