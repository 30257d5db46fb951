"""A seller's statement adds up however time is cut into periods (spec E13)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mall.domains.sellers.rules import WHOLE
from mall.domains.sellers.statement import Entry, commission_fen, line_of, totals_of

pytestmark = pytest.mark.spec("E13")

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
DAYS = 60


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def order(paid_fen: int, given_fen: int, days: list[int], parts: list[int], ends: int | None) -> list[Entry]:
    """Paid on the first of the days, a part by the platform, refunded in these percents of what was left on those
    after, ended on one of them or never; in the order of time."""
    first, *later = sorted(days)
    entries = []
    for left, by_the_platform in ((paid_fen, False), (given_fen, True)):
        entries += [Entry(-left, day(first), given=by_the_platform)] if left else []
        for on, percent in zip(later, parts, strict=False):
            back = left * percent // 100
            left -= back
            entries += [Entry(back, day(on), given=by_the_platform)] if back else []
    if ends is not None:
        entries.append(Entry(0, day(sorted(days)[ends % len(days)]), ends=True))
    return sorted(entries, key=lambda each: each.created_at)


def orders() -> st.SearchStrategy[list[Entry]]:
    on = st.integers(0, DAYS - 1)
    given_fen = st.just(0) | st.integers(1, 99_999)
    return st.builds(order, st.integers(1, 1_000_000), given_fen, st.lists(on, min_size=1, max_size=5),
                     st.lists(st.integers(0, 100), max_size=4), st.none() | st.integers(0, 4))


cuts = st.lists(st.integers(1, DAYS - 1), max_size=6).map(lambda found: [0, *sorted(set(found)), DAYS])


@given(orders(), st.integers(0, WHOLE), cuts)
def test_periods_that_follow_on_each_other_add_up_to_the_whole(entries: list[Entry], rate: int, bounds: list[int]):
    whole = line_of("ord_1", entries, rate, day(0), day(DAYS))
    parts = [line for first, last in zip(bounds, bounds[1:], strict=False)
             if (line := line_of("ord_1", entries, rate, day(first), day(last))) is not None]
    for name in ("sales_fen", "refunds_fen", "given_fen", "commission_fen", "earned_fen"):
        assert sum(getattr(part, name) for part in parts) == (getattr(whole, name) if whole else 0)


@given(orders(), st.integers(0, WHOLE))
def test_of_an_ended_order_the_seller_and_the_platform_have_what_it_is_worth(entries: list[Entry], rate: int):
    line = line_of("ord_1", entries, rate, day(0), day(DAYS))
    worth_fen = -sum(each.amount for each in entries)
    if not any(each.ends for each in entries):
        assert line is None
        return
    assert line.sales_fen - line.refunds_fen + line.given_fen == worth_fen == line.earned_fen + line.commission_fen
    assert line.commission_fen == commission_fen(worth_fen, rate) and 0 <= line.commission_fen <= worth_fen
    assert abs(line.commission_fen * WHOLE - worth_fen * rate) <= WHOLE / 2


@given(st.lists(orders(), max_size=5), *[st.integers(0, 10_000)] * 4)
def test_the_totals_are_the_lines_and_what_was_booked_beside(found, fees, points, shared, by_hand):
    lines = [line for entries in found if (line := line_of("o", entries, 500, day(0), day(DAYS)))]
    totals = totals_of(lines, fees_fen=fees, points_cost_fen=points, shared_fen=shared, paid_by_hand_fen=by_hand)
    assert totals.to_pay_fen == (totals.sales_fen - totals.refunds_fen + totals.given_fen - totals.commission_fen
                                 - fees - points - shared + by_hand)
    assert totals.orders == len(lines)
