"""Money on its way back: decided in our books first, then sent to WeChat by a timer (spec E6).

Never more than was paid: the pieces of each line, the order's and the payment's refunded amounts are guarded
in SQL, and each thing is refunded once (`once_key`). An order may be refunded in parts, several times; it
closes when no piece of it is left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from mall.domains.cases import store as cases
from mall.domains.fulfilment import store as fulfilment
from mall.domains.ledger import rules as accounts
from mall.domains.ledger import store as ledger
from mall.domains.orders import checkouts
from mall.domains.orders import store as orders
from mall.domains.orders.checkouts import is_unsent
from mall.domains.orders.pieces import cancelled_by_refund, is_partly_shipped, owed
from mall.domains.orders.rules import FLOW as ORDER_FLOW
from mall.domains.orders.rules import CloseReason, OrderClosed, OrderNotFound, OrderState, StateChanged
from mall.domains.payments import store as payments
from mall.domains.pricing.rules import ThresholdRule
from mall.domains.refunds import request_store as requests
from mall.domains.refunds import store as refunds
from mall.domains.refunds.rules import (
    AlreadyRefunded,
    ByHand,
    MoreThanPaid,
    OurOwnNumber,
    Parts,
    RefundCause,
    RefundContradicts,
    RefundFinished,
    RefundNotFailed,
    RefundNotFound,
    RefundOrder,
    RefundState,
    next_step,
    refund_of,
)
from mall.domains.settlements import frozen
from mall.domains.stock import store as stock
from mall.domains.stock.rules import by_place
from mall.flows import kinds
from mall.flows.money import order_coupons, order_value, points, refund_parts
from mall.flows.people import growth
from mall.flows.money.refund_plan import ByAmount, Pieces, Plan, Wanted, lines_after, plan
from mall.kit.db import Tx
from mall.kit.ids import new_id
from mall.kit.outbox import emit


_TWICE = {"closed": "退款 {} 的旧单号 {} 被微信关闭后又到账，可能重复退款",
          "by hand": "退款 {} 已由员工线下退还，微信又按单号 {} 退款到账，可能重复退款"}


@dataclass(frozen=True)
class Seen:
    """How the person who decided saw the order; when it has changed since, they decide anew."""

    state: str | None = None
    refunded_fen: int | None = None


def give_back_payment(tx: Tx, payment: Any, amount_fen: int, cause: RefundCause, *, now: datetime) -> str:
    """Refund a payment that has nothing to pay for, in full; returns the refund's number."""
    refund_no = new_id("rfd")
    unspent = Plan(amount_fen, 0, (), (), closes=False, parts=Parts(amount_fen, 0))
    _write_down(tx, refund_no, payment, None, unspent, cause, reason="订单已关闭，退回付款",
                once_key=f"payment {payment.payment_no}", now=now)
    ledger.post(tx, accounts.unspent_returned(refund_no, amount_fen, payment.payment_no), now)
    return refund_no


def give_back_part(tx: Tx, order: Any, part: Any, amount_fen: int, cause: RefundCause, *, reason: str, once_key: str,
                   now: datetime) -> str:
    """Refund so much of what paid a part (a row with its `payment_no`) of an order that closes, or closed, before all
    was paid: no piece goes back with it. Returns the refund's number."""
    refund_no = new_id("rfd")
    decided = Plan(amount_fen, 0, (), (), closes=False, parts=Parts(amount_fen, 0))
    _promise(tx, refund_no, part, order, decided, cause, reason=reason, once_key=once_key, now=now)
    orders.add_refunded(tx, order.order_no, amount_fen, otherwise=MoreThanPaid())
    return refund_no


def refund_order(tx: Tx, order_no: str, *, seller_id: str | None, cause: Enum, reason: str, actor: str, now: datetime,
                 seen: Seen = Seen(), wanted: Wanted | ByAmount | None = None,
                 threshold: ThresholdRule = ThresholdRule.KEEP, first: RefundOrder = RefundOrder.WECHAT_FIRST,
                 accepts: str | None = None, closes_as: Enum = CloseReason.REFUNDED,
                 agrees: Callable[[list[Any], list[Any]], None] | None = None) -> tuple[str | None, Plan]:
    """Refund these pieces of an order, an amount of it, or all that is left; the refund's number (None when nothing is
    to be paid back; the first of several where the order was paid in parts) and what was decided. Pieces that were not
    shipped go back into stock. The last piece closes the order, and its coupons go back. Points go back, and are taken
    back, with their pieces; an amount takes back what it earned. The buyer's open request ends: `accepts` are the words
    that accept it, None overtakes it.
    `cause` is a RefundCause, `closes_as` a CloseReason, or one of the order's kind. `agrees`: shown its lines and the
    open orders beside it before anything is decided, raises its own refusals.

    Raises OrderNotFound, AlreadyRefunded, StateChanged, IllegalMove, LineNotInOrder, MoreThanBought, MoreThanPaid,
    TooManyRefunds, and what its kind refuses.
    """
    order = _lock(tx, order_no, seller_id, seen)
    lines, paid, earlier, others = tx.fetch(
        orders.ask_lines(order_no), refund_parts.ask_paid(order),
        refunds.ask_of(order.order_no, order.payment_no), checkouts.ask_other_open(order))
    if agrees:
        agrees(lines, others)
    decided = plan(order, lines, earlier, wanted, threshold, first)
    before, refund_no = sum(line.refunded_quantity for line in lines), new_id("rfd") if decided.amount_fen else None
    mark = refund_no if decided.by_amount else str(before)
    growth.take_back(tx, order, lines_after(lines, decided), mark, now)
    points.give_back(tx, order, lines, decided, mark, now)
    once_key = _once(order, decided, before)
    if refund_no:
        _promise_all(tx, refund_no, paid, order, decided, cause, reason=reason, once_key=once_key, now=now)
    requests.end_with_refund(tx, order_no, "accept" if accepts else "overtake", refund_no, accepts, now)
    order_value.return_coupon_cost(tx, order, lines, decided, now)
    _take_back_pieces(tx, order, decided.pieces, reference=refund_no or once_key, actor=actor, now=now)
    kinds.of(order.kind).given_back(tx, order, decided, now)
    if decided.closes:
        _close(tx, order, others, decided, closes_as, reason=reason, actor=actor, now=now)
    else:
        orders.record(tx, order, "refund_part", actor=actor, reason=reason, now=now)
        _end_shipping(tx, order, lines, decided, actor=actor, now=now)
    return refund_no, decided


def _promise_all(tx: Tx, refund_no: str, paid: list[Any], order: Any, decided: Plan, cause: Enum, *, reason: str,
                 once_key: str, now: datetime) -> None:
    """A refund of each payment that gives something back, the first of them under `refund_no`."""
    for number, (payment, part) in enumerate(refund_parts.over(decided, paid)):
        _promise(tx, new_id("rfd") if number else refund_no, payment, order, part, cause, reason=reason,
                 once_key=f"{once_key} {number}" if number else once_key, now=now)
    orders.add_refunded(tx, order.order_no, decided.amount_fen, otherwise=MoreThanPaid(),
                        into_balance_fen=decided.parts.balance_fen)


def told(tx: Tx, order_no: str, decided: Plan) -> dict[str, dict[str, Any]]:
    """What the audit log keeps of it: before and after."""
    order = orders.find(tx, order_no)
    return {"before": {"refunded_fen": order.refunded_fen - decided.amount_fen},
            "after": {"refunded_fen": order.refunded_fen, "state": order.state}}


def _once(order: Any, decided: Plan, before: int) -> str:
    """What the refund is for: an amount stands at the money that had gone back, pieces at the pieces."""
    if decided.closes:
        return f"order {order.order_no}"
    done = f"{order.refunded_fen} fen" if decided.by_amount else f"{before} pieces"
    return f"order {order.order_no} after {done}"


def quote(tx: Tx, order_no: str, *, seller_id: str, wanted: Wanted | ByAmount | None, threshold: ThresholdRule,
          first: RefundOrder, seen: Seen = Seen()) -> tuple[Any, Plan]:
    """The order and what `refund_order` would decide now; the same refusals, nothing written."""
    order = _check(orders.find(tx, order_no), seller_id, seen)
    lines, earlier = tx.fetch(orders.ask_lines(order_no), refunds.ask_of(order_no, order.payment_no))
    return order, plan(order, lines, earlier, wanted, threshold, first)


def _lock(tx: Tx, order_no: str, seller_id: str | None, seen: Seen) -> Any:
    return _check(orders.lock(tx, order_no), seller_id, seen)


def _check(order: Any | None, seller_id: str | None, seen: Seen) -> Any:
    if order is None or (seller_id is not None and order.seller_id != seller_id):
        raise OrderNotFound()
    if order.state == OrderState.CLOSED.value and order.refunded_fen:
        raise AlreadyRefunded()
    if seen.state is not None and order.state != seen.state:
        raise StateChanged(state=order.state)
    if seen.refunded_fen is not None and order.refunded_fen != seen.refunded_fen:
        raise StateChanged(state=order.state, refunded_fen=order.refunded_fen)
    ORDER_FLOW.check("close_refunded", order.state)
    kinds.of(order.kind).check_refund(order)
    return order


def _take_back_pieces(tx: Tx, order: Any, pieces: tuple[Pieces, ...], *, reference: str, actor: str,
                      now: datetime) -> None:
    """Count them at their lines, and take into stock what had not gone out. Goods on their way come back by an
    after-sale case, not by themselves; delivered codes never do."""
    for each in pieces:
        orders.add_refunded_pieces(tx, each.line, each.quantity, each.allowance_fen, otherwise=AlreadyRefunded(),
                                   unsent=cancelled_by_refund(order, each.line, each.quantity))
    unsent = ((each.line, cancelled_by_refund(order, each.line, each.quantity)) for each in pieces)
    for place in by_place((line.sku_id, line.warehouse_id, quantity) for line, quantity in unsent
                          if quantity and not line.delivered_codes):
        stock.give_back(tx, *place, refund_no=reference, actor=actor, now=now)


def _end_shipping(tx: Tx, order: Any, lines: list[Any], decided: Plan, *, actor: str, now: datetime) -> None:
    """What had not gone out of an order that is shipped in parts is refunded: nothing is to follow."""
    unsent = sum(cancelled_by_refund(order, each.line, each.quantity) for each in decided.pieces)
    if unsent and is_partly_shipped(order.state, lines) and unsent == sum(owed(line) for line in lines):
        orders.move(tx, order, "ship_without_rest", actor=actor, now=now)
        fulfilment.report_anew(tx, order.order_no, now)


def _end_waiting(tx: Tx, order: Any, others: list[Any], now: datetime) -> None:
    """It was the last of its payment that had not gone out: now WeChat can be told that all has."""
    if is_unsent(order) and not any(is_unsent(other) for other in others):
        for other in others:
            fulfilment.report_anew(tx, other.order_no, now)


def _close(tx: Tx, order: Any, others: list[Any], decided: Plan, closes_as: Enum, *, reason: str, actor: str,
           now: datetime) -> None:
    orders.move(tx, order, "close_refunded", actor=actor, now=now, reason=reason, close_reason=closes_as.value)
    order_coupons.give_back(tx, order, now)
    _end_waiting(tx, order, others, now)
    emit(tx, OrderClosed(order.order_no, order.member_id, closes_as.value), now)
    order_value.end_closed(tx, order, order.pay_fen - order.refunded_fen - decided.amount_fen, now)


def _promise(tx: Tx, refund_no: str, payment: Any | None, order: Any, decided: Plan, cause: Enum, *, reason: str,
             once_key: str, now: datetime) -> None:
    """What one payment gives back of an order (a row with its `payment_no`; None: stored value alone)."""
    _write_down(tx, refund_no, payment, order, decided, cause, reason=reason, once_key=once_key, now=now)
    ledger.post(tx, accounts.refund_decided(refund_no, *decided.parts, order), now)


def _write_down(tx: Tx, refund_no: str, payment: Any | None, order: Any | None, decided: Plan, cause: Enum, *,
                reason: str, once_key: str, now: datetime) -> None:
    """What WeChat has no part in is done at once."""
    of, parts = order or payment, decided.parts
    done = parts.wechat_fen == 0
    refunds.decide(tx, {
        "refund_no": refund_no, "wechat_refund_no": refund_no,
        "payment_no": payment.payment_no if payment else None, "order_no": order.order_no if order else None,
        "seller_id": order.seller_id if order else refunds.seller_of(tx, payment.payment_no),
        "member_id": of.member_id, "state": RefundState.DONE.value if done else RefundState.DUE.value,
        "cause": cause.value, "kind": decided.kind.value, "reason": reason[:80], "amount_fen": parts.wechat_fen,
        "balance_fen": parts.balance_fen, "freight_fen": decided.freight_fen, "once_key": once_key,
        "wechat_refund_id": None, "problem": None, "attempts": 0, "send_at": None if done else now, "created_at": now,
        "finished_at": now if done else None,
    }, [{"line_id": each.line.line_id, "quantity": each.quantity, "amount_fen": each.amount_fen}
        for each in decided.pieces])
    if done:
        emit(tx, RefundFinished(refund_no, order.order_no, of.member_id, parts.balance_fen), now)
    else:
        payments.add_refunded(tx, payment.payment_no, parts.wechat_fen, otherwise=MoreThanPaid())


def keep_answer(tx: Tx, number: str, seen: Any, ask_at: datetime, now: datetime) -> str:
    """Write down what WeChat says of the refund that it knows by `number`; returns the refund's state.
    Repetitions change nothing.

    `seen.state`: PROCESSING, SUCCESS, ABNORMAL or CLOSED (protocol: refund status). Raises RefundContradicts for what
    cannot be beside what our books have; then nothing changes.
    """
    row = refunds.lock(tx, refund_of(number))
    if row is None:
        raise RefundNotFound()
    if number != row.wechat_refund_no or row.settled_how:
        return _keep_answer_beside(tx, row, number, seen, now)
    if _contradicts(row, seen):
        raise RefundContradicts()
    if row.state == RefundState.DONE.value:
        return row.state
    if seen.state == "SUCCESS":
        return _finish(tx, row, seen, now)
    if seen.state == "PROCESSING":
        if row.state == RefundState.DUE.value:
            refunds.move(tx, row, "send", wechat_refund_id=seen.refund_id, send_at=ask_at)
        return RefundState.SENT.value
    return keep_failure(tx, number, f"微信退款状态 {seen.state}", now)


def _contradicts(row: Any, seen: Any) -> bool:
    """Another amount, or another end than the one that was told before. ABNORMAL may come late: it is no end."""
    other_end = seen.state == "CLOSED" or (seen.refund_id and row.wechat_refund_id not in (None, seen.refund_id))
    return seen.amount_fen != row.amount_fen or (row.state == RefundState.DONE.value and bool(other_end))


def doubt(tx: Tx, row: Any, now: datetime) -> None:
    """What WeChat says cannot be beside what our books say of a refund: no money moves, and staff look at it."""
    cases.open_case(tx, kind="NOTICE_MISMATCH", reference=row.refund_no,
                    seller_id=row.seller_id,
                    sentence=f"微信对退款 {row.refund_no} 的说法与账上的金额、单号或结果不一致，未据此入账",
                    next_step="请在商户平台核对该笔退款；系统会继续向微信查询未完成的退款",
                    data={"refund_no": row.refund_no, "amount_fen": row.amount_fen, "state": row.state}, now=now,
                    comes_again=True)


def _finish(tx: Tx, row: Any, seen: Any, now: datetime) -> str:
    refunds.move(tx, row, "finish", wechat_refund_id=seen.refund_id, finished_at=seen.refunded_at or now)
    return _told_done(tx, row, accounts.refund_done(row.refund_no, row.amount_fen), "退款已到账", now)


def _told_done(tx: Tx, row: Any, movement: accounts.Movement, note: str, now: datetime) -> str:
    ledger.post(tx, movement, now)
    cases.resolve_about(tx, "REFUND_FAILED", row.refund_no, note, now)
    if row.payment_no:
        frozen.look_again(tx, row.payment_no, now)
    emit(tx, RefundFinished(row.refund_no, row.order_no, row.member_id, row.amount_fen + row.balance_fen), now)
    return RefundState.DONE.value


def settle_by_hand(tx: Tx, refund_no: str, seller_id: str, how: ByHand, number: str, note: str, now: datetime) -> str:
    """A failed refund is done: staff gave the money back elsewhere, under `number` of the platform or the bank. The
    same words again change nothing. Raises RefundNotFound, RefundNotFailed, OurOwnNumber, OutsideNumberUsed."""
    row = refunds.lock(tx, refund_no)
    if row is None or row.seller_id != seller_id:
        raise RefundNotFound(field="refund_no")
    if (row.settled_how, row.settled_number) == (how.value, number):
        return row.state
    if row.state != RefundState.FAILED.value:
        raise RefundNotFailed(state=row.state)
    if refunds.find(tx, refund_of(number)) is not None:
        raise OurOwnNumber(field="number")
    refunds.settle_by_hand(tx, row, how, number, note, now)
    if how is ByHand.BANK_TRANSFER:
        movement = accounts.refund_transferred(refund_no, row.amount_fen, seller_id)
    else:
        movement = accounts.refund_done(refund_no, row.amount_fen)
    return _told_done(tx, row, movement, note, now)


def _keep_answer_beside(tx: Tx, row: Any, number: str, seen: Any, now: datetime) -> str:
    """Of a try that WeChat closed, before the present one, or of any that staff settled by hand: nothing changes.
    Should WeChat pay it after all, the refund is done by it, or, once the present try is at WeChat or the money was
    given back by hand, a person is told at once."""
    if seen.state != "SUCCESS":
        return row.state
    if row.state in (RefundState.DUE.value, RefundState.FAILED.value):
        refunds.renumber(tx, row, number)
        return _finish(tx, row, seen, now)
    cases.open_case(tx, kind="REFUND_TWICE", reference=number, seller_id=row.seller_id,
                    sentence=_TWICE["by hand" if row.settled_how else "closed"].format(row.refund_no, number),
                    next_step="在微信商户平台核对两个退款单号，确认重复后联系买家退还",
                    data={"refund_no": row.refund_no, "wechat_refund_no": row.wechat_refund_no,
                          "earlier_refund_no": number, "amount_fen": row.amount_fen,
                          "settled_number": row.settled_number}, now=now)
    return row.state


def keep_failure(tx: Tx, number: str, problem: str, now: datetime) -> str:
    """WeChat will not do it: staff get a case with the next step. It never blocks a later refund."""
    row = refunds.lock(tx, refund_of(number))
    if number != row.wechat_refund_no or row.state in (RefundState.DONE.value, RefundState.FAILED.value):
        return row.state
    refunds.move(tx, row, "fail", problem=problem)
    cases.open_case(tx, kind="REFUND_FAILED", reference=row.refund_no,
                    seller_id=row.seller_id,
                    sentence=f"退款 {row.refund_no} 未成功：{problem}",
                    next_step=next_step(problem),
                    data={"refund_no": row.refund_no, "payment_no": row.payment_no, "amount_fen": row.amount_fen},
                    now=now, comes_again=True)
    return RefundState.FAILED.value
