"""Invoices, and the statement for the accountant (对账单): the shop's money of a period, line by line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, func, or_, select, update

from mall.domains.invoices.rules import (
    FLOW, MOST_REQUESTS, Change, InvoiceChanged, InvoiceCorrected, InvoiceExists, InvoiceNotFound,
    InvoiceState, NumberTaken, TooManyInvoiceRequests,
)
from mall.kit import versions
from mall.kit.db import Tx, among
from mall.kit.page import LAST, newest_first, newest_of
from mall.tables.accounts import bill_rows, bills, invoices
from mall.tables.trade import orders, payment_lines, payments, refunds

DONE = "DONE"

_ORDER = (
    select(orders.c.order_no, orders.c.seller_id, orders.c.state, orders.c.pay_fen, orders.c.balance_fen,
           orders.c.refunded_fen, orders.c.balance_refunded_fen)
    .where(orders.c.order_no == bindparam("order_no"), orders.c.member_id == bindparam("member_id"))
    .with_for_update()
)
_ONE = select(invoices).where(invoices.c.invoice_id == bindparam("invoice_id"),
                              invoices.c.seller_id == bindparam("seller_id"))
_OWN = select(invoices).where(invoices.c.invoice_id == bindparam("invoice_id"),
                              invoices.c.member_id == bindparam("member_id"))
_NUMBER = select(func.count().label("number")).where(invoices.c.order_no == bindparam("order_no"))
_OF_ORDER = (
    select(invoices)
    .where(invoices.c.order_no == bindparam("order_no"), invoices.c.active_key.is_not(None))
    .with_for_update()
)
_PAID_AND_BACK = (
    select((orders.c.pay_fen - orders.c.balance_fen).label("paid_fen"),
           func.coalesce(func.sum(refunds.c.amount_fen), 0).label("back_fen"))
    .join_from(orders, refunds, and_(refunds.c.order_no == orders.c.order_no, refunds.c.state == DONE), isouter=True)
    .where(orders.c.order_no == bindparam("order_no"))
    .group_by(orders.c.order_no, orders.c.pay_fen, orders.c.balance_fen)
)
_ISSUE = (
    update(invoices)
    .where(invoices.c.invoice_id == bindparam("of_invoice"), invoices.c.state.in_(among("sources")),
           invoices.c.amount_fen == bindparam("seen_fen"), invoices.c.version == bindparam("seen_version"))
    .values(state=FLOW.target("issue"), number=bindparam("given_number"), issued_on=bindparam("on_day"),
            file_url=bindparam("at_url"), file_upload_id=bindparam("as_upload"), issued_at=bindparam("now"),
            changed_at=bindparam("now"))
)
_CORRECT = (
    versions.change(invoices)
    .where(invoices.c.invoice_id == bindparam("of_invoice"), invoices.c.state.in_(among("sources")))
    .values(title_kind=bindparam("new_kind"), title=bindparam("new_title"), tax_no=bindparam("new_tax_no"))
)
_END = (
    update(invoices)
    .where(invoices.c.invoice_id == bindparam("of_invoice"), invoices.c.state.in_(among("sources")),
           invoices.c.version == bindparam("seen_version"))
    .values(state=bindparam("to_state"), refusal=bindparam("why"), active_key=None, changed_at=bindparam("now"))
)
_CHANGE = (
    update(invoices)
    .where(invoices.c.invoice_id == bindparam("of_invoice"), invoices.c.state == bindparam("from_state"),
           invoices.c.red_due_fen == bindparam("seen_due_fen"))
    .values(state=bindparam("to_state"), amount_fen=bindparam("to_fen"), red_due_fen=bindparam("to_due_fen"),
            active_key=bindparam("key"), changed_at=bindparam("now"))
)
_REDDEN = (
    update(invoices)
    .where(invoices.c.invoice_id == bindparam("of_invoice"), invoices.c.state.in_(among("sources")),
           invoices.c.red_due_fen == bindparam("seen_due_fen"))
    .values(state=bindparam("to_state"), red_due_fen=0,
            reddened_fen=invoices.c.reddened_fen + bindparam("seen_due_fen"), red_letters=bindparam("letters"),
            active_key=bindparam("key"), changed_at=bindparam("now"))
)
_PAGE = newest_first(
    select(invoices)
    .where(invoices.c.seller_id == bindparam("seller_id"), invoices.c.state == bindparam("state")),
    invoices.c.invoice_id)
_MINE = newest_first(
    select(invoices)
    .where(invoices.c.member_id == bindparam("member_id")),
    invoices.c.invoice_id)


def lock_order(tx: Tx, order_no: str, member_id: str) -> Any | None:
    """The member's own order, locked: no refund is decided while its amount is read."""
    return tx.one(_ORDER, order_no=order_no, member_id=member_id)


def request(tx: Tx, invoice: dict[str, Any]) -> None:
    """Raises InvoiceExists when the order has one that counts, TooManyInvoiceRequests. The order is locked."""
    if tx.one(_NUMBER, order_no=invoice["order_no"]).number >= MOST_REQUESTS:
        raise TooManyInvoiceRequests(most=MOST_REQUESTS)
    tx.insert(invoices, duplicate=InvoiceExists(), state=FLOW_START, red_due_fen=0, reddened_fen=0, number=None,
              issued_on=None, file_url=None, file_upload_id=None, red_letters=[], active_key=invoice["order_no"],
              issued_at=None, refusal=None, version=1, **invoice)


FLOW_START = InvoiceState.REQUESTED.value


def find(tx: Tx, invoice_id: str, seller_id: str) -> Any:
    """Raises InvoiceNotFound, also for another seller's."""
    found = tx.one(_ONE, invoice_id=invoice_id, seller_id=seller_id)
    if found is None:
        raise InvoiceNotFound(field="invoice_id")
    return found


def find_own(tx: Tx, invoice_id: str, member_id: str) -> Any:
    """Raises InvoiceNotFound, also for somebody else's."""
    found = tx.one(_OWN, invoice_id=invoice_id, member_id=member_id)
    if found is None:
        raise InvoiceNotFound(field="invoice_id")
    return found


def correct(tx: Tx, invoice: Any, seen: versions.Seen, *, title_kind: str, title: str, tax_no: str | None) -> int:
    """The buyer's words anew; their version. Raises IllegalMove once it was issued, InvoiceCorrected."""
    FLOW.check("correct", invoice.state)
    return versions.save(tx, _CORRECT, invoice, seen, InvoiceCorrected, of_invoice=invoice.invoice_id,
                         sources=FLOW.sources("correct"), new_kind=title_kind, new_title=title, new_tax_no=tax_no)


def cancel(tx: Tx, invoice: Any, now: datetime) -> str:
    """The buyer wants none any more; its state. Raises IllegalMove, InvoiceChanged when it was issued or corrected
    meanwhile."""
    FLOW.check("cancel", invoice.state)
    return _end(tx, invoice, "cancel", None, now)


def refuse(tx: Tx, invoice: Any, seen: versions.Seen, why: str) -> str:
    """The shop issues none; its state. Raises IllegalMove, InvoiceCorrected when its buyer corrected what was read,
    InvoiceChanged when it was issued or corrected meanwhile."""
    FLOW.check("refuse", invoice.state)
    versions.check(invoice, seen, InvoiceCorrected)
    return _end(tx, invoice, "refuse", why, seen.now)


def _end(tx: Tx, invoice: Any, move: str, why: str | None, now: datetime) -> str:
    tx.write(_END, rows=1, otherwise=InvoiceChanged(), of_invoice=invoice.invoice_id, sources=FLOW.sources(move),
             seen_version=invoice.version, to_state=FLOW.target(move), why=why, now=now)
    return FLOW.target(move)


def issue(tx: Tx, invoice: Any, seen: versions.Seen, *, number: str, issued_on: str, file_url: str | None,
          file_upload_id: str | None, now: datetime) -> None:
    """Raises InvoiceCorrected when its buyer corrected what was read, InvoiceChanged when a refund lowered it or he did
    so meanwhile, NumberTaken."""
    versions.check(invoice, seen, InvoiceCorrected)
    tx.write(_ISSUE, rows=1, otherwise=InvoiceChanged(), duplicate=NumberTaken(field="number"),
             of_invoice=invoice.invoice_id, sources=FLOW.sources("issue"), seen_fen=invoice.amount_fen,
             seen_version=invoice.version, given_number=number, on_day=issued_on, at_url=file_url,
             as_upload=file_upload_id, now=now)


def of_order(tx: Tx, order_no: str) -> tuple[Any | None, int]:
    """The invoice that counts for an order, locked, and what was paid by WeChat for the order and has not gone back."""
    found, sums = tx.fetch((_OF_ORDER, {"order_no": order_no}), (_PAID_AND_BACK, {"order_no": order_no}))
    left_fen = sums[0].paid_fen - int(sums[0].back_fen) if sums else 0
    return (found[0] if found else None), left_fen


def keep_change(tx: Tx, invoice: Any, change: Change, now: datetime) -> None:
    """What a refund did to it. Raises InvoiceChanged when it was issued or reddened meanwhile."""
    key = None if change.move == "cancel" else invoice.active_key
    tx.write(_CHANGE, rows=1, otherwise=InvoiceChanged(), of_invoice=invoice.invoice_id, from_state=invoice.state,
             seen_due_fen=invoice.red_due_fen, to_state=FLOW.target(change.move), to_fen=change.amount_fen,
             to_due_fen=change.red_due_fen, key=key, now=now)


def keep_red_letter(tx: Tx, invoice: Any, move: str, letter: dict[str, Any], now: datetime) -> None:
    """A red-letter invoice was issued. Raises InvoiceChanged when more is due by now."""
    key = None if move == "redden" else invoice.active_key  # in full: the order may be invoiced anew
    tx.write(_REDDEN, rows=1, otherwise=InvoiceChanged(), of_invoice=invoice.invoice_id, sources=FLOW.sources(move),
             seen_due_fen=invoice.red_due_fen, to_state=FLOW.target(move), letters=[*invoice.red_letters, letter],
             key=key, now=now)


def page(tx: Tx, seller_id: str, state: str | None, before: str | None, most: int) -> list:
    states = [state] if state else [each.value for each in InvoiceState]
    return newest_of(tx, _PAGE, states, most, seller_id=seller_id, before=before or LAST)


def page_of_member(tx: Tx, member_id: str, before: str | None, most: int) -> list:
    return tx.all(_MINE, member_id=member_id, before=before or LAST, most=most)


# the statement

def _fee_of(number: Any, entry: str) -> Any:
    """What WeChat's trade bills say of the fee, whatever day's; NULL where none has it yet."""
    return (
        select(func.sum(bill_rows.c.fee_fen))
        .join_from(bill_rows, bills, bills.c.bill_id == bill_rows.c.bill_id)
        .where(bill_rows.c.number == number, bill_rows.c.entry == entry, bills.c.kind == "TRADE",
               bills.c.state.in_(("PULLED", "MATCHED")))
        .scalar_subquery().label("fee_fen"))


_RECEIVED = (
    select(payments.c.paid_at.label("at"), orders.c.order_no, payments.c.payment_no.label("number"),
           payments.c.transaction_id.label("wechat_no"), payment_lines.c.amount_fen,
           payments.c.amount_fen.label("whole_fen"), _fee_of(payments.c.payment_no, "PAYMENT"))
    .join_from(payments, payment_lines, payment_lines.c.payment_no == payments.c.payment_no)
    .join(orders, orders.c.order_no == payment_lines.c.order_no)
    .where(payments.c.paid_at >= bindparam("since"), payments.c.paid_at < bindparam("until"),
           payments.c.state == "PAID", orders.c.seller_id == bindparam("seller_id"))
    .order_by(payments.c.paid_at, payments.c.payment_no, orders.c.order_no).limit(bindparam("most"))
)
_its_part = (  # of a payment that went back whole: what it was to pay for the seller's orders
    select(func.sum(payment_lines.c.amount_fen))
    .join_from(payment_lines, orders, orders.c.order_no == payment_lines.c.order_no)
    .where(payment_lines.c.payment_no == refunds.c.payment_no, orders.c.seller_id == bindparam("seller_id"))
    .scalar_subquery()
)
_all_parts = (
    select(func.sum(payment_lines.c.amount_fen))
    .where(payment_lines.c.payment_no == refunds.c.payment_no)
    .scalar_subquery()
)
_is_whole = or_(refunds.c.order_no.is_not(None), _its_part == _all_parts)
_of_seller = or_(and_(refunds.c.order_no.is_not(None), refunds.c.seller_id == bindparam("seller_id")),
                 and_(refunds.c.order_no.is_(None), _its_part > 0))
# what staff settled by hand has another
_outside_number = func.coalesce(refunds.c.settled_number, refunds.c.wechat_refund_no)
_GIVEN_BACK = (
    select(refunds.c.finished_at.label("at"), refunds.c.order_no, _outside_number.label("number"),
           refunds.c.wechat_refund_id.label("wechat_no"), case((_is_whole, refunds.c.amount_fen), else_=_its_part)
                                                          .label("amount_fen"),
           _fee_of(_outside_number, "REFUND"))
    .where(refunds.c.finished_at >= bindparam("since"), refunds.c.finished_at < bindparam("until"),
           refunds.c.state == DONE, refunds.c.amount_fen > 0, _of_seller)
    .order_by(refunds.c.finished_at, refunds.c.refund_no).limit(bindparam("most"))
)
_INVOICED = (
    select(invoices)
    # a red letter is recorded after its day
    .where(invoices.c.seller_id == bindparam("seller_id"), invoices.c.issued_at.is_not(None),
           or_(invoices.c.issued_on.between(bindparam("first_day"), bindparam("last_day")),
               and_(invoices.c.reddened_fen > 0, invoices.c.changed_at >= bindparam("since"))))
    .order_by(invoices.c.issued_on, invoices.c.invoice_id).limit(bindparam("most"))
)


def statement(tx: Tx, seller_id: str, *, since: datetime, until: datetime, first_day: str, last_day: str,
              most: int) -> tuple[list, list, list]:
    """Payments received, refunds that ended, and invoices (those of the period, and those reddened in it or later), at
    most so many of each. A fee is that of WeChat's bills; None where no bill has it yet."""
    period = {"since": since, "until": until, "seller_id": seller_id, "most": most}
    invoiced = {"seller_id": seller_id, "since": since, "first_day": first_day, "last_day": last_day, "most": most}
    received, back, issued = tx.fetch((_RECEIVED, period), (_GIVEN_BACK, period), (_INVOICED, invoiced))
    return received, back, issued
