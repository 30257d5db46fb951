"""WeChat's bills of a day beside our payments and refunds; what differs becomes a difference and a case (spec E10).

A trade row is looked up by our number, whatever day we booked it on; ours are looked up in the bills of every day. So a
payment near midnight that stands in the other day's bill is no difference.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mall.domains.cases import store as cases
from mall.domains.payments import store as payments
from mall.domains.reconciliation import store
from mall.domains.reconciliation.rules import (
    MOST_DIFFERENCES, OLDEST_DAY, BillKind, BillState, DifferenceKind, DifferenceKnown, Fees, Found, Subject,
    days_between, days_due, judge_flow, judge_payment, judge_refund, judged_window, missing_there, proposed_step,
    start_of,
)
from mall.domains.refunds.rules import RefundState, earlier_numbers, refund_of
from mall.flows import post_fees
from mall.kit.db import Tx
from mall.kit.schema import DEFAULT_SELLER
from mall.kit.zone import day_of

CASE = "BILL_DIFFERENCE"
FEES = ("FEE", "FEE_BACK")
WAITING = {"opened": 0, "mended": 0, "standing": 0, "waiting": 1}


def days_to_match(ctx: Any) -> list[str]:
    """Days of the last week with a bill that is not matched yet, then those of the last three months with a difference
    that is open: it may have mended since. However many those are, a new day does not wait for them."""
    week = ctx.read(store.of_days, days_due(ctx.now))
    fresh = {day for (day, _), bill in week.items() if bill.state == BillState.PULLED.value}
    opened = ctx.read(store.days_with_open, day_of(ctx.now - OLDEST_DAY).isoformat())
    return [*sorted(fresh), *(day for day in opened if day not in fresh)]


def match_day(ctx: Any, day: date) -> dict[str, int]:
    """Match one day. Counts: opened, mended (gone since the last time), standing (known before), waiting (1 when one of
    its bills is not there yet). Running it again changes nothing."""
    current = ctx.read(store.of_days, [day.isoformat()])
    bills = {kind: current.get((day.isoformat(), kind.value)) for kind in BillKind}
    if None in bills.values():
        return dict(WAITING)
    found = _find(ctx, day, bills)
    known = _known(ctx, list(found))
    new = [each for key, each in found.items() if key not in known]
    for each in new[:MOST_DIFFERENCES]:
        _open_once(ctx, day.isoformat(), each)
    if len(new) > MOST_DIFFERENCES:
        return {"opened": MOST_DIFFERENCES, "mended": 0, "standing": len(known), "waiting": 0}
    post_fees.post(ctx, bills[BillKind.TRADE])
    gone = [row for row in ctx.read(store.open_of_day, day.isoformat()) if row.once_key not in found]
    if gone or new or any(bill.state == BillState.PULLED.value for bill in bills.values()):
        ours = ctx.read(store.our_totals, start_of(day), _end_of(day))
        for bill in bills.values():
            ctx.transact(store.finish_match, bill, ours, ctx.now)
    mended = sum(ctx.transact(_mend, row, ctx.now) for row in gone)  # last: what is open brings the day back here
    return {"opened": len(new), "mended": mended, "standing": len(known), "waiting": 0}


def _known(ctx: Any, keys: list[str]) -> set[str]:
    """Which of these matters stand written down."""
    return {key for first in range(0, len(keys), store.ROWS_AT_ONCE)
            for key in ctx.read(store.known_keys, keys[first:first + store.ROWS_AT_ONCE])}


def _end_of(day: date) -> datetime:
    return start_of(date.fromordinal(day.toordinal() + 1))


def _find(ctx: Any, day: date, bills: dict[BillKind, Any]) -> dict[str, Found]:
    """Every difference of the day by its key, one for each matter."""
    found: dict[str, Found] = {}
    for bill in bills.values():
        for each in _judge_rows(ctx, bill):
            found.setdefault(each.once_key, each)
    for each in _missing_there(ctx, day):
        found.setdefault(each.once_key, each)
    return found


def _judge_rows(ctx: Any, bill: Any) -> list[Found]:
    """What differs in the rows of one bill, read in batches."""
    found: list[Found] = []
    after = 0
    while rows := ctx.read(store.rows_after, bill.bill_id, after):
        after = rows[-1].row_no
        numbers = sorted({row.number for row in rows})
        paid, back, booked = ctx.read(store.known, numbers, sorted({refund_of(number) for number in numbers}))
        fees = Fees(ctx.settings.pay_fee_per_ten_thousand, _booked_fees(booked))
        for row in rows:
            found += _judge(bill.kind, row, paid, back, fees)
    return found


def _judge(kind: str, row: Any, paid: dict[str, Any], back: dict[str, Any], fees: Fees) -> list[Found]:
    is_payment = row.entry in ("PAYMENT", "INCOME")
    ours = paid.get(row.number) if is_payment else _refund(row.number, back)
    if kind == BillKind.TRADE.value:
        return judge_payment(row, ours, fees) if is_payment else judge_refund(row, ours, fees)
    return judge_flow(row, ours) if row.entry in ("INCOME", "REFUND", "REFUND_BACK") else []


@dataclass(frozen=True)
class EarlierTry:
    """What we know of a number that gave nothing back, when the refund went on under another."""

    amount_fen: int
    state: str = RefundState.FAILED.value


def _refund(number: str, back: dict[str, Any]) -> Any | None:
    """Our refund that WeChat knows by this number, or once did."""
    found = back.get(number) or back.get(refund_of(number))
    if found is None or number == (found.settled_number or found.wechat_refund_no):
        return found
    ours = (*earlier_numbers(found.wechat_refund_no), found.wechat_refund_no)
    return EarlierTry(found.amount_fen) if number in ours else None


def _booked_fees(booked: list[Any]) -> dict[str, int]:
    """By number, what the fund flows took (positive) or gave back (negative) of fees, where they have the trade."""
    fees: Counter[str] = Counter()
    for row in booked:
        fees[row.number] -= int(row.fen) if row.entry in FEES else 0
    return dict(fees)


def _missing_there(ctx: Any, day: date) -> list[Found]:
    """What we have and no bill has, where every bill is there in which it could stand."""
    since, until = judged_window(day)
    found = []
    for kind in BillKind:
        rows = [(subject, row) for subject in Subject for row in _missing(ctx, subject, kind, since, until)]
        days = {each for _, row in rows for each in days_between(row.first_at, row.last_at)}
        there = {one for one, of in ctx.read(store.of_days, sorted(days)) if of == kind.value}
        found += [missing_there(subject, row.number, row.amount_fen, kind) for subject, row in rows
                  if days_between(row.first_at, row.last_at) <= there]
    return found


def _missing(ctx: Any, subject: Subject, kind: BillKind, since: datetime, until: datetime) -> list[Any]:
    found: list[Any] = []
    while rows := ctx.read(store.missing, subject, kind, since, until, found[-1].ours if found else ""):
        found += rows
    return found


def _open_once(ctx: Any, day: str, found: Found) -> None:
    try:
        ctx.transact(_open, day, found, ctx.now)
    except DifferenceKnown:
        pass  # another run, at the same moment, was faster


def _open(tx: Tx, day: str, found: Found, now: datetime) -> None:
    """Write one difference down with its case; money that WeChat took and we do not have is asked for at once."""
    difference_id = store.open_difference(tx, day, found, now)
    step, mended_by = proposed_step(found)
    cases.open_case(tx, kind=CASE, reference=difference_id, seller_id=DEFAULT_SELLER, sentence=found.sentence,
                    next_step=step, now=now,
                    data={"difference_id": difference_id, "kind": found.kind.value, "subject": found.subject.value,
                          "number": found.number, "day": day, "ours_fen": found.ours_fen,
                          "theirs_fen": found.theirs_fen, "mended_by": mended_by})
    if (found.kind, found.subject) == (DifferenceKind.MISSING_HERE, Subject.PAYMENT):
        payments.ask_soon(tx, found.number, now)


def _mend(tx: Tx, row: Any, now: datetime) -> int:
    if not store.mend(tx, row, now):
        return 0
    cases.resolve_about(tx, CASE, row.difference_id, "再次核对时已一致", now)
    return 1


def resolve(tx: Tx, difference_id: str, seller_id: str, note: str, now: datetime) -> str:
    """Staff settled a difference: it and its case are closed. Raises DifferenceNotFound, DifferenceResolved."""
    state = store.resolve(tx, difference_id, seller_id, note, now)
    cases.resolve_about(tx, CASE, difference_id, note, now)
    return state
