"""Refunds: money on its way back, under our own number, which WeChat knows as out_refund_no (spec E6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import ClassVar

from mall.kit.errors import Conflict, NotFound, RuleBroken
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


class AlreadyRefunded(Conflict):
    code, message = "ALREADY_REFUNDED", "该订单已退款，无需重复操作"


@dataclass(frozen=True)
class RefundFinished(Event):
    kind: ClassVar[str] = "refunds.refund_finished"
    refund_no: str
    order_no: str | None
    member_id: str
    amount_fen: int


def send_next(attempts: int, now: datetime) -> datetime:
    """When to send or ask again: one minute between two tries, WeChat's own limit, then ever more rarely."""
    return now + timedelta(minutes=min(60, 2 ** min(attempts, 6)))
