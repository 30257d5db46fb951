"""What of a refund goes back by WeChat and what into stored value (E8): in order, never more than either paid."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mall.domains.refunds.rules import MoreThanPaid, Parts, RefundOrder, in_order

pytestmark = pytest.mark.spec("E6")

FEN = st.integers(0, 1_000_000)


@pytest.mark.parametrize(("first", "amount_fen", "parts"), [
    (RefundOrder.WECHAT_FIRST, 2_000, Parts(2_000, 0)),
    (RefundOrder.WECHAT_FIRST, 7_001, Parts(7_000, 1)),
    (RefundOrder.BALANCE_FIRST, 2_000, Parts(0, 2_000)),
    (RefundOrder.BALANCE_FIRST, 3_001, Parts(1, 3_000)),
    (RefundOrder.WECHAT_FIRST, 10_000, Parts(7_000, 3_000)),
    (RefundOrder.BALANCE_FIRST, 10_000, Parts(7_000, 3_000)),
    (RefundOrder.WECHAT_FIRST, 0, Parts(0, 0)),
])
def test_the_first_gives_all_it_has_before_the_other_gives_anything(first: RefundOrder, amount_fen: int, parts: Parts):
    assert in_order(amount_fen, Parts(7_000, 3_000), first) == parts


@pytest.mark.parametrize("first", list(RefundOrder))
def test_more_than_is_left_is_refused(first: RefundOrder):
    with pytest.raises(MoreThanPaid):
        in_order(10_001, Parts(7_000, 3_000), first)
    with pytest.raises(MoreThanPaid):
        in_order(-1, Parts(7_000, 3_000), first)


@settings(max_examples=300)
@given(wechat_fen=FEN, balance_fen=FEN, first=st.sampled_from(list(RefundOrder)), cuts=st.lists(FEN, max_size=8))
def test_refunds_of_any_size_give_back_exactly_both_parts(wechat_fen: int, balance_fen: int, first: RefundOrder,
                                                          cuts: list[int]):
    paid = Parts(wechat_fen, balance_fen)
    whole = sum(paid)
    ends = sorted(min(cut, whole) for cut in cuts) + [whole]
    back, before = [0, 0], 0
    for end in ends:
        parts = in_order(end - before, Parts(wechat_fen - back[0], balance_fen - back[1]), first)
        assert sum(parts) == end - before and min(parts) >= 0
        back = [back[0] + parts.wechat_fen, back[1] + parts.balance_fen]
        assert back[0] <= wechat_fen and back[1] <= balance_fen
        led, other = (back, paid) if first is RefundOrder.WECHAT_FIRST else (back[::-1], paid[::-1])
        assert led[1] == 0 or led[0] == other[0]
        before = end
    assert tuple(back) == paid
