"""Refunds: money on its way back, under our own number (spec E6).

WeChat knows each try by its out_refund_no: the first by the refund's own number, one after WeChat CLOSED the last
by that number and "-2", "-3" ... CLOSED is the only end after which a number can never pay again (protocol:
refund status); whatever else happens, a try is repeated under its number, which cannot pay twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import ClassVar, NamedTuple

from mall.kit.errors import BadInput, Conflict, NotFound, RuleBroken
from mall.kit.outbox import Event
from mall.kit.state import Flow, Words


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
    "settle_by_hand": ({S.FAILED}, S.DONE),
})


class RefundCause(str, Enum):
    LATE_PAYMENT = "LATE_PAYMENT"  # paid after the order closed
    SECOND_PAYMENT = "SECOND_PAYMENT"  # the order was paid already
    WRONG_AMOUNT = "WRONG_AMOUNT"  # the amount is not the order's
    BROKEN_OFF = "BROKEN_OFF"  # the order closed before all of its parts were paid
    KEPT_BACK = "KEPT_BACK"  # what had been kept of its parts, by staff after all
    STAFF = "STAFF"
    FLASH = "FLASH"  # at once, for a trusted member


class RefundKind(str, Enum):
    """What a refund gives back for. By amount the buyer keeps the pieces; never more than was paid for them."""

    GOODS = "GOODS"  # pieces, or all that is left
    PRICE_DIFFERENCE = "PRICE_DIFFERENCE"
    FREIGHT = "FREIGHT"
    COMPENSATION = "COMPENSATION"


KIND_WORDS = Words(RefundKind, {
    "GOODS": "退款", "PRICE_DIFFERENCE": "退差价", "FREIGHT": "退运费", "COMPENSATION": "补偿"}, other="退款")


def money_back(states: Iterable[str]) -> str:
    """The state of all money on its way back together, as its owner should see it: the worst of its refunds; NONE."""
    found = set(states)
    worst = next((state for state in (S.FAILED, S.SENT, S.DUE, S.DONE) if state.value in found), None)
    return "NONE" if worst is None else _SHOWN[worst]


_SHOWN = {S.DUE: "UNDER_WAY", S.SENT: "UNDER_WAY", S.DONE: "DONE", S.FAILED: "FAILED"}
MONEY_WORDS = Words(None, {  # as the buyer reads it; who is to mend a failed one is the shop
    "NONE": "", "UNDER_WAY": "退款处理中，款项尚未到账", "DONE": "退款已到账", "FAILED": "退款未成功，商家正在处理",
}, other="退款处理中")


def desk_words(state: str, pay_fen: int, refunded_fen: int, paid_at: datetime | None, states: Iterable[str]) -> str:
    """Where the money of an order is, as the shop's books have it; `state`: the order's, `states`: of its refunds."""
    if not paid_at:
        return {"PART_PAID": "已付部分", "UNPAID": "未付款"}.get(state, "未付清，已退还" if refunded_fen else "未付款")
    if not refunded_fen:
        return "已付款"
    how_much = "全额退款" if refunded_fen >= pay_fen else "部分退款"
    return how_much + {"UNDER_WAY": "处理中", "FAILED": "失败"}.get(money_back(states), "")


class ByHand(str, Enum):
    """How staff gave the money of a failed refund back under another number than ours."""

    WECHAT_PLATFORM = "WECHAT_PLATFORM"  # 在微信商户平台另行退款
    BANK_TRANSFER = "BANK_TRANSFER"  # 银行转账


class RefundOrder(str, Enum):
    """Of an order that stored value paid a part of: who gives back first (setting `refund_order`, E8)."""

    WECHAT_FIRST = "wechat_first"
    BALANCE_FIRST = "balance_first"


_NEXT_STEPS = {  # by what WeChat said
    "NOT_ENOUGH": "商户余额不足：给商户号充值后重试退款（refunds.retry_refund），同一单号不会退两次",
    "ABNORMAL": "买家银行账户异常，重试无用：在微信商户平台按商户退款单号处理异常退款，到账后这里自动完成；"
                "改用其他方式退款的，用 refunds.record_settled_by_hand 登记",
    "CLOSED": "微信已关闭这笔退款：直接重试退款（refunds.retry_refund），系统先向微信核实，再换新单号",
}


def next_step(problem: str) -> str:
    """What staff do about a failed refund."""
    return next((step for word, step in _NEXT_STEPS.items() if word in problem),
                "核对商户余额与买家账户，处理后重试退款（refunds.retry_refund）；已用其他方式退款的，"
                "用 refunds.record_settled_by_hand 登记")


class RefundContradicts(RuleBroken):
    code, message = "REFUND_CONTRADICTS", "退款结果与账上记录不一致"


class RefundNotFound(NotFound):
    code, message = "REFUND_NOT_FOUND", "退款单不存在"
    field = "refund_no"


class MoreThanPaid(RuleBroken):
    code, message = "MORE_THAN_PAID", "退款金额超过可退金额"


class NothingKept(RuleBroken):
    code, message = "NOTHING_KEPT", "该订单没有留存的款项可退还"


class MoreThanKept(RuleBroken):
    """`data` has `left_fen`."""

    code, message = "MORE_THAN_KEPT", "退还金额超过还留存的金额"
    field = "amount_fen"


class LinesOrAmount(BadInput):
    code, message = "LINES_OR_AMOUNT", "按商品退款与按金额退款请分开提交"


class TooManyRefunds(RuleBroken):
    code, message = "TOO_MANY_REFUNDS", "该笔支付已退款 50 次，微信支付不再接受，请线下处理"


class LineTwice(BadInput):
    code, message = "LINE_TWICE", "同一商品请合并为一行"


class RefundNotFailed(Conflict):
    code, message = "REFUND_NOT_FAILED", "只有失败的退款可以登记为线下处理"


class OurOwnNumber(BadInput):
    code, message = "OUR_OWN_NUMBER", "这是商城自己的退款单号：按此单号退款的，到账后自动完成，无需登记"


class OutsideNumberUsed(Conflict):
    code, message = "OUTSIDE_NUMBER_USED", "该单号已登记在另一笔退款上"


class AlreadyRefunded(Conflict):
    code, message = "ALREADY_REFUNDED", "这笔退款已提交过，无需重复操作，是否到账请查看退款进度"


@dataclass(frozen=True)
class RefundFinished(Event):
    kind: ClassVar[str] = "refunds.refund_finished"
    refund_no: str
    order_no: str | None
    member_id: str
    amount_fen: int


class Parts(NamedTuple):
    """What of a refund goes back by WeChat, and what into stored value."""

    wechat_fen: int
    balance_fen: int


def in_order(amount_fen: int, left: Parts, first: RefundOrder) -> Parts:
    """Split a refund over what either paid and has not given back: the first gives all it has left before the other
    gives anything. Raises MoreThanPaid."""
    if not 0 <= amount_fen <= left.wechat_fen + left.balance_fen:
        raise MoreThanPaid()
    if first is RefundOrder.WECHAT_FIRST:
        wechat_fen = min(amount_fen, left.wechat_fen)
    else:
        wechat_fen = max(0, amount_fen - left.balance_fen)
    return Parts(wechat_fen, amount_fen - wechat_fen)


MOST_REFUNDS = 50  # of one payment, WeChat's limit
TRY = "-"  # between a refund's number and the number of its try
REFUND_GAP = timedelta(seconds=65)  # between two refunds of one payment: WeChat's minute, and some for the way


def refund_of(wechat_refund_no: str) -> str:
    """The refund that WeChat knows, or knew, by this number."""
    return wechat_refund_no.partition(TRY)[0]


def tries_of(wechat_refund_no: str) -> int:
    """How many refunds WeChat has counted for this one: they too are of its fifty."""
    return int(wechat_refund_no.partition(TRY)[2] or 1)


def earlier_numbers(wechat_refund_no: str) -> list[str]:
    """The numbers of the tries before this one; WeChat closed each of them."""
    refund_no = refund_of(wechat_refund_no)
    return [refund_no, *(f"{refund_no}{TRY}{number}" for number in range(2, tries_of(wechat_refund_no)))][
        :tries_of(wechat_refund_no) - 1]


def next_number(wechat_refund_no: str) -> str:
    """The number of the try after this one."""
    return f"{refund_of(wechat_refund_no)}{TRY}{tries_of(wechat_refund_no) + 1}"


def check_number(number: int, *, is_last: bool, others: int = 0) -> None:
    """Refuse what WeChat would refuse: a payment with `number` refunds may take one more, and the fiftieth must
    give back all that is left of the order. One is kept for each of the `others` that the payment paid for too. Raises
    TooManyRefunds."""
    if number >= MOST_REFUNDS:
        raise TooManyRefunds(number=number)
    if number >= MOST_REFUNDS - 1 - others and not is_last:
        raise TooManyRefunds(f"该笔支付已退款 {number} 次，最后一次只能退还全部剩余", number=number)


def send_next(attempts: int, now: datetime) -> datetime:
    """When to send or ask again: one minute between two tries, WeChat's own limit, then ever more rarely."""
    return now + timedelta(minutes=min(60, 2 ** min(attempts, 6)))
