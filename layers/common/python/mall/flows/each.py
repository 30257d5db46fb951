"""A timer's items: worked through until nothing is due or the fire's time is over, and none keeps another waiting."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from time import monotonic
from typing import Any

from mall.kit import deadline
from mall.kit.db import Tx
from mall.kit.deadline import NoTimeLeft
from mall.kit.errors import MallError
from mall.kit.postponed import postpone

FAILED = "failed"


def each(ctx: Any, work: Callable[..., str], *args: Any) -> str:
    """The item's own outcome, or FAILED for a refusal or an unreachable service; the code is logged. The
    timer comes again, so nothing is lost; what is left when its time is nearly over is not begun. A fault of our own
    (any other exception) is raised when the run is over: the timer fails, and the items behind had their turn."""
    try:
        if deadline.is_over():
            raise NoTimeLeft()
        return work(*args)
    except MallError as refusal:
        code = refusal.code
    except Exception as fault:
        code, ctx.fault = MallError.code, ctx.fault or fault
    failures = ctx.figures.setdefault("failures", {})
    failures[code] = failures.get(code, 0) + 1
    return FAILED


def work_through(ctx: Any, due: Callable[[Tx], list], work: Callable[[Any], str], *, purpose: str | None = None,
                 item: Callable[[Any], str] | None = None, parts_left: int = 1,
                 bad: frozenset[str] = frozenset({FAILED}), most_bad: int | None = None) -> Counter[str]:
    """`work(row)` for every row that `due(tx)` finds, batch after batch, for as long as this fire may begin another
    item (`ctx.until`); how many of each outcome.

    What was worked on is not due any more: by its new state, by the lease that `work` takes first, or, with a
    `purpose`, because it failed and is postponed (`kit/postponed.py`; `due` has to ask for `not_postponed`). `item`
    names a row (its first column). After a bad one the next is taken from the other end of the batch: those on which
    WeChat hangs are mostly of one age. `parts_left`: of the time that is left this kind of item takes such a part, as
    others come after it. `most_bad`: so many bad ones on end, and the rest waits for the next fire."""
    named = item or (lambda row: row if isinstance(row, str) else row[0])
    counts: Counter[str] = Counter()
    until, met, bad_on_end = monotonic() + (ctx.until - monotonic()) / parts_left, set(), 0
    while batch := deque(row for row in ctx.read(due) if named(row) not in met):
        from_front = True
        while batch:
            if monotonic() >= until or bad_on_end == most_bad:
                return counts
            row = batch.popleft() if from_front else batch.pop()
            met.add(named(row))
            outcome = each(ctx, work, row)
            counts[outcome] += 1
            bad_on_end = bad_on_end + 1 if outcome in bad else 0
            if outcome in bad:
                from_front = not from_front
            if outcome == FAILED and purpose:
                ctx.transact(postpone, purpose, named(row), ctx.now)
    return counts


def in_batches(ctx: Any, do_batch: Callable[..., int | None], *args: Any, full: int = 1, parts_left: int = 1) -> int:
    """`do_batch(tx, *args)` in a transaction of its own, again while it does at least `full` items and this fire's
    time is not over; how many in all. None is its word that it has come to the end; with `full` 0 it is the only
    one. For what is done by the set and not item by item."""
    return in_turns(ctx, {do_batch: (do_batch, *args)}, full=full, parts_left=parts_left)[do_batch]


def in_turns(ctx: Any, jobs: dict[Any, tuple], *, full: int = 1, parts_left: int = 1) -> dict[Any, int]:
    """`in_batches` of several jobs, (do_batch, *args) by name: each does a batch in its turn, so that none has to wait
    for the end of another; how many of each."""
    now, totals, left = monotonic(), dict.fromkeys(jobs, 0), dict(jobs)
    until = now + (ctx.until - now) / parts_left
    while left:
        for name, job in list(left.items()):
            if monotonic() >= until:
                return totals
            done = ctx.transact(*job)
            totals[name] += done or 0
            if done is None or done < full:
                del left[name]
    return totals
