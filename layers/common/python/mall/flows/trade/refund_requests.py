"""A buyer asks for a refund, staff answer (退款申请, spec E6). The order is locked first: of an answer, a withdrawal
and a refund at the same moment one comes first, and what it left decides about the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mall.domains.orders import store as orders
from mall.domains.orders.rules import FLOW as ORDER_FLOW
from mall.domains.orders.rules import OrderNotFound
from mall.domains.pricing.rules import ThresholdRule
from mall.domains.refunds import request_store as requests
from mall.domains.refunds import store as refunds
from mall.domains.refunds.requests import (
    REASON_WORDS, STATE_WORDS, AnswerMissing, NothingToAskFor, RefundRequestRefused, RequestEnded,
    RequestIsOpen, RequestNotFound, RequestReason, RequestState, TooManyRequests, check_time,
)
from mall.domains.refunds.rules import RefundCause, RefundKind, RefundOrder
from mall.domains.uploads import store as uploads
from mall.domains.uploads.rules import Purpose
from mall.flows import kinds
from mall.flows.trade import refund
from mall.flows.money.refund_plan import ByAmount, Left, Plan, Wanted, left_of, plan
from mall.kit.db import Tx
from mall.kit.errors import Conflict, MallError, RuleBroken
from mall.kit.outbox import emit
from mall.kit.scope import own


SettingsOf = Callable[[str], Any]  # as they hold for a seller


@dataclass(frozen=True)
class Asked:
    order_no: str
    wanted: Wanted | ByAmount | None
    reason: RequestReason
    note: str
    evidence_ids: tuple[str, ...] = ()  # of uploads


def ask(tx: Tx, asked: Asked, request_id: str, *, member_id: str, settings_of: SettingsOf, now: datetime) -> Plan:
    """What it would give back now. Raises OrderNotFound, IllegalMove, NotToBeAsked, TooManyRequests, RequestIsOpen,
    NothingToAskFor, NotChecked, and what a refund of it would raise."""
    order = _own(orders.lock(tx, asked.order_no), member_id)
    settings = settings_of(order.seller_id)
    _check_open(order, requests.of_order(tx, asked.order_no), settings, now)
    lines, earlier = tx.fetch(orders.ask_lines(order.order_no), refunds.ask_of(order.order_no, order.payment_no))
    decided = plan(order, lines, earlier, asked.wanted, *_rules(settings))
    if not decided.amount_fen:
        raise NothingToAskFor()
    fields = {upload_id: f"evidence_ids.{number}" for number, upload_id in reversed([*enumerate(asked.evidence_ids)])}
    uploads.use_private(tx, fields, Purpose.EVIDENCE, now, owner_id=member_id)
    requests.add(tx, {
        "request_id": request_id, "order_no": order.order_no, "seller_id": order.seller_id, "member_id": member_id,
        "kind": _kind(asked.wanted).value, "wanted": _document(asked.wanted), "asked_fen": decided.amount_fen,
        "reason": asked.reason.value, "note": asked.note, "evidence": list(dict.fromkeys(asked.evidence_ids))}, now)
    return decided


def withdraw(tx: Tx, request_id: str, *, member_id: str, now: datetime) -> None:
    """Raises RequestNotFound, RequestEnded."""
    request, _ = _lock(tx, request_id)
    if request.member_id != member_id:
        raise RequestNotFound(field="request_id")
    _check_waits(request)
    requests.end(tx, request, "withdraw", None, now)


def refuse(tx: Tx, request_id: str, answer: str, *, seller_id: str, now: datetime) -> None:
    """Raises RequestNotFound, RequestEnded, AnswerMissing."""
    request, _ = of_seller(tx, request_id, seller_id)
    if not answer:
        raise AnswerMissing(field="answer")
    requests.end(tx, request, "refuse", answer, now)
    emit(tx, RefundRequestRefused(request_id, request.order_no, request.member_id), now)


def accept(tx: Tx, request_id: str, answer: str, *, seller_id: str, settings: Any, seen: refund.Seen, actor: str,
           now: datetime) -> tuple[str, str, Plan]:
    """Its refund starts: the order, the refund's number, what was decided. Raises RequestNotFound, RequestEnded,
    NothingToAskFor, and what a refund raises."""
    request, order = of_seller(tx, request_id, seller_id)
    threshold, first = _rules(settings)
    refund_no, decided = refund.refund_order(
        tx, order.order_no, seller_id=seller_id, cause=RefundCause.STAFF, reason=REASON_WORDS[request.reason],
        actor=actor, now=now, seen=seen, wanted=wanted_in(request), threshold=threshold, first=first,
        accepts=answer or STATE_WORDS["ACCEPTED"])
    if refund_no is None:
        raise NothingToAskFor()
    return order.order_no, refund_no, decided


def of_seller(tx: Tx, request_id: str, seller_id: str) -> tuple[Any, Any]:
    """An open request of this seller's and its order, locked. Raises RequestNotFound, RequestEnded."""
    request, order = _lock(tx, request_id)
    own(request, seller_id, RequestNotFound(field="request_id"))
    _check_waits(request)
    return request, order


def wanted_in(request: Any) -> Wanted | ByAmount | None:
    """What was asked for."""
    found = request.wanted
    if found["amount_fen"] is not None:
        line_ids = tuple(found["line_ids"]) if found["line_ids"] else None
        return ByAmount(RefundKind(request.kind), found["amount_fen"], line_ids)
    return None if found["lines"] is None else Wanted(dict(found["lines"]))


def refundable(tx: Tx, order_no: str, *, member_id: str, settings_of: SettingsOf,
               now: datetime) -> tuple[Any, list[Any], list[Any], Left, MallError | None]:
    """What a buyer may still ask of an order: it, its lines, its requests, what is left, and why not now."""
    order = _own(orders.find(tx, order_no), member_id)
    lines, earlier, asked = tx.fetch(orders.ask_lines(order_no), refunds.ask_of(order_no, order.payment_no),
                                     requests.ask_of_orders([order_no]))
    left = left_of(order, lines, earlier)
    try:
        _check_open(order, asked, settings_of(order.seller_id), now)
    except (RuleBroken, Conflict) as refused:
        return order, lines, asked, left, refused
    return order, lines, asked, left, None if left.money_fen else NothingToAskFor()


def _own(order: Any | None, member_id: str) -> Any:
    if order is None or order.member_id != member_id:
        raise OrderNotFound(field="order_no")
    return order


def _check_open(order: Any, asked: list[Any], settings: Any, now: datetime) -> None:
    ORDER_FLOW.check("close_refunded", order.state)
    kinds.of(order.kind).check_refund(order)
    check_time(settings.refund_request_days, order.received_at, now)
    if any(_waits(each) for each in asked):
        raise RequestIsOpen()
    if len(asked) >= settings.refund_requests_most:
        raise TooManyRequests(most=settings.refund_requests_most)


def _lock(tx: Tx, request_id: str) -> tuple[Any, Any]:
    """The order before the request: whoever ends one holds the order."""
    found = requests.find(tx, request_id)
    if found is None:
        raise RequestNotFound(field="request_id")
    order = orders.lock(tx, found.order_no)
    return requests.find(tx, request_id), order


def _waits(request: Any) -> bool:
    return request.state == RequestState.OPEN.value


def _check_waits(request: Any) -> None:
    if not _waits(request):
        raise RequestEnded(state=request.state)


def _rules(settings: Any) -> tuple[ThresholdRule, RefundOrder]:
    return ThresholdRule(settings.refund_threshold_rule), RefundOrder(settings.refund_order)


def _kind(wanted: Wanted | ByAmount | None) -> RefundKind:
    return wanted.kind if isinstance(wanted, ByAmount) else RefundKind.GOODS


def _document(wanted: Wanted | ByAmount | None) -> dict[str, Any]:
    by_amount = isinstance(wanted, ByAmount)
    return {"lines": [list(each) for each in wanted.quantities.items()] if isinstance(wanted, Wanted) else None,
            "amount_fen": wanted.amount_fen if by_amount else None,
            "line_ids": list(wanted.line_ids) if by_amount and wanted.line_ids else None}
