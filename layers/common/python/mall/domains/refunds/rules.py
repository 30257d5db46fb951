"""Refunds: money on its way back, under our own number, which WeChat knows as out_refund_no (spec E6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import ClassVar

from mall.kit.errors import BadInput, Conflict, NotFound, RuleBroken
from mall.kit.outbox import Event
from mall.kit.state import Flow


class RefundState(str, Enum):
    DUE = "DUE"  # decided and written down, to be sent
    SENT = "SENT"  # WeChat works on it
    DONE = "DONE"
    FAILED = "FAILED"  # ABNORMAL or CLOSED at WeChat, or refused: staff have a case with the next step


S = RefundState
FLOW = Flow(S, start=S.DUE, moves={
    "send": ({S.DUE, S.FAILED}, S.SENT),
    "finish": ({S.DUE, S.SENT, S.FAILED}, S.DONE),
    "fail": ({S.DUE, S.SENT}, S.FAILED),
    "retry": ({S.FAILED}, S.DUE),
})


class RefundCause(str, Enum):
    LATE_PAYMENT = "LATE_PAYMENT"  # paid after the order closed
    SECOND_PAYMENT = "SECOND_PAYMENT"  # the order was paid already
    WRONG_AMOUNT = "WRONG_AMOUNT"  # the amount is not the order's
    GROUP_FAILED = "GROUP_FAILED"
    STAFF = "STAFF"


class RefundNotFound(NotFound):
    code, message = "REFUND_NOT_FOUND", "退款单不存在"


class MoreThanPaid(RuleBroken):
    code, message = "MORE_THAN_PAID", "退款金额超过可退金额"


class TooManyRefunds(RuleBroken):
    code, message = "TOO_MANY_REFUNDS", "该笔支付已退款 50 次，微信支付不再接受，请线下处理"


class LineTwice(BadInput):
    code, message = "LINE_TWICE", "同一商品请合并为一行"


class AlreadyRefunded(Conflict):
    code, message = "ALREADY_REFUNDED", "该订单已退款，无需重复操作"


@dataclass(frozen=True)
class RefundFinished(Event):
    kind: ClassVar[str] = "refunds.refund_finished"
    refund_no: str
    order_no: str | None
    member_id: str
    amount_fen: int


MOST_REFUNDS = 50  # of one payment, WeChat's limit
REFUND_GAP = timedelta(seconds=65)  # between two refunds of one payment: WeChat's minute, and some for the way


def check_number(number: int, *, is_last: bool) -> None:
    """Refuse what WeChat would refuse: a payment with `number` refunds may take one more, and the fiftieth must
    give back all that is left of the order. Raises TooManyRefunds."""
    if number >= MOST_REFUNDS:
        raise TooManyRefunds(number=number)
    if number == MOST_REFUNDS - 1 and not is_last:
        raise TooManyRefunds("该笔支付已退款 49 次，最后一次只能退还全部剩余", number=number)


def send_next(attempts: int, now: datetime) -> datetime:
    """When to send or ask again: one minute between two tries, WeChat's own limit, then ever more rarely."""
    return now + timedelta(minutes=min(60, 2 ** min(attempts, 6)))
