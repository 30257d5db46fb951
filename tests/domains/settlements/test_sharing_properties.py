"""The parts of an order add up and keep to the most; what refunds call back is never more than was shared, and the
order's own money always covers its refunds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mall.domains.settlements.rules import (
    NameNeeded,
    SharesAboveMost,
    TooManyReceivers,
    check_receiver,
    number_of_try,
    part_of_rest_fen,
    parts_fen,
    share_of,
    to_call_back_fen,
)

pytestmark = pytest.mark.spec("E7")

fen = st.integers(0, 50_000_000)
ratios = st.lists(st.integers(1, 3_000), min_size=1, max_size=50)


@given(fen, ratios, st.integers(1, 10_000))
def test_parts_add_up_to_the_ratios_sum_and_never_exceed_the_most(net_fen: int, wanted: list[int], most: int):
    parts = parts_fen(net_fen, wanted, most)
    assert sum(parts) == net_fen * min(sum(wanted), most) // 10_000
    assert sum(parts) * 10_000 <= net_fen * most
    assert all(part >= 0 for part in parts) and len(parts) == len(wanted)


@given(fen, ratios)
def test_no_receiver_is_a_fen_away_from_its_ratio_of_all_that_is_shared(net_fen: int, wanted: list[int]):
    parts = parts_fen(net_fen, wanted, sum(wanted))
    for part, ratio in zip(parts, wanted, strict=True):
        assert abs(part * sum(wanted) - sum(parts) * ratio) < sum(wanted)


def test_ratios_of_an_order_as_a_person_counts_them():
    assert parts_fen(10_000, [1_500, 500], 3_000) == [1_500, 500]
    assert parts_fen(9_999, [1_000, 1_000, 1_000], 3_000) == [1_000, 1_000, 999]
    assert parts_fen(10_000, [2_000, 2_000], 3_000) == [1_500, 1_500]
    assert parts_fen(3, [1_000], 3_000) == [0]
    assert parts_fen(10_000, [], 3_000) == []


@given(st.data())
def test_refunds_call_back_no_more_than_was_shared_and_leave_the_seller_its_part(data: st.DataObject):
    net_fen = data.draw(st.integers(1, 1_000_000))
    wanted = data.draw(st.lists(st.integers(1, 3_000), min_size=1, max_size=5))
    shared = parts_fen(net_fen, wanted, 10_000)
    back, refunded_fen = [0] * len(shared), 0
    for _ in range(data.draw(st.integers(1, 4))):
        refunded_fen += data.draw(st.integers(0, net_fen - refunded_fen))
        asked = to_call_back_fen([(got, given, net_fen) for got, given in zip(shared, back, strict=True)],
                                 net_fen - refunded_fen)
        back = [before + more for before, more in zip(back, asked, strict=True)]
        assert all(0 <= returned <= got for returned, got in zip(back, shared, strict=True))
        kept_by_receivers = sum(shared) - sum(back)
        assert net_fen - refunded_fen - kept_by_receivers >= 0
        for got, returned in zip(shared, back, strict=True):
            assert got - returned == got * (net_fen - refunded_fen) // net_fen


@given(st.integers(1, 1_000_000), ratios)
def test_a_refund_of_all_calls_all_of_it_back(net_fen: int, wanted: list[int]):
    shared = parts_fen(net_fen, wanted, 3_000)
    assert to_call_back_fen([(got, 0, net_fen) for got in shared], 0) == shared
    assert to_call_back_fen([(got, got, net_fen) for got in shared], 0) == [0] * len(shared)


def test_what_a_part_of_a_refund_calls_back():
    assert to_call_back_fen([(1_500, 0, 10_000), (500, 0, 10_000)], 7_500) == [375, 125]
    assert to_call_back_fen([(1_500, 375, 10_000)], 7_500) == [0]
    assert to_call_back_fen([(1, 0, 10_000)], 9_999) == [1]
    assert to_call_back_fen([(1_500, 0, 10_000), (250, 0, 5_000)], 2_500) == [1_125, 125]  # the second after a refund


@given(st.data())
def test_a_part_that_goes_late_is_what_an_early_one_would_have_kept_and_the_last_refund_leaves_nothing(
        data: st.DataObject):
    net_fen = data.draw(st.integers(1, 1_000_000))
    amount_fen = data.draw(st.integers(1, net_fen))
    first_fen = data.draw(st.integers(1, net_fen))  # what is left when it goes at last
    late_fen = part_of_rest_fen(amount_fen, net_fen, first_fen)
    assert late_fen == amount_fen - to_call_back_fen([(amount_fen, 0, net_fen)], first_fen)[0]
    later_fen = data.draw(st.integers(0, first_fen))
    back_fen, = to_call_back_fen([(late_fen, 0, first_fen)], later_fen)
    assert 0 <= back_fen <= late_fen
    assert late_fen - back_fen <= part_of_rest_fen(amount_fen, net_fen, later_fen)
    assert to_call_back_fen([(late_fen, back_fen, first_fen)], 0) == [late_fen - back_fen]


def test_the_number_of_a_try_leads_back_to_its_share():
    numbers = [number_of_try("shr_01ABC", tries) for tries in (1, 2, 3, 49)]
    assert numbers == ["shr_01ABC", "shr_01ABC-2", "shr_01ABC-3", "shr_01ABC-49"]
    assert {share_of(number) for number in numbers} == {"shr_01ABC"}


def test_receivers_that_are_refused():
    with pytest.raises(NameNeeded):
        check_receiver("MERCHANT_ID", None, 100, [], 3_000)
    with pytest.raises(SharesAboveMost) as refusal:
        check_receiver("PERSONAL_OPENID", None, 1_001, [1_000, 1_000], 3_000)
    assert refusal.value.data == {"left": 1_000}
    with pytest.raises(TooManyReceivers):
        check_receiver("PERSONAL_OPENID", None, 1, [1] * 50, 3_000)
    check_receiver("PERSONAL_OPENID", None, 1_000, [1_000, 1_000], 3_000)
