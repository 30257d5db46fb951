"""When a refund needs a second person (spec J6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mall.domains.sensitive.rules import above_limit, may_approve

pytestmark = pytest.mark.spec("J6")

FEN = st.integers(0, 1_000_000)


@given(st.lists(FEN, max_size=12), FEN)
def test_however_a_refund_is_cut_one_person_gives_back_no_more_than_the_limit(parts: list[int], limit_fen: int):
    alone_fen = 0
    for part_fen in parts:
        if not above_limit(alone_fen, part_fen, limit_fen):
            alone_fen += part_fen
    assert alone_fen <= limit_fen


@given(FEN, FEN)
def test_at_the_limit_one_person_decides_and_a_fen_above_it_takes_two(refunded_fen: int, amount_fen: int):
    assert not above_limit(refunded_fen, amount_fen, refunded_fen + amount_fen)
    assert above_limit(refunded_fen, amount_fen + 1, refunded_fen + amount_fen)
    assert not above_limit(refunded_fen, 0, 0)


def test_who_may_approve():
    assert [may_approve(each) for each in (["*"], ["staff.*"], ["staff.approve_sensitive_change"], ["refunds.*"], [])
            ] == [True, True, True, False, False]
