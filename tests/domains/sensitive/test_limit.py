"""When something given away needs a second person, and who is one person (spec J6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mall.domains.sensitive.rules import GivenAway, above_order_limit, hands, may_approve, may_be_one_person

pytestmark = pytest.mark.spec("J6")

FEN = st.integers(0, 1_000_000)


def above_limit(earlier_fen: int, value_fen: int, limit_fen: int) -> bool:
    of_order = GivenAway("ord_1", value_fen, "退款", {}, {}, order_no="ord_1", earlier_fen=earlier_fen)
    return above_order_limit(of_order, limit_fen) is not None


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


def test_what_has_no_bound_takes_two_whatever_the_limit():
    assert above_order_limit(GivenAway("prm_1", None, "满减", {}, {}), 10**12) == (
        "这项优惠没有总额上限，一人不能决定")


def test_what_one_order_can_get_is_measured_where_it_is_less_than_all():
    assert above_order_limit(GivenAway("cpt_1", 1_000_000, "券", {}, {}, one_order_fen=500), 500) is None
    assert above_order_limit(GivenAway("cpt_1", 1_000_000, "券", {}, {}, one_order_fen=501), 500) == (
        "一笔订单一人最多可让出 5.00 元；本次 5.01 元")


def test_who_made_the_maker_of_an_account_could_sit_at_it():
    ties = [("D", "C"), ("C", "owner"), ("E", "other")]
    assert hands(ties, "D") == {"D", "C", "owner"}
    assert may_be_one_person(ties, "D", "owner") and may_be_one_person(ties, "owner", "D")
    assert not may_be_one_person(ties, "D", "other")
    assert not may_be_one_person(ties, "owner", "other")


def test_two_accounts_of_one_maker_are_one_person_and_two_makers_are_not_by_a_third_account():
    assert may_be_one_person([("A", "owner"), ("B", "owner")], "A", "B")
    assert not may_be_one_person([("A", "owner"), ("A", "other")], "owner", "other")


PEOPLE = st.sampled_from("ABCDEFG")


@given(st.lists(st.tuples(PEOPLE, PEOPLE), max_size=15), PEOPLE, PEOPLE)
def test_however_long_and_round_the_chain_is_it_ends_and_is_the_same_from_both_sides(ties: list, one: str, other: str):
    assert may_be_one_person(ties, one, other) == may_be_one_person(ties, other, one)
    assert may_be_one_person(ties, one, one)
    assert all(hands(ties, maker) <= hands(ties, account) for account, maker in ties)
