"""WeChat's bills of a day beside our payments and refunds; what differs becomes a difference and a case (spec E10).

A trade row is looked up by our number, whatever day we booked it on; ours are looked up in the bills of every day. So a
payment near midnight that stands in the other day's bill is no difference.

A day of any size is gone through in batches: each is judged, its differences are opened, its fees posted, and how far
that came is kept with the bill. A run that is killed, or whose time is up, loses at most a batch. A day that is
matched and has open differences is not gone through again: each of these is judged anew by its number.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
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
from mall.flows.money import post_fees
from mall.kit.db import Tx
from mall.kit.schema import DEFAULT_SELLER
from mall.kit.zone import day_of

CASE = "BILL_DIFFERENCE"
FEES = ("FEE", "FEE_BACK")
WAITING = {"opened": 0, "mended": 0, "standing": 0, "waiting": 1, "unfinished": 0}


def days_to_match(ctx: Any) -> list[str]:
    """Days of the last week with a bill that is not matched yet, the newest first, then those of the last three months
    with a difference that is open: it may have mended since. However many those are, a new day does not wait for
    them."""
    week = ctx.read(store.of_days, days_due(ctx.now))
    fresh = {day for (day, _), bill in week.items() if bill.state == BillState.PULLED.value}
    opened = ctx.read(store.days_with_open, day_of(ctx.now - OLDEST_DAY).isoformat())
    return [*sorted(fresh, reverse=True), *(day for day in opened if day not in fresh)]


def match_day(ctx: Any, day: date, until: float | None = None, *, whole: bool = False) -> dict[str, int]:
    """Match one day. Counts: opened, mended (gone since the last time), standing (known before), waiting (1 when one of
    its bills is not there yet), unfinished (1 when time was up, `until`, by the monotonic clock, or MOST_DIFFERENCES
    were opened: the next call goes on). `whole`: go through its bills also where they are matched. Running it again
    changes nothing."""
    current = ctx.read(store.of_days, [day.isoformat()])
    bills = {kind: current.get((day.isoformat(), kind.value)) for kind in BillKind}
    if None in bills.values():
        return dict(WAITING)
    run = Run(ctx, day, until)
    is_fresh = any(bill.state == BillState.PULLED.value for bill in bills.values())
    open_before = ctx.read(store.open_of_day, day.isoformat())
    is_through = _go_through(run, bills) if is_fresh or whole else True
    if not is_through:
        return run.counts(unfinished=1, standing=len(open_before))
    gone, standing = _judge_again(run, bills, open_before)
    if is_fresh or gone or run.opened:
        ours = ctx.read(store.our_totals, start_of(day), _end_of(day))
        for bill in bills.values():
            ctx.transact(store.finish_match, bill, ours, ctx.now)
    elif whole:
        for bill in bills.values():
            ctx.transact(store.go_on, bill.bill_id, None)  # the next time from the beginning
    mended = sum(ctx.transact(_mend, row, ctx.now) for row in gone)  # last: what is open brings the day back here
    return run.counts(mended=mended, standing=standing)


class Run:
    """One matching of one day: its clock, and how many differences it opened."""

    def __init__(self, ctx: Any, day: date, until: float | None):
        self.ctx, self.day, self.until, self.opened = ctx, day, until, 0

    def has_time(self) -> bool:
        return self.opened < MOST_DIFFERENCES and (self.until is None or time.monotonic() < self.until)

    def open(self, found: list[Found]) -> bool:
        """Write down what is new of these; False when that were too many, and some are left."""
        ones = list({each.once_key: each for each in reversed(found)}.values())[::-1]
        known = self.ctx.read(store.known_keys, [each.once_key for each in ones])
        for each in ones:
            if each.once_key not in known:
                if self.opened >= MOST_DIFFERENCES:
                    return False
                _open_once(self.ctx, self.day.isoformat(), each)
                self.opened += 1
        return True

    def counts(self, **others: int) -> dict[str, int]:
        return {"opened": self.opened, "mended": 0, "standing": 0, "waiting": 0, "unfinished": 0, **others}


def _go_through(run: Run, bills: dict[BillKind, Any]) -> bool:
    """Both bills row by row, then what no bill has, then the fees of trade bills that WeChat replaced; whether that
    came to its end."""
    for bill in bills.values():
        if not _go_through_rows(run, bill):
            return False
    for found in _missing_there(run.ctx, run.day):
        if not run.open(found):
            return False
    return all(_correct_fees(run, old, bills[BillKind.TRADE])
               for old in run.ctx.read(store.replaced_trades, run.day.isoformat()))


def _go_through_rows(run: Run, bill: Any) -> bool:
    after = bill.matched_rows or 0
    while rows := run.ctx.read(store.rows_after, bill.bill_id, after):
        if not run.has_time() or not run.open(_judge_rows(run.ctx, bill.kind, rows)):
            return False
        if bill.kind == BillKind.TRADE.value:
            post_fees.post(run.ctx, bill.bill_id, rows)
        after = rows[-1].row_no
        run.ctx.transact(store.go_on, bill.bill_id, after)
    return True


def _correct_fees(run: Run, old: Any, bill: Any) -> bool:
    """What a bill charged that no longer counts is brought to what the one in its place says."""
    after = old.matched_rows or 0
    while rows := run.ctx.read(store.rows_after, old.bill_id, after):
        if not run.has_time():
            return False
        post_fees.post(run.ctx, bill.bill_id, rows)
        after = rows[-1].row_no
        run.ctx.transact(store.go_on, old.bill_id, after)
    return True


def _judge_again(run: Run, bills: dict[BillKind, Any], open_before: list[Any]) -> tuple[list[Any], int]:
    """Of the differences that were open: those that are gone, and how many stand; the fees of what has come since are
    posted."""
    still = {each.once_key for found in _missing_there(run.ctx, run.day) for each in found} if any(
        row.kind == DifferenceKind.MISSING_THERE.value for row in open_before) else set()
    gone = []
    for row in open_before:
        rows = run.ctx.read(store.rows_of_number, run.day.isoformat(), row.number)
        trades, funds = ([each for each in rows if each.kind == kind.value] for kind in BillKind)
        still |= {found.once_key for kind, some in ((BillKind.TRADE, trades), (BillKind.FUND, funds)) if some
                  for found in _judge_rows(run.ctx, kind.value, some)}
        if row.once_key not in still:
            gone.append(row)
        post_fees.post(run.ctx, bills[BillKind.TRADE].bill_id, trades)
    return gone, len(open_before) - len(gone)


def _end_of(day: date) -> datetime:
    return start_of(date.fromordinal(day.toordinal() + 1))


def _judge_rows(ctx: Any, kind: str, rows: list[Any]) -> list[Found]:
    numbers = sorted({row.number for row in rows})
    paid, back, booked = ctx.read(store.known, numbers, sorted({refund_of(number) for number in numbers}))
    fees = Fees(ctx.settings.pay_fee_per_ten_thousand, _booked_fees(booked))
    provider = ctx.world.deployment.wechat_pay_sp_appid
    return [found for row in rows for found in _judge(kind, row, paid, back, fees, provider)]


def _judge(kind: str, row: Any, paid: dict[str, Any], back: dict[str, Any], fees: Fees,
           provider: str) -> list[Found]:
    is_payment = row.entry in ("PAYMENT", "INCOME")
    ours = paid.get(row.number) if is_payment else _refund(row.number, back)
    if kind == BillKind.TRADE.value:
        return (judge_payment if is_payment else judge_refund)(row, ours, fees, provider)
    return judge_flow(row, ours) if row.entry in ("INCOME", "REFUND", "REFUND_BACK") else []


@dataclass(frozen=True)
class EarlierTry:
    """What we know of a number that gave nothing back, when the refund went on under another."""

    amount_fen: int
    appid: str | None
    state: str = RefundState.FAILED.value


def _refund(number: str, back: dict[str, Any]) -> Any | None:
    """Our refund that WeChat knows by this number, or once did."""
    found = back.get(number) or back.get(refund_of(number))
    if found is None or number == (found.settled_number or found.wechat_refund_no):
        return found
    ours = (*earlier_numbers(found.wechat_refund_no), found.wechat_refund_no)
    return EarlierTry(found.amount_fen, found.appid) if number in ours else None


def _booked_fees(booked: list[Any]) -> dict[str, int]:
    """By number, what the fund flows took (positive) or gave back (negative) of fees, where they have the trade."""
    fees: Counter[str] = Counter()
    for row in booked:
        fees[row.number] -= int(row.fen) if row.entry in FEES else 0
    return dict(fees)


def _missing_there(ctx: Any, day: date) -> Iterator[list[Found]]:
    """What we have and no bill has, where every bill is there in which it could stand; in batches."""
    since, until = judged_window(day)
    for kind in BillKind:
        for subject in Subject:
            for rows in _missing(ctx, subject, kind, since, until):
                days = {each for row in rows for each in days_between(row.first_at, row.last_at)}
                there = {one for one, of in ctx.read(store.of_days, sorted(days)) if of == kind.value}
                yield [missing_there(subject, row.number, row.amount_fen, kind) for row in rows
                       if days_between(row.first_at, row.last_at) <= there]


def _missing(ctx: Any, subject: Subject, kind: BillKind, since: datetime, until: datetime) -> Iterator[list[Any]]:
    after = ""
    while rows := ctx.read(store.missing, subject, kind, since, until, after):
        yield rows
        after = rows[-1].ours


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
