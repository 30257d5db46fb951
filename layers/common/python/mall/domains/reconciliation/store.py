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
b, w, d, p, r = bills.c, bill_rows.c, differences.c, payments.c, refunds.c
t = bill_tries.c

_OF_DAYS = select(bills).where(b.day.in_(among("days")), b.state.in_(CURRENT))
_BILL = select(bills).where(b.bill_id == bindparam("bill_id"))
_MOVE = (
    update(bills)
    .where(b.bill_id == bindparam("of_bill"), b.state.in_(among("sources")))
    .values(state=bindparam("to_state"), matched_rows=None)
)
_REPLACE_OTHERS = (
    update(bills)
    .where(b.day == bindparam("of_day"), b.kind == bindparam("of_kind"), b.bill_id != bindparam("but_bill"),
           b.state != BillState.REPLACED.value)
    .values(state=BillState.REPLACED.value, matched_rows=None)
)
_STORED = select(func.coalesce(func.max(w.row_no), 0).label("row_no")).where(w.bill_id == bindparam("bill_id"))
_TRIES = select(bill_tries).where(t.day.in_(among("days")))
_TRY = (
    update(bill_tries)
    .where(t.day == bindparam("of_day"), t.kind == bindparam("of_kind"), t.attempts == bindparam("seen_attempts"))
    .values(attempts=t.attempts + 1, try_at=bindparam("next_at", type_=t.try_at.type))
)
_FAILED = (
    update(bill_tries).where(t.day == bindparam("of_day"), t.kind == bindparam("of_kind"))
    .values(problem=bindparam("code"))
)
_TRIED = delete(bill_tries).where(t.day == bindparam("of_day"), t.kind == bindparam("of_kind"))
_GO_ON = update(bills).where(b.bill_id == bindparam("of_bill")).values(matched_rows=bindparam("so_many"))
_MATCHED = (
    update(bills)
    .where(b.bill_id == bindparam("of_bill"), b.state.in_(CURRENT))
    .values(state=BILL_FLOW.target("match"), totals=bindparam("with_totals"), matched_at=bindparam("now"),
            matched_rows=None)
)
_PAGE = (
    select(bills)
    .where(b.seller_id == bindparam("seller_id"), b.state != BillState.STORING.value,
           or_(b.day < bindparam("before_day"),
               and_(b.day == bindparam("before_day"), b.bill_id < bindparam("before_id"))))
    .order_by(b.day.desc(), b.bill_id.desc())
    .limit(bindparam("most"))
)
_ROWS = (
    select(bill_rows)
    .where(w.bill_id == bindparam("bill_id"), w.row_no > bindparam("after"))
    .order_by(w.row_no)
    .limit(bindparam("most"))
)
_ROWS_OF_NUMBER = (
    select(bill_rows, b.kind)
    .join_from(bill_rows, bills, b.bill_id == w.bill_id)
    .where(w.number == bindparam("number"), b.day == bindparam("day"), b.state.in_(CURRENT))
    .order_by(b.kind.desc(), w.row_no)
    .limit(ROWS_AT_ONCE)
)
_REPLACED = (
    select(bills)
    .where(b.day == bindparam("day"), b.kind == BillKind.TRADE.value, b.state == BillState.REPLACED.value)
    .order_by(b.bill_id)
)
_FEES = (
    select(w.number, func.sum(w.fee_fen).label("fen"))
    .join_from(bill_rows, bills, b.bill_id == w.bill_id)
    .where(w.number.in_(among("numbers")), b.kind == BillKind.TRADE.value,
           or_(b.bill_id == bindparam("bill_id"), b.state == BillState.MATCHED.value))
    .group_by(w.number)
)
_in_the_platform = and_(r.settled_number.in_(among("numbers")), r.settled_how == IN_THE_PLATFORM)
_by_wechat = or_(r.settled_how.is_(None), r.settled_how != "BANK_TRANSFER")
_in_bills = func.coalesce(r.settled_number, r.wechat_refund_no)  # the number under which WeChat gave it back
_part = payment_lines.c
_PAID_TO = (
    select(_part.payment_no.label("number"), orders.c.seller_id, _part.amount_fen)
    .join_from(payment_lines, orders, orders.c.order_no == _part.order_no)
    .where(_part.payment_no.in_(among("numbers")))
    .order_by(_part.order_no)
)
_REFUNDED_OF = (
    select(r.refund_no.label("number"), r.settled_number, orders.c.seller_id, _part.amount_fen)
    .join_from(refunds, payment_lines, _part.payment_no == r.payment_no)
    .join(orders, orders.c.order_no == _part.order_no)
    .where(or_(r.refund_no.in_(among("refunds")), _in_the_platform),
           or_(r.order_no.is_(None), r.order_no == _part.order_no))
    .order_by(_part.order_no)
)
_PAYMENTS = select(p.payment_no, p.state, p.amount_fen, p.transaction_id, p.appid).where(
    p.payment_no.in_(among("numbers")))
_REFUNDS = (
    select(r.wechat_refund_no, r.refund_no, r.state, r.amount_fen, r.settled_how, r.settled_number, p.appid)
    .join_from(refunds, payments, p.payment_no == r.payment_no, isouter=True)
    .where(or_(r.refund_no.in_(among("refunds")), _in_the_platform))
)
_BOOKED = (
    select(w.number, w.entry, func.sum(w.amount_fen).label("fen"))
    .join_from(bill_rows, bills, b.bill_id == w.bill_id)
    .where(w.number.in_(among("numbers")), b.kind == BillKind.FUND.value, b.state.in_(CURRENT))
    .group_by(w.number, w.entry)
)


def _in_a_bill(number: Any, entry: str, kind: BillKind) -> Any:
    return exists(
        select(w.row_no).join_from(bill_rows, bills, b.bill_id == w.bill_id)
        .where(w.number == number, w.entry == entry, b.kind == kind.value, b.state.in_(CURRENT)))


_PAID_MISSING = {kind: (
    select(p.payment_no.label("ours"), p.payment_no.label("number"), p.amount_fen, p.paid_at.label("first_at"),
           p.paid_at.label("last_at"))
    .where(p.paid_at >= bindparam("since"), p.paid_at < bindparam("until"), p.state == "PAID",
           p.payment_no > bindparam("after"), ~_in_a_bill(p.payment_no, entry, kind))
    .order_by(p.payment_no).limit(bindparam("most"))
) for kind, entry in ((BillKind.TRADE, "PAYMENT"), (BillKind.FUND, "INCOME"))}
_REFUNDED_MISSING = {kind: (
    select(r.refund_no.label("ours"), _in_bills.label("number"), r.amount_fen, r.created_at.label("first_at"),
           r.finished_at.label("last_at"))
    .where(r.finished_at >= bindparam("since"), r.finished_at < bindparam("until"), r.state == "DONE",
           r.amount_fen > 0, _by_wechat, r.refund_no > bindparam("after"), ~_in_a_bill(_in_bills, "REFUND", kind))
    .order_by(r.refund_no).limit(bindparam("most"))
) for kind in BillKind}
_OUR_PAYMENTS = (
    select(func.count().label("number"), func.coalesce(func.sum(p.amount_fen), 0).label("fen"))
    .where(p.paid_at >= bindparam("since"), p.paid_at < bindparam("until"), p.state == "PAID")
)
_OUR_REFUNDS = (
    select(func.count().label("number"), func.coalesce(func.sum(r.amount_fen), 0).label("fen"))
    .where(r.finished_at >= bindparam("since"), r.finished_at < bindparam("until"), r.state == "DONE",
           r.amount_fen > 0, _by_wechat)
)
_KNOWN = select(d.once_key).where(d.once_key.in_(among("keys")))
_OPEN_OF_DAY = (
    select(differences)
    .where(d.day == bindparam("day"), d.state == DifferenceState.OPEN.value)
    .order_by(d.difference_id)
)
_DAYS_WITH_OPEN = select(d.day).where(d.state == DifferenceState.OPEN.value, d.day >= bindparam("since")).distinct()
_CLOSE = (
    update(differences)
    .where(d.difference_id == bindparam("of_difference"), d.seller_id == bindparam("of_seller"),
           d.state == DifferenceState.OPEN.value)
    .values(state=bindparam("to_state"), note=bindparam("why"), resolved_at=bindparam("now"), once_key=bindparam("key"))
)
_DIFFERENCE = (
    select(differences)
    .where(d.difference_id == bindparam("difference_id"), d.seller_id == bindparam("seller_id"))
)
_DIFFERENCES = newest_first(
    select(differences)
    .where(d.seller_id == bindparam("seller_id"), d.state.in_(among("states")), d.kind.in_(among("kinds")),
           or_(_EVERY_OR == "", d.day == _EVERY_OR)),
    d.difference_id)


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
