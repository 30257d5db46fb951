"""Bills, their rows and the differences. A bill's id is its content's, so that two pulls at once store one bill."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, bindparam, delete, exists, func, or_, select, update

from mall.domains.reconciliation.bill_text import BillRow
from mall.domains.reconciliation.rules import (
    BILL_FLOW, FLOW, BillKind, BillState, DifferenceKnown, DifferenceNotFound, DifferenceResolved, DifferenceState,
    Found, Subject, proposed_step,
)
from mall.kit.db import Tx, among
from mall.kit.ids import new_id
from mall.kit.page import LAST, newest_first
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.accounts import bill_rows, bill_tries, bills, differences
from mall.tables.trade import orders, payment_lines, payments, refunds

ROWS_AT_ONCE = 500  # judged in one go
STORED_AT_ONCE = 1_000  # written in one transaction
_EVERY_OR = bindparam("day", type_=String())
IN_THE_PLATFORM = "WECHAT_PLATFORM"  # how staff gave a failed refund back, under a number of WeChat's own
CURRENT = (BillState.PULLED.value, BillState.MATCHED.value)

_OF_DAYS = select(bills).where(bills.c.day.in_(among("days")), bills.c.state.in_(CURRENT))
_BILL = select(bills).where(bills.c.bill_id == bindparam("bill_id"))
_MOVE = (
    update(bills)
    .where(bills.c.bill_id == bindparam("of_bill"), bills.c.state.in_(among("sources")))
    .values(state=bindparam("to_state"), matched_rows=None)
)
_REPLACE_OTHERS = (
    update(bills)
    .where(bills.c.day == bindparam("of_day"), bills.c.kind == bindparam("of_kind"),
           bills.c.bill_id != bindparam("but_bill"), bills.c.state != BillState.REPLACED.value)
    .values(state=BillState.REPLACED.value, matched_rows=None)
)
_STORED = select(
    func.coalesce(func.max(bill_rows.c.row_no), 0).label("row_no")).where(bill_rows.c.bill_id == bindparam("bill_id"))
_TRIES = select(bill_tries).where(bill_tries.c.day.in_(among("days")))
_TRY = (
    update(bill_tries)
    .where(bill_tries.c.day == bindparam("of_day"), bill_tries.c.kind == bindparam("of_kind"),
           bill_tries.c.attempts == bindparam("seen_attempts"))
    .values(attempts=bill_tries.c.attempts + 1, try_at=bindparam("next_at", type_=bill_tries.c.try_at.type))
)
_FAILED = (
    update(bill_tries).where(bill_tries.c.day == bindparam("of_day"), bill_tries.c.kind == bindparam("of_kind"))
    .values(problem=bindparam("code"))
)
_TRIED = delete(bill_tries).where(bill_tries.c.day == bindparam("of_day"), bill_tries.c.kind == bindparam("of_kind"))
_GO_ON = update(bills).where(bills.c.bill_id == bindparam("of_bill")).values(matched_rows=bindparam("so_many"))
_MATCHED = (
    update(bills)
    .where(bills.c.bill_id == bindparam("of_bill"), bills.c.state.in_(CURRENT))
    .values(state=BILL_FLOW.target("match"), totals=bindparam("with_totals"), matched_at=bindparam("now"),
            matched_rows=None)
)
_PAGE = (
    select(bills)
    .where(bills.c.seller_id == bindparam("seller_id"), bills.c.state != BillState.STORING.value,
           or_(bills.c.day < bindparam("before_day"),
               and_(bills.c.day == bindparam("before_day"), bills.c.bill_id < bindparam("before_id"))))
    .order_by(bills.c.day.desc(), bills.c.bill_id.desc())
    .limit(bindparam("most"))
)
_ROWS = (
    select(bill_rows)
    .where(bill_rows.c.bill_id == bindparam("bill_id"), bill_rows.c.row_no > bindparam("after"))
    .order_by(bill_rows.c.row_no)
    .limit(bindparam("most"))
)
_ROWS_OF_NUMBER = (
    select(bill_rows, bills.c.kind)
    .join_from(bill_rows, bills, bills.c.bill_id == bill_rows.c.bill_id)
    .where(bill_rows.c.number == bindparam("number"), bills.c.day == bindparam("day"), bills.c.state.in_(CURRENT))
    .order_by(bills.c.kind.desc(), bill_rows.c.row_no)
    .limit(ROWS_AT_ONCE)
)
_REPLACED = (
    select(bills)
    .where(bills.c.day == bindparam("day"), bills.c.kind == BillKind.TRADE.value,
           bills.c.state == BillState.REPLACED.value)
    .order_by(bills.c.bill_id)
)
_FEES = (
    select(bill_rows.c.number, func.sum(bill_rows.c.fee_fen).label("fen"))
    .join_from(bill_rows, bills, bills.c.bill_id == bill_rows.c.bill_id)
    .where(bill_rows.c.number.in_(among("numbers")), bills.c.kind == BillKind.TRADE.value,
           or_(bills.c.bill_id == bindparam("bill_id"), bills.c.state == BillState.MATCHED.value))
    .group_by(bill_rows.c.number)
)
_in_the_platform = and_(refunds.c.settled_number.in_(among("numbers")), refunds.c.settled_how == IN_THE_PLATFORM)
_by_wechat = or_(refunds.c.settled_how.is_(None), refunds.c.settled_how != "BANK_TRANSFER")
# the number under which WeChat gave it back
_in_bills = func.coalesce(refunds.c.settled_number, refunds.c.wechat_refund_no)
_PAID_TO = (
    select(payment_lines.c.payment_no.label("number"), orders.c.seller_id, payment_lines.c.amount_fen)
    .join_from(payment_lines, orders, orders.c.order_no == payment_lines.c.order_no)
    .where(payment_lines.c.payment_no.in_(among("numbers")))
    .order_by(payment_lines.c.order_no)
)
_REFUNDED_OF = (
    select(refunds.c.refund_no.label("number"), refunds.c.settled_number, orders.c.seller_id,
           payment_lines.c.amount_fen)
    .join_from(refunds, payment_lines, payment_lines.c.payment_no == refunds.c.payment_no)
    .join(orders, orders.c.order_no == payment_lines.c.order_no)
    .where(or_(refunds.c.refund_no.in_(among("refunds")), _in_the_platform),
           or_(refunds.c.order_no.is_(None), refunds.c.order_no == payment_lines.c.order_no))
    .order_by(payment_lines.c.order_no)
)
_PAYMENTS = select(payments.c.payment_no, payments.c.state, payments.c.amount_fen, payments.c.transaction_id,
                   payments.c.appid).where(payments.c.payment_no.in_(among("numbers")))
_REFUNDS = (
    select(refunds.c.wechat_refund_no, refunds.c.refund_no, refunds.c.state, refunds.c.amount_fen,
           refunds.c.settled_how, refunds.c.settled_number, payments.c.appid)
    .join_from(refunds, payments, payments.c.payment_no == refunds.c.payment_no, isouter=True)
    .where(or_(refunds.c.refund_no.in_(among("refunds")), _in_the_platform))
)
_BOOKED = (
    select(bill_rows.c.number, bill_rows.c.entry, func.sum(bill_rows.c.amount_fen).label("fen"))
    .join_from(bill_rows, bills, bills.c.bill_id == bill_rows.c.bill_id)
    .where(bill_rows.c.number.in_(among("numbers")), bills.c.kind == BillKind.FUND.value, bills.c.state.in_(CURRENT))
    .group_by(bill_rows.c.number, bill_rows.c.entry)
)


def _in_a_bill(number: Any, entry: str, kind: BillKind) -> Any:
    return exists(select(bill_rows.c.row_no).join_from(bill_rows, bills, bills.c.bill_id == bill_rows.c.bill_id).where(
                      bill_rows.c.number == number, bill_rows.c.entry == entry, bills.c.kind == kind.value,
                      bills.c.state.in_(CURRENT)))


_PAID_MISSING = {kind: (
    select(payments.c.payment_no.label("ours"), payments.c.payment_no.label("number"), payments.c.amount_fen,
           payments.c.paid_at.label("first_at"), payments.c.paid_at.label("last_at"))
    .where(payments.c.paid_at >= bindparam("since"), payments.c.paid_at < bindparam("until"),
           payments.c.state == "PAID", payments.c.payment_no > bindparam("after"),
           ~_in_a_bill(payments.c.payment_no, entry, kind))
    .order_by(payments.c.payment_no).limit(bindparam("most"))
) for kind, entry in ((BillKind.TRADE, "PAYMENT"), (BillKind.FUND, "INCOME"))}
_REFUNDED_MISSING = {kind: (
    select(refunds.c.refund_no.label("ours"), _in_bills.label("number"), refunds.c.amount_fen,
           refunds.c.created_at.label("first_at"), refunds.c.finished_at.label("last_at"))
    .where(refunds.c.finished_at >= bindparam("since"), refunds.c.finished_at < bindparam("until"),
           refunds.c.state == "DONE", refunds.c.amount_fen > 0, _by_wechat, refunds.c.refund_no > bindparam("after"),
           ~_in_a_bill(_in_bills, "REFUND", kind))
    .order_by(refunds.c.refund_no).limit(bindparam("most"))
) for kind in BillKind}
_OUR_PAYMENTS = (
    select(func.count().label("number"), func.coalesce(func.sum(payments.c.amount_fen), 0).label("fen"))
    .where(payments.c.paid_at >= bindparam("since"), payments.c.paid_at < bindparam("until"),
           payments.c.state == "PAID")
)
_OUR_REFUNDS = (
    select(func.count().label("number"), func.coalesce(func.sum(refunds.c.amount_fen), 0).label("fen"))
    .where(refunds.c.finished_at >= bindparam("since"), refunds.c.finished_at < bindparam("until"),
           refunds.c.state == "DONE", refunds.c.amount_fen > 0, _by_wechat)
)
_KNOWN = select(differences.c.once_key).where(differences.c.once_key.in_(among("keys")))
_OPEN_OF_DAY = (
    select(differences)
    .where(differences.c.day == bindparam("day"), differences.c.state == DifferenceState.OPEN.value)
    .order_by(differences.c.difference_id)
)
_DAYS_WITH_OPEN = (
    select(differences.c.day)
    .where(differences.c.state == DifferenceState.OPEN.value, differences.c.day >= bindparam("since"))
    .distinct()
)
_CLOSE = (
    update(differences)
    .where(differences.c.difference_id == bindparam("of_difference"), differences.c.seller_id == bindparam("of_seller"),
           differences.c.state == DifferenceState.OPEN.value)
    .values(state=bindparam("to_state"), note=bindparam("why"), resolved_at=bindparam("now"), once_key=bindparam("key"))
)
_DIFFERENCE = (
    select(differences)
    .where(differences.c.difference_id == bindparam("difference_id"), differences.c.seller_id == bindparam("seller_id"))
)
_DIFFERENCES = newest_first(
    select(differences)
    .where(differences.c.seller_id == bindparam("seller_id"), differences.c.state.in_(among("states")),
           differences.c.kind.in_(among("kinds")), or_(_EVERY_OR == "", differences.c.day == _EVERY_OR)),
    differences.c.difference_id)


# bills


def of_days(tx: Tx, days: list[str]) -> dict[tuple[str, str], Any]:
    """The current bills of these days by (day, kind)."""
    return {(row.day, row.kind): row for row in tx.all(_OF_DAYS, days=days)}


def begin(tx: Tx, bill_id: str, *, day: str, kind: BillKind, sha1: str, file_key: str | None, count: int,
          totals: dict[str, Any], now: datetime) -> str:
    """Write the bill down before its rows; its state, which is past STORING when this content was stored before."""
    tx.insert_if_absent(bills, bill_id=bill_id, seller_id=DEFAULT_SELLER, day=day, kind=kind.value,
                        state=BillState.STORING.value, sha1=sha1, file_key=file_key, rows_count=count,
                        totals={"theirs": totals}, matched_rows=None, pulled_at=now, matched_at=None)
    return tx.one(_BILL, bill_id=bill_id).state


def add_rows(tx: Tx, bill_id: str, first_no: int, rows: list[BillRow]) -> None:
    tx.insert_many_if_absent(bill_rows, [
        {"bill_id": bill_id, "row_no": row_no, "entry": row.entry, "number": row.number, "wechat_no": row.wechat_no,
         "state": row.state, "amount_fen": row.amount_fen, "fee_fen": row.fee_fen, "booked_at": row.booked_at,
         "appid": row.appid}
        for row_no, row in enumerate(rows, start=first_no)])


def stored_rows(tx: Tx, bill_id: str) -> int:
    """How many of its rows are here: they are written in their order."""
    return tx.one(_STORED, bill_id=bill_id).row_no


def tries(tx: Tx, days: list[str]) -> dict[tuple[str, str], Any]:
    """How often bills of these days were tried, by (day, kind)."""
    return {(row.day, row.kind): row for row in tx.all(_TRIES, days=days)}


def count_try(tx: Tx, day: str, kind: BillKind, seen: Any | None, next_at: datetime) -> None:
    """Before a try; the next one is not before `next_at` unless this one succeeds."""
    if seen is None:
        tx.insert_if_absent(bill_tries, day=day, kind=kind.value, attempts=1, problem=None, try_at=next_at)
    else:
        tx.write(_TRY, of_day=day, of_kind=kind.value, seen_attempts=seen.attempts, next_at=next_at)


def note_failure(tx: Tx, day: str, kind: BillKind, code: str) -> None:
    tx.write(_FAILED, of_day=day, of_kind=kind.value, code=code)


def forget_tries(tx: Tx, day: str, kind: BillKind) -> None:
    tx.write(_TRIED, of_day=day, of_kind=kind.value)


def go_on(tx: Tx, bill_id: str, rows: int | None) -> None:
    """The matching has been through so many rows of the bill; None: no matching is under way."""
    tx.write(_GO_ON, of_bill=bill_id, so_many=rows)


def finish(tx: Tx, bill_id: str, day: str, kind: BillKind) -> None:
    """All rows are there: this bill counts, and any other of the day and kind no longer does."""
    back = BillState.REPLACED.value  # WeChat went back to an earlier text: that bill counts again
    tx.write(_MOVE, of_bill=bill_id, sources=[*BILL_FLOW.sources("store"), back], to_state=BILL_FLOW.target("store"))
    tx.write(_REPLACE_OTHERS, of_day=day, of_kind=kind.value, but_bill=bill_id)
    forget_tries(tx, day, kind)


def finish_match(tx: Tx, bill: Any, ours: dict[str, int], now: datetime) -> None:
    """`ours`: what our books say of the day; only a trade bill counts the same things."""
    totals = {**bill.totals, "ours": ours} if bill.kind == BillKind.TRADE.value else bill.totals
    tx.write(_MATCHED, of_bill=bill.bill_id, with_totals=totals, now=now)


def page(tx: Tx, seller_id: str, before: tuple[str, str] | None, most: int) -> list:
    """Bills, the newest day first."""
    day, bill_id = before or (LAST, LAST)
    return tx.all(_PAGE, seller_id=seller_id, before_day=day, before_id=bill_id, most=most)


# what stands in them, beside ours


def rows_after(tx: Tx, bill_id: str, row_no: int) -> list:
    return tx.all(_ROWS, bill_id=bill_id, after=row_no, most=ROWS_AT_ONCE)


def known(tx: Tx, numbers: list[str], refund_nos: list[str]) -> tuple[dict[str, Any], dict[str, Any], list]:
    """Our payments of these numbers, these refunds and those that staff made in the platform under one of the
    numbers, and what the fund flows have of the numbers by entry."""
    paid, back, booked = tx.fetch(*ask_known(numbers, refund_nos), (_BOOKED, {"numbers": numbers}))
    found = {row.refund_no: row for row in back}
    by_hand = {row.settled_number: row for row in back if row.settled_how == IN_THE_PLATFORM}
    return {row.payment_no: row for row in paid}, found | by_hand, booked


def missing(tx: Tx, subject: Subject, kind: BillKind, since: datetime, until: datetime, after: str) -> list:
    """ROWS_AT_ONCE of our payments or refunds of that time that stand in no current bill of the kind, by our own
    number (`ours`); `number` is the one that the bill should have."""
    statement = (_PAID_MISSING if subject is Subject.PAYMENT else _REFUNDED_MISSING)[kind]
    return tx.all(statement, since=since, until=until, after=after, most=ROWS_AT_ONCE)


def rows_of_number(tx: Tx, day: str, number: str) -> list:
    """What the current bills of the day have of one number, each with its bill's `kind`, trades first."""
    return tx.all(_ROWS_OF_NUMBER, day=day, number=number)


def replaced_trades(tx: Tx, day: str) -> list:
    """The trade bills of the day that WeChat wrote anew: what they charged may have to be corrected."""
    return tx.all(_REPLACED, day=day)


def ask_fees(numbers: list[str], bill_id: str):
    """The fees of these numbers, by this trade bill and all that are matched."""
    return _FEES, {"numbers": numbers, "bill_id": bill_id}


def ask_paid_to(numbers: list[str]):
    """For whom these payments came: a row for each order, with its seller and its part."""
    return _PAID_TO, {"numbers": numbers}


def ask_refunded_of(numbers: list[str], refund_nos: list[str]):
    """Whose orders these refunds gave back, and those made in the platform under `numbers`, in the same way."""
    return _REFUNDED_OF, {"numbers": numbers, "refunds": refund_nos}


def ask_known(numbers: list[str], refund_nos: list[str]):
    return (_PAYMENTS, {"numbers": numbers}), (_REFUNDS, {"numbers": numbers, "refunds": refund_nos})


def our_totals(tx: Tx, since: datetime, until: datetime) -> dict[str, int]:
    """What our books say of a day, as the trade bill's summary counts."""
    (paid,), (back,) = tx.fetch((_OUR_PAYMENTS, {"since": since, "until": until}),
                                (_OUR_REFUNDS, {"since": since, "until": until}))
    return {"payments": paid.number, "payments_fen": int(paid.fen), "refunds": back.number,
            "refunds_fen": int(back.fen)}


# differences


def known_keys(tx: Tx, keys: list[str]) -> set[str]:
    """Which of these matters stand written down and still count."""
    return {row.once_key for row in tx.all(_KNOWN, keys=keys)} if keys else set()


def open_difference(tx: Tx, day: str, found: Found, now: datetime) -> str:
    """Write a difference down; returns its id. Raises DifferenceKnown when another run was faster."""
    difference_id, (next_step, mended_by) = new_id("dif"), proposed_step(found)
    tx.insert(differences, duplicate=DifferenceKnown(), difference_id=difference_id, seller_id=DEFAULT_SELLER,
              day=day, kind=found.kind.value,
              subject=found.subject.value, number=found.number, state=DifferenceState.OPEN.value,
              once_key=found.once_key, ours_fen=found.ours_fen, theirs_fen=found.theirs_fen,
              sentence=found.sentence[:255], next_step=next_step, mended_by=mended_by, note="", created_at=now,
              resolved_at=None)
    return difference_id


def open_of_day(tx: Tx, day: str) -> list:
    return tx.all(_OPEN_OF_DAY, day=day)


def days_with_open(tx: Tx, since: str) -> list[str]:
    return sorted(row.day for row in tx.all(_DAYS_WITH_OPEN, since=since))


def mend(tx: Tx, row: Any, now: datetime) -> bool:
    """Found gone by a later matching: its matter may be opened anew. False when somebody was faster."""
    return tx.change(_CLOSE, of_difference=row.difference_id, of_seller=row.seller_id, to_state=FLOW.target("mend"),
                     why="再次核对时已一致", now=now, key=None) == 1


def resolve(tx: Tx, difference_id: str, seller_id: str, note: str, now: datetime) -> str:
    """Settled by staff: it is not opened again. Raises DifferenceNotFound, DifferenceResolved."""
    row = tx.one(_DIFFERENCE, difference_id=difference_id, seller_id=seller_id)
    if row is None:
        raise DifferenceNotFound(field="difference_id")
    tx.write(_CLOSE, rows=1, otherwise=DifferenceResolved(), of_difference=difference_id, of_seller=seller_id,
             to_state=FLOW.target("resolve"), why=note, now=now, key=row.once_key)
    return FLOW.target("resolve")


def page_of_differences(tx: Tx, seller_id: str, states: list[str], kinds: list[str], day: str, before: str | None,
                        most: int) -> list:
    """Differences, the newest first; `day` "" for every day."""
    return tx.all(_DIFFERENCES, seller_id=seller_id, states=states, kinds=kinds, day=day, before=before or LAST,
                  most=most)
