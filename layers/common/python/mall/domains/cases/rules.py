"""Cases (待办): what the mall cannot finish by itself and a person has to look at, each with its next step."""

from __future__ import annotations

from enum import Enum

from mall.kit.errors import Conflict, NotFound
from mall.kit.state import Flow


class CaseKind(str, Enum):
    LATE_PAYMENT = "LATE_PAYMENT"  # money came after the order closed
    SECOND_PAYMENT = "SECOND_PAYMENT"  # an order that was paid already was paid again
    WRONG_AMOUNT = "WRONG_AMOUNT"  # what was paid is not what was asked
    NOTICE_MISMATCH = "NOTICE_MISMATCH"  # a notice that does not fit our books; WeChat is asked itself
    PAYER_DIFFERS = "PAYER_DIFFERS"  # somebody else paid than the payment was made for
    CODES_SHORT = "CODES_SHORT"  # a virtual SKU was sold beyond its codes
    REFUND_FAILED = "REFUND_FAILED"  # WeChat could not give the money back
    REFUND_TWICE = "REFUND_TWICE"  # WeChat paid a number that it had closed, beside the one after it
    PAYMENT_REFUSED = "PAYMENT_REFUSED"  # WeChat refuses to take the payment at all
    AUDIT_FINDING = "AUDIT_FINDING"  # the audit found books that do not agree
    AUDIT_LATE = "AUDIT_LATE"  # the audit died, or does not get round everything in time
    EVENT_PARKED = "EVENT_PARKED"  # an event that its listeners keep refusing
    BILL_MISSING = "BILL_MISSING"  # a day's bill cannot be had, so the day is not reconciled
    BILL_DIFFERENCE = "BILL_DIFFERENCE"  # WeChat's bill and our books do not agree
    INVOICE_RED_DUE = "INVOICE_RED_DUE"  # an issued invoice has to be reddened, its order was refunded
    SHARE_FAILED = "SHARE_FAILED"  # a receiver did not get its part of an order
    SHARE_RETURN_FAILED = "SHARE_RETURN_FAILED"  # a receiver's part could not be called back before a refund
    UNFREEZE_REFUSED = "UNFREEZE_REFUSED"  # WeChat does not unfreeze what is left of a payment
    SAFEGUARDING_DIFFERENCE = "SAFEGUARDING_DIFFERENCE"  # the day's report does not explain what is owed to members
    MEMBERS_NOT_MERGED = "MEMBERS_NOT_MERGED"  # two members are one person and could not become one
    SHIPPING_REPORT_FAILED = "SHIPPING_REPORT_FAILED"  # WeChat refused the shipping report
    MESSAGE_TEMPLATE_WRONG = "MESSAGE_TEMPLATE_WRONG"  # WeChat does not take a message template, or one of its fields
    SHIPPING_OVERDUE = "SHIPPING_OVERDUE"  # WeChat warns that a paid order was not shipped in time
    STOCK_LOW = "STOCK_LOW"  # a SKU fell below its safe level
    PARCEL_NOT_CORRECTED = "PARCEL_NOT_CORRECTED"  # WeChat takes one correction of a parcel, and had it


class CaseState(str, Enum):
    OPEN = "OPEN"
    RESOLVED = "RESOLVED"


FLOW = Flow(CaseState, start=CaseState.OPEN, moves={
    "resolve": ({CaseState.OPEN}, CaseState.RESOLVED),
    "come_again": ({CaseState.RESOLVED}, CaseState.OPEN),  # a refund that was retried and failed once more
})


class CaseNotFound(NotFound):
    code, message = "CASE_NOT_FOUND", "待办不存在"


class CaseResolved(Conflict):
    code, message = "CASE_RESOLVED", "该待办已处理，无需重复操作"


class EventNotParked(NotFound):
    code, message = "EVENT_NOT_PARKED", "该事件不存在或未处于暂停状态"
