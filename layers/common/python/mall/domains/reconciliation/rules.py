"""Reconciliation (对账): WeChat's bills beside our books, and what each difference between them is (spec E10).

The bills' own words and columns stand in the protocol's bill documents; `bill_text` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any

from mall.kit.zone import SHANGHAI, day_of
from mall.kit.errors import BadInput, Conflict, NotFound
from mall.kit.money import yuan
from mall.kit.state import Flow

DAYS_BACK = 7  # the days whose bills are looked after
READY_AT = time(10, 30)  # of Shanghai: WeChat has the bills of the day before by ten
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=25), timedelta(hours=12)  # between tries of one bill
CASE_AFTER = 4  # tries of one bill
OLDEST_DAY = timedelta(days=89)  # WeChat keeps three months
NEAR_MIDNIGHT = timedelta(minutes=10)  # within it a trade may stand in either day's bill
MOST_DIFFERENCES = 500  # opened in one run; the next one goes on


class BillKind(str, Enum):
    TRADE = "TRADE"  # 交易账单
    FUND = "FUND"  # 资金账单


class BillState(str, Enum):
    STORING = "STORING"  # its rows are being written
    PULLED = "PULLED"
    MATCHED = "MATCHED"
    REPLACED = "REPLACED"  # WeChat wrote the day anew


B = BillState
BILL_FLOW = Flow(B, start=B.STORING, moves={
    "store": ({B.STORING}, B.PULLED),
    "match": ({B.PULLED, B.MATCHED}, B.MATCHED),
    "replace": ({B.STORING, B.PULLED, B.MATCHED}, B.REPLACED),
})


class DifferenceState(str, Enum):
    OPEN = "OPEN"
    RESOLVED = "RESOLVED"  # by staff, with a note
    MENDED = "MENDED"  # a later matching found it gone


D = DifferenceState
FLOW = Flow(D, start=D.OPEN, moves={"resolve": ({D.OPEN}, D.RESOLVED), "mend": ({D.OPEN}, D.MENDED)})


class DifferenceKind(str, Enum):
    MISSING_HERE = "MISSING_HERE"  # WeChat has it, we do not
    MISSING_THERE = "MISSING_THERE"  # we have it, WeChat does not
    AMOUNT = "AMOUNT"
    FEE = "FEE"
    STATE = "STATE"


K = DifferenceKind


class Subject(str, Enum):
    PAYMENT = "PAYMENT"
    REFUND = "REFUND"


class DifferenceNotFound(NotFound):
    code, message = "DIFFERENCE_NOT_FOUND", "对账差异不存在"


class DifferenceResolved(Conflict):
    code, message = "DIFFERENCE_RESOLVED", "该差异已处理，无需重复操作"


class DifferenceKnown(Conflict):
    """Another run wrote the same matter down first."""

    code, message = "DIFFERENCE_KNOWN", "该差异已记录"


class DayWithoutBill(BadInput):
    code, message = "DAY_WITHOUT_BILL", "只能拉取昨天及之前三个月内的账单"


@dataclass(frozen=True)
class Found:
    """One difference as found, before it is written down."""

    kind: DifferenceKind
    subject: Subject
    number: str
    sentence: str
    ours_fen: int | None = None
    theirs_fen: int | None = None

    @property
    def once_key(self) -> str:
        return f"{self.kind.value} {self.subject.value} {self.number}"


# days


def start_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def days_due(now: datetime) -> list[str]:
    """The days whose bills there should be by now, the newest first."""
    moment = now.astimezone(SHANGHAI)
    newest = 1 if moment.time() >= READY_AT else 2
    return [(moment.date() - timedelta(days=back)).isoformat() for back in range(newest, DAYS_BACK + 1)]


def pause_after(attempts: int) -> timedelta:
    """How long a bill that was tried so often waits for its next try."""
    return min(FIRST_PAUSE * 2 ** min(attempts - 1, 8), LONGEST_PAUSE)


def check_day(day: date, now: datetime) -> None:
    """Raises DayWithoutBill for today, days to come and those WeChat has dropped."""
    if not day_of(now) - OLDEST_DAY <= day < day_of(now):
        raise DayWithoutBill(field="day")


def judged_window(day: date) -> tuple[datetime, datetime]:
    """Whose trades are missed in the bills when `day` is matched: shifted by NEAR_MIDNIGHT, so that both bills
    are there in which a trade near midnight may stand."""
    start = start_of(day) - NEAR_MIDNIGHT
    return start, start + timedelta(days=1)


def days_between(first: datetime, last: datetime) -> set[str]:
    """Every day from one moment's to the other's."""
    day, end, days = day_of(first), day_of(last), set()
    while day <= end:
        days.add(day.isoformat())
        day += timedelta(days=1)
    return days


# one row beside our book


@dataclass(frozen=True)
class Fees:
    """What fees should be: the merchant's rate, and what the fund flow booked, by our number; a number that it does not
    have at all is missed for itself, not for its fee."""

    per_ten_thousand: int
    booked_fen: dict[str, int]

    def due_fen(self, amount_fen: int) -> int:
        """WeChat's fee on an amount, rounded half up to the fen."""
        return (amount_fen * self.per_ten_thousand + 5_000) // 10_000


def judge_payment(row: Any, payment: Any | None, fees: Fees, provider: str) -> list[Found]:
    """A trade bill's PAYMENT row beside our payment. `provider`: the service provider's own appid, if there is one."""
    if payment is None or payment.state != "PAID":
        return [missing_here(Subject.PAYMENT, row)]
    found = []
    if row.amount_fen != payment.amount_fen:
        found.append(_amount(Subject.PAYMENT, row.number, payment.amount_fen, row.amount_fen))
    else:
        found += _fee(Subject.PAYMENT, row, fees.due_fen(row.amount_fen), 0, fees)
    if row.state != "SUCCESS":
        found.append(Found(K.STATE, Subject.PAYMENT, row.number,
                           f"收款 {row.number} 商城已入账，微信账单状态为 {row.state}"))
    elif row.wechat_no != payment.transaction_id:
        found.append(Found(K.STATE, Subject.PAYMENT, row.number, f"收款 {row.number} 的微信支付订单号与商城记录不同"))
    elif _is_of_another_app(row, payment, provider):
        found.append(Found(K.STATE, Subject.PAYMENT, row.number,
                           f"收款 {row.number} 商城记录的应用为 {payment.appid}，微信账单的公众账号ID为 {row.appid}"))
    return found


def _is_of_another_app(row: Any, ours: Any, provider: str) -> bool:
    """Whether the bill names another app than the one that was paid in. A service provider's bills name its own; a row
    that was stored before apps were has none."""
    return None not in (row.appid, ours.appid) and row.appid not in (ours.appid, provider)


def judge_refund(row: Any, refund: Any | None, fees: Fees, provider: str) -> list[Found]:
    """A trade bill's REFUND row beside our refund, which names the app of its payment."""
    if refund is None:
        return [missing_here(Subject.REFUND, row)]
    found = []
    if row.amount_fen != refund.amount_fen:
        found.append(_amount(Subject.REFUND, row.number, refund.amount_fen, row.amount_fen))
    elif row.state != "FAIL":  # whose fee was given back and taken again
        found += _fee(Subject.REFUND, row, -fees.due_fen(row.amount_fen), 1, fees)
    if refund.state not in REFUND_STATES.get(row.state, ()):
        found.append(Found(K.STATE, Subject.REFUND, row.number,
                           f"退款 {row.number} 商城状态为 {refund.state}，微信账单为 {row.state}"))
    elif _is_of_another_app(row, refund, provider):
        found.append(Found(K.STATE, Subject.REFUND, row.number,
                           f"退款 {row.number} 商城记录的应用为 {refund.appid}，微信账单的公众账号ID为 {row.appid}"))
    return found


REFUND_STATES = {  # which of ours fit which of theirs; a bill is a picture of the past, so DONE fits what was under way
    "SUCCESS": ("DONE",),
    "PROCESSING": ("DUE", "SENT", "DONE", "FAILED"),
    "CHANGE": ("SENT", "FAILED", "DONE"),
    "FAIL": ("FAILED",),
}


def judge_flow(row: Any, known: Any | None) -> list[Found]:
    """A fund flow's INCOME, REFUND or REFUND_BACK row beside our payment or refund."""
    if row.entry == "INCOME":
        if known is None or known.state != "PAID":
            return [missing_here(Subject.PAYMENT, row)]
        subject = Subject.PAYMENT
    else:
        if known is None:
            return [missing_here(Subject.REFUND, row)]
        subject = Subject.REFUND
    if row.entry == "REFUND_BACK":
        sentence = f"退款 {row.number} 已退回商户账户，商城状态为 {known.state}"
        return [Found(K.STATE, subject, row.number, sentence)] if known.state != "FAILED" else []
    if abs(row.amount_fen) != known.amount_fen:
        return [_amount(subject, row.number, known.amount_fen, abs(row.amount_fen))]
    return []


def missing_here(subject: Subject, row: Any) -> Found:
    what = "收款" if subject is Subject.PAYMENT else "退款"
    theirs_fen = abs(row.amount_fen)
    return Found(K.MISSING_HERE, subject, row.number,
                 f"微信账单有{what} {row.number}（{yuan(theirs_fen)} 元），商城没有入账", None, theirs_fen)


def missing_there(subject: Subject, number: str, amount_fen: int, bill: BillKind) -> Found:
    what = "收款" if subject is Subject.PAYMENT else "退款"
    which = "交易账单" if bill is BillKind.TRADE else "资金账单"
    return Found(K.MISSING_THERE, subject, number,
                 f"商城有{what} {number}（{yuan(amount_fen)} 元），微信{which}没有", amount_fen, None)


def _amount(subject: Subject, number: str, ours_fen: int, theirs_fen: int) -> Found:
    what = "收款" if subject is Subject.PAYMENT else "退款"
    return Found(K.AMOUNT, subject, number,
                 f"{what} {number} 商城为 {yuan(ours_fen)} 元，微信账单为 {yuan(theirs_fen)} 元", ours_fen, theirs_fen)


def _fee(subject: Subject, row: Any, due_fen: int, tolerance_fen: int, fees: Fees) -> list[Found]:
    """`tolerance_fen`: a refund gives back the fee's share of what remains, which rounds otherwise by a fen."""
    booked_fen = fees.booked_fen.get(row.number)
    if abs(row.fee_fen - due_fen) > tolerance_fen:
        ours_fen = due_fen
    elif booked_fen is not None and booked_fen != row.fee_fen:
        ours_fen = booked_fen
    else:
        return []
    sentence = f"{row.number} 的手续费微信账单为 {yuan(row.fee_fen)} 元，按费率与资金账单应为 {yuan(ours_fen)} 元"
    return [Found(K.FEE, subject, row.number, sentence, ours_fen, row.fee_fen)]


# what to do about it

QUERY, ASK_REFUND, RETRY, BY_HAND = (
    "payments.query_stuck_payments", "refunds.query_stuck_refunds", "refunds.retry_refund",
    "reconciliation.resolve_difference")
STEPS: dict[tuple[DifferenceKind, Subject], tuple[str, str]] = {
    (K.MISSING_HERE, Subject.PAYMENT): (
        "系统已自动向微信查询该笔收款并补记；次日仍在时，到商户平台核对它是否属于本商城，再标记处理", QUERY),
    (K.MISSING_HERE, Subject.REFUND): (
        "多为在商户平台手工退款：代替失败退款的，用 refunds.record_settled_by_hand 登记后自动一致；"
        "其余核对退给了哪笔订单，避免在商城重复退款，再标记处理", BY_HAND),
    (K.MISSING_THERE, Subject.PAYMENT): (
        "到商户平台按商户单号查询；微信确无此笔时暂停发货并联系微信支付，再标记处理", BY_HAND),
    (K.MISSING_THERE, Subject.REFUND): (
        "到商户平台按退款单号查询；微信确无此笔时联系微信支付，确认买家是否到账，再标记处理", BY_HAND),
    (K.AMOUNT, Subject.PAYMENT): ("以微信为准核对该笔收款：多收的部分退款，少收的联系买家，再标记处理", BY_HAND),
    (K.AMOUNT, Subject.REFUND): ("以微信为准核对该笔退款：少退的补退，多退的记为损失，再标记处理", BY_HAND),
    (K.FEE, Subject.PAYMENT): ("核对商户平台的签约费率；费率无误时联系微信支付更正，再标记处理", BY_HAND),
    (K.FEE, Subject.REFUND): ("核对退还的手续费；有误时联系微信支付更正，再标记处理", BY_HAND),
    (K.STATE, Subject.PAYMENT): ("到商户平台查看该笔收款的实际状态，再标记处理", BY_HAND),
    (K.STATE, Subject.REFUND): (
        "系统会继续查询该笔退款；若微信已失败，处理后重试退款（refunds.retry_refund）", ASK_REFUND),
}


def proposed_step(found: Found) -> tuple[str, str]:
    """(what a person should do, the action that mends it)."""
    return STEPS[found.kind, found.subject]
