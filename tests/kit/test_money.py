"""Fen: the only division of the mall always adds up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mall.kit.money import MAX_FEN, percent_of, split, yuan

pytestmark = pytest.mark.spec("D2")

fen = st.integers(0, MAX_FEN)
weights = st.lists(st.integers(0, MAX_FEN), min_size=1, max_size=50)


@given(fen, weights)
def test_parts_always_add_up_and_none_is_negative(total_fen: int, over: list[int]):
    parts = split(total_fen, over)
    assert (sum(parts), len(parts)) == (total_fen, len(over))
    assert min(parts) >= 0


@given(st.data(), weights)
def test_a_part_never_exceeds_its_weight_where_the_total_does_not(data: st.DataObject, over: list[int]):
    total_fen = data.draw(st.integers(0, min(MAX_FEN, sum(over))))
    if sum(over):
        assert [part for part, weight in zip(split(total_fen, over), over, strict=True) if part > weight] == []


@given(fen, weights)
def test_no_part_is_a_whole_fen_away_from_its_exact_share(total_fen: int, over: list[int]):
    whole = sum(over)
    if whole:
        for part, weight in zip(split(total_fen, over), over, strict=True):
            assert abs(part * whole - total_fen * weight) < whole


@pytest.mark.parametrize(("total_fen", "over", "parts"), [
    (1_000, [1, 1, 1], [334, 333, 333]), (100, [0, 0, 0], [34, 33, 33]), (0, [5, 7], [0, 0]), (5, [0, 10], [0, 5]),
    (1, [1, 1], [1, 0]), (2, [1, 2, 3], [0, 1, 1]), (0, [], []), (999, [100, 200, 700], [100, 200, 699]),
])
def test_the_remainder_goes_to_the_largest_rest_and_ties_to_the_earlier(total_fen, over, parts):
    assert split(total_fen, over) == parts


@pytest.mark.parametrize(("total_fen", "over"), [(-1, [1]), (1, [-1, 2]), (1, [])])
def test_what_cannot_be_divided_is_refused(total_fen, over):
    with pytest.raises(ValueError):
        split(total_fen, over)


@pytest.mark.parametrize(("amount_fen", "percent", "expected"), [
    (10_000, 95, 9_500), (1, 50, 1), (1, 49, 0), (99, 88, 87), (12_345, 100, 12_345), (12_345, 0, 0), (0, 95, 0),
])
def test_a_percentage_is_rounded_half_up(amount_fen: int, percent: int, expected: int):
    assert percent_of(amount_fen, percent) == expected


@given(fen, st.integers(0, 100))
def test_a_percentage_never_exceeds_the_amount_and_grows_with_it(amount_fen: int, percent: int):
    assert 0 <= percent_of(amount_fen, percent) <= amount_fen
    assert percent_of(amount_fen, percent) <= percent_of(amount_fen + 1, percent)


@pytest.mark.parametrize(("amount_fen", "shown"), [
    (12_345, "123.45"), (5, "0.05"), (0, "0.00"), (-5, "-0.05"), (-12_300, "-123.00"), (MAX_FEN, "100000000.00"),
])
def test_an_amount_as_a_person_reads_it(amount_fen: int, shown: str):
    assert yuan(amount_fen) == shown
