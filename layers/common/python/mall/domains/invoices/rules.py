"""Invoices (发票): asked for by the buyer, issued in the tax bureau's system, reddened when money goes back (spec E12).

The mall issues none itself: it keeps who wants which, what was issued, and what has to be taken back. An invoice may
stand for what was paid and not refunded, never for more; a refund after issuing makes a part of it due for a red-letter
invoice (红字发票).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from mall.kit import text
from mall.kit.credit_code import is_credit_code
from mall.kit.zone import day_of
from mall.kit.errors import BadInput, ChangedMeanwhile, Conflict, NotFound, RuleBroken
from mall.kit.state import Flow


class InvoiceState(str, Enum):
    REQUESTED = "REQUESTED"  # 待开票
    ISSUED = "ISSUED"  # 已开票
    RED_DUE = "RED_DUE"  # 待红冲: money went back after issuing
    RED = "RED"  # 已红冲 in full
    CANCELLED = "CANCELLED"  # 已取消: by its buyer, or refunded in full before it was issued
    REFUSED = "REFUSED"  # 已拒绝, with a reason


S = InvoiceState
FLOW = Flow(S, start=S.REQUESTED, moves={
    "lower": ({S.REQUESTED}, S.REQUESTED),
    "cancel": ({S.REQUESTED}, S.CANCELLED),
    "correct": ({S.REQUESTED}, S.REQUESTED),  # by its buyer
    "refuse": ({S.REQUESTED}, S.REFUSED),
    "issue": ({S.REQUESTED}, S.ISSUED),
    "call_back": ({S.ISSUED, S.RED_DUE}, S.RED_DUE),
    "redden_part": ({S.RED_DUE}, S.ISSUED),
    "redden": ({S.RED_DUE}, S.RED),
})
MOST_REQUESTS = 20  # of one order, cancelled and refused ones too
INVOICEABLE = ("SHIPPED", "RECEIVED")  # of the order


class IssuedLater(BadInput):
    code, message = "ISSUED_LATER", "开票日期不能晚于明天"


class IssuedEarlier(BadInput):
    code, message = "ISSUED_EARLIER", "红字发票的日期不能早于原发票，请核对"


def check_issued_on(day: date, now: datetime, *, after: str | None = None) -> None:
    """One day beyond the Shanghai day is let pass, for clocks differ; a red letter is not before its invoice, which is
    of the day `after`. Raises IssuedLater, IssuedEarlier."""
    if day > day_of(now) + timedelta(days=1):
        raise IssuedLater(field="issued_on")
    if after is not None and day.isoformat() < after:
        raise IssuedEarlier(field="issued_on", first=after)


def tax_no_of(typed: str) -> str:
    """A company's tax number as it is kept: half-width capitals, without the blanks of its groups."""
    return text.ungrouped(typed).upper()


class TitleKind(str, Enum):
    PERSONAL = "PERSONAL"
    COMPANY = "COMPANY"


class InvoiceNotFound(NotFound):
    code, message = "INVOICE_NOT_FOUND", "发票申请不存在"


class NotInvoiceable(RuleBroken):
    code, message = "NOT_INVOICEABLE", "订单发货后才可申请发票"


class NothingToInvoice(RuleBroken):
    code, message = "NOTHING_TO_INVOICE", "该订单没有可开票的金额"


class InvoiceExists(Conflict):
    code, message = "INVOICE_EXISTS", "该订单已申请过发票"


class TooManyInvoiceRequests(RuleBroken):
    code, message = "TOO_MANY_INVOICE_REQUESTS", "该订单申请发票的次数已达上限，请联系商家"


class InvoiceCorrected(ChangedMeanwhile):
    code, message = "INVOICE_CORRECTED", "发票抬头已被修改，请刷新后核对"


class BadTaxNo(BadInput):
    code, message = "BAD_TAX_NO", "税号不正确，请核对后重新填写"


class TaxNoUncalledFor(BadInput):
    code, message = "TAX_NO_UNCALLED_FOR", "个人发票无需填写税号"


class AmountChanged(Conflict):
    """What is to be invoiced, or reddened, is another amount than the one recorded; `data` has `amount_fen`."""

    code, message = "INVOICE_AMOUNT_CHANGED", "开票金额与应开金额不一致，请刷新后核对"


class InvoiceChanged(Conflict):
    code, message = "INVOICE_CHANGED", "发票状态刚刚发生了变化，请刷新后再操作"


class NumberTaken(Conflict):
    code, message = "INVOICE_NUMBER_TAKEN", "该发票号码已被登记"


_PERSON_WEIGHTS = [pow(2, 17 - position, 11) for position in range(17)]  # GB 11643-1999
TAX_NO_LENGTHS = (15, 18, 20)  # the older kinds have fifteen or twenty digits and letters, without a check


def check_title(kind: TitleKind, tax_no: str | None) -> None:
    """A company needs its tax number, a person has none. Raises BadTaxNo, TaxNoUncalledFor."""
    if kind is TitleKind.PERSONAL:
        if tax_no is not None:
            raise TaxNoUncalledFor(field="tax_no")
    elif tax_no is None or not is_tax_no(tax_no):
        raise BadTaxNo(field="tax_no")


def is_tax_no(text: str) -> bool:
    """A unified social credit code (统一社会信用代码) or a sole trader's identity number by its check letter, or one of
    the older numbers by its length."""
    if len(text) not in TAX_NO_LENGTHS or not (text.isascii() and text.isalnum() and text == text.upper()):
        return False
    return len(text) != 18 or is_credit_code(text) or _is_person_no(text)


def _is_person_no(text: str) -> bool:
    if not text[:17].isdecimal():
        return False
    checked = sum(int(digit) * weight for digit, weight in zip(text, _PERSON_WEIGHTS, strict=False))
    return "10X98765432"[checked % 11] == text[17]


def amount_of(order: Any) -> int:
    """What may be invoiced of an order: paid and not refunded. What stored value paid is never invoiced again: its
    invoice belongs to the top-up (State Taxation Administration, announcement 53 of 2016, article 3). Raises
    NotInvoiceable, NothingToInvoice."""
    if order.state not in INVOICEABLE:
        raise NotInvoiceable("订单已关闭，没有可开票的交易" if order.state == "CLOSED" else None, state=order.state)
    left_fen = (order.pay_fen - order.balance_fen) - (order.refunded_fen - order.balance_refunded_fen)
    if left_fen <= 0:
        raise NothingToInvoice()
    return left_fen


@dataclass(frozen=True)
class Change:
    """What a refund does to an invoice: the move, and its amounts afterwards."""

    move: str
    amount_fen: int
    red_due_fen: int


def after_refunds(invoice: Any, left_fen: int) -> Change | None:
    """`left_fen`: what was paid for the order and has not gone back. None when the invoice may stay as it is. Told by
    amounts and not by steps, so that refunds may be told twice and in any order."""
    if invoice.state == S.REQUESTED.value:
        if left_fen >= invoice.amount_fen:
            return None
        return Change("lower" if left_fen else "cancel", left_fen, 0)
    if invoice.state not in (S.ISSUED.value, S.RED_DUE.value):
        return None
    due_fen = max(0, invoice.amount_fen - invoice.reddened_fen - left_fen)
    return Change("call_back", invoice.amount_fen, due_fen) if due_fen > invoice.red_due_fen else None


def redden(invoice: Any, amount_fen: int) -> str:
    """The move of a red-letter invoice of this amount. Raises IllegalMove, AmountChanged."""
    FLOW.check("redden", invoice.state)
    if amount_fen != invoice.red_due_fen:
        raise AmountChanged(field="amount_fen", amount_fen=invoice.red_due_fen)
    return "redden" if invoice.reddened_fen + amount_fen == invoice.amount_fen else "redden_part"
