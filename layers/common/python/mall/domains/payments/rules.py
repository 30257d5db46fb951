"""Payments: one attempt to be paid, under our own number, which WeChat knows as out_trade_no (spec E5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from mall.kit.errors import NotFound, RuleBroken
from mall.kit.state import Flow


class Purpose(str, Enum):
    ORDER = "ORDER"
    TOP_UP = "TOP_UP"  # of the member's own stored value (E8)


class PaymentState(str, Enum):
    CREATED = "CREATED"  # written down; WeChat may or may not have heard of it
    PREPAID = "PREPAID"  # WeChat knows it, the buyer can pay
    PAID = "PAID"
    CLOSED = "CLOSED"  # closed at WeChat; money that arrives all the same is refunded


S = PaymentState
FLOW = Flow(S, start=S.CREATED, moves={
    "prepay": ({S.CREATED}, S.PREPAID),
    "settle": ({S.CREATED, S.PREPAID}, S.PAID),
    "settle_late": ({S.CLOSED}, S.PAID),
    "close": ({S.CREATED, S.PREPAID}, S.CLOSED),
})

OPEN = (S.CREATED.value, S.PREPAID.value)

# how long to wait before WeChat is asked again, as its documents suggest
ASK_AFTER_S = (5, 30, 60, 180, 300, 600, 1800)


def ask_next(asked: int, now: datetime) -> datetime:
    """When to ask about a payment that was asked about `asked` times."""
    return now + timedelta(seconds=ASK_AFTER_S[min(asked, len(ASK_AFTER_S) - 1)])


class PaymentNotFound(NotFound):
    code, message = "PAYMENT_NOT_FOUND", "支付单不存在"


class PaymentContradicts(RuleBroken):
    """WeChat says of a payment that it paid what our books have as another one's, or as another amount."""

    code, message = "PAYMENT_CONTRADICTS", "支付结果与账上记录不一致"


class NothingToPay(RuleBroken):
    code, message = "NOTHING_TO_PAY", "已经支付，无需再次支付"


def nothing_to_pay(state: str, *, closed: bool) -> NothingToPay:
    """Of an order in this state: paid, or `closed` before it was."""
    return NothingToPay("订单已关闭，不能再支付，请重新下单" if closed else None, state=state)


class PaymentUnderWay(RuleBroken):
    code, message = "PAYMENT_UNDER_WAY", "订单正在支付确认中，请稍后查看订单状态"
    retryable = True
