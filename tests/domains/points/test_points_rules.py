"""The rules of points: pure, so each of them for whatever numbers (A4)."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mall.domains.points import rules
from mall.domains.points.rules import Lot, Use
from mall.kit.zone import day_of

pytestmark = pytest.mark.spec("A4")

NOON = datetime(2026, 11, 28, 4, tzinfo=timezone.utc)
amounts = st.integers(0, 10_000)


def lots_of(frees: list[int]) -> list[Lot]:
    return [Lot(f"lot_{number:02}", free, 0, 0, NOON + timedelta(days=number)) for number, free in enumerate(frees)]


def test_only_whole_points_are_earned():
    assert [rules.earned_for(fen, 1) for fen in (0, 99, 100, 9_499)] == [0, 0, 1, 94]
    assert [rules.earned_for(9_499, per_yuan) for per_yuan in (0, 3, 100)] == [0, 284, 9_499]


@given(st.integers(0, 1_000), st.integers(1, 10**8), st.data())
def test_what_is_taken_back_in_any_steps_is_what_was_earned(per_yuan: int, base_fen: int, data: st.DataObject):
    earned = rules.earned_for(base_fen, per_yuan)
    steps = sorted(data.draw(st.lists(st.integers(0, base_fen), max_size=6)), reverse=True)
    kept = [rules.kept_of(earned, base_fen, kept_fen) for kept_fen in (base_fen, *steps, 0)]
    assert kept[0] == earned and kept[-1] == 0
    assert all(before >= after >= 0 for before, after in zip(kept, kept[1:], strict=False))


def test_more_that_is_kept_than_the_stored_base_keeps_all_points():
    assert [rules.kept_of(90, 9_000, kept_fen) for kept_fen in (9_000, 9_001, 10_000)] == [90, 90, 90]


@given(st.lists(amounts, max_size=8), st.integers(0, 50_000))
def test_an_order_takes_exactly_what_it_wants_and_empties_a_lot_before_it_opens_the_next(frees: list[int], want: int):
    lots = lots_of(frees)
    if want > sum(frees):
        with pytest.raises(rules.PointsShort):
            rules.take(lots, want)
        return
    taken = dict(rules.take(lots, want))
    assert sum(taken.values()) == want and all(taken.values())
    touched = [lot for lot in lots if lot.free and lot.lot_id in taken]
    assert touched == [lot for lot in lots if lot.free][:len(touched)]
    assert all(taken[lot.lot_id] == lot.free for lot in touched[:-1])


@given(st.lists(st.tuples(amounts, amounts), max_size=8), st.integers(0, 20_000), st.data())
def test_what_comes_back_goes_where_it_came_from_and_pays_the_debt_first(pairs: list, debt: int, data: st.DataObject):
    uses = [Use(Lot(f"lot_{n:02}", free, 0, 0, NOON + timedelta(days=n)), points, 0)
            for n, (free, points) in enumerate(pairs)]
    points = data.draw(st.integers(0, sum(use.points for use in uses)))
    back = rules.give_back(uses, points, debt, NOON + timedelta(days=3))
    assert sum(back.returned.values()) == points and back.debt_paid == min(debt, points)
    for use in uses:
        lot, got = back.lots.get(use.lot.lot_id, use.lot), back.returned.get(use.lot.lot_id, 0)
        assert got <= use.points
        assert lot.free + lot.removed == use.lot.free + use.lot.removed + got
        assert lot.expires_at >= (NOON + timedelta(days=3) if got else use.lot.expires_at)
    assert sum(lot.removed for lot in back.lots.values()) == back.debt_paid


@given(st.lists(st.tuples(st.integers(1, 99), st.integers(1, 9)), min_size=1, max_size=5), st.data())
def test_returns_in_any_steps_leave_the_lots_as_one_return_does(pairs: list, data: st.DataObject):
    lots = lots_of([0] * len(pairs))
    whole = sum(points for points, _ in pairs)
    uses = [Use(lot, points, 0) for lot, (points, _) in zip(lots, pairs, strict=True)]
    cut = data.draw(st.integers(0, whole))
    first = rules.give_back(uses, cut, 0, None)
    later = [Use(first.lots.get(use.lot.lot_id, use.lot), use.points, first.returned.get(use.lot.lot_id, 0))
             for use in uses]
    second = rules.give_back(later, whole - cut, 0, None)
    assert {**first.lots, **second.lots} == rules.give_back(uses, whole, 0, None).lots
    with pytest.raises(ValueError, match="more points"):
        rules.give_back(uses, whole + 1, 0, None)


@given(st.lists(amounts, min_size=1, max_size=8), st.integers(0, 50_000), st.data())
def test_what_is_taken_back_comes_of_its_own_lot_then_of_the_oldest_and_the_rest_is_a_debt(frees, taken, data):
    lots = lots_of(frees)
    own = data.draw(st.sampled_from(lots))
    gone = rules.take_back(own, lots, taken)
    after = {lot.lot_id: gone.lots.get(lot.lot_id, lot) for lot in lots}
    assert gone.from_lots == min(taken, sum(frees)) and gone.short == taken - gone.from_lots
    assert sum(lot.free for lot in after.values()) == sum(frees) - gone.from_lots
    assert sum(lot.removed for lot in after.values()) == gone.from_lots
    assert after[own.lot_id].taken_back == taken
    if taken <= own.free:
        assert set(gone.lots) == {own.lot_id}


def test_usable_says_what_is_short_and_what_the_order_does_not_take():
    rules.check_usable(100, 100, 100)
    with pytest.raises(rules.PointsShort) as short:
        rules.check_usable(101, 100, 500)
    assert short.value.data == {"usable": 100}
    with pytest.raises(rules.PointsNotUsable) as capped:
        rules.check_usable(51, 100, 50)
    assert capped.value.data == {"usable": 50}


def test_a_streak_is_days_in_a_row_of_the_shops_zone():
    assert day_of(datetime(2026, 11, 27, 16, tzinfo=timezone.utc)) == date(2026, 11, 28)
    today = date(2026, 3, 1)
    assert [rules.streak_on(today, last, 6) for last in ("2026-02-28", "2026-02-27", None)] == [7, 1, 1]
    assert [rules.reward_of(day, [5, 6, 20]) for day in range(1, 8)] == [5, 6, 20, 5, 6, 20, 5]


def test_the_sentences_say_what_happens_and_no_more():
    assert rules.sentences(rules.Outlook()) == []
    assert rules.sentences(rules.Outlook(5, 7, 2)) == [
        "退还下单使用的 5 积分", "扣回这些商品获得的 7 积分", "其中 2 积分已被使用，将从买家之后获得的积分中补扣"]
