"""Parts of an order's price, to the fen, over random plans (spec B7, E5, E6)."""

from __future__ import annotations

from datetime import datetime, timezone
from types import SimpleNamespace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from mall.domains.instalments.rules import (
    Part, PartsDoNotFit, amounts_of, check_rest, due, due_fen, ends_of, in_turn, rows_of, spread,
)
from mall.domains.refunds.rules import Parts
from mall.flows.kinds.kind import Terms
from mall.flows.money.refund_parts import over
from mall.flows.money.refund_plan import Pieces, Plan

pytestmark = pytest.mark.spec("B7", "E5", "E6")

fens = st.integers(1, 10_000)
plans = st.lists(fens, min_size=1, max_size=4)


def plan_of(amounts: list[int]) -> list[Part]:
    return [*(Part(f"part{number}", f"第{number}期", fen) for number, fen in enumerate(amounts, 1)),
            Part("balance", "尾款")]


@given(plans, fens, st.integers(0, 10_000))
def test_parts_add_up_to_the_price_and_wechat_collects_something_of_each(amounts, rest_fen, balance_fen):
    assume(rest_fen > balance_fen)
    pay_fen = sum(amounts) + rest_fen
    found = amounts_of(plan_of(amounts), pay_fen, balance_fen)
    assert (found, sum(found)) == ([*amounts, rest_fen], pay_fen)
    order = SimpleNamespace(balance_fen=balance_fen, instalments=len(found))
    by_wechat = [due_fen(order, SimpleNamespace(number=number, amount_fen=fen)) for number, fen in enumerate(found, 1)]
    assert min(by_wechat) > 0 and sum(by_wechat) == pay_fen - balance_fen


@given(plans, st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_price_that_leaves_wechat_nothing_of_a_part_is_refused(amounts, short_fen, balance_fen):
    pay_fen = sum(amounts) + balance_fen - short_fen
    with pytest.raises(PartsDoNotFit):
        amounts_of(plan_of(amounts), pay_fen, balance_fen)


def day(number: int) -> datetime:
    return datetime(2026, 12, number, tzinfo=timezone.utc)


def windows(*of_each: tuple[int | None, int | None]) -> list[Part]:
    """A plan of so many parts that open and close on these days."""
    return [Part(f"part{number}", "期", 1 if number < len(of_each) else None, opens and day(opens),
                 closes and day(closes)) for number, (opens, closes) in enumerate(of_each, 1)]


@pytest.mark.parametrize(("plan", "says"), [
    ([Part("a", "甲"), Part("b", "乙", closes_at=day(2))], "each part but the last has an amount"),
    ([Part("a", "甲", 1), Part("b", "乙", 1, closes_at=day(2))], "each part but the last has an amount"),
    ([Part("a", "甲")], "two parts at least"),
    ([Part("a", "甲", 1), Part("a", "乙", closes_at=day(2))], "a name of its own"),
    ([Part("a", "甲", 1), Part("b", "乙")], "each part but the first says when it closes"),
    (windows((None, 3), (None, 3)), "each part opens before it closes"),
    (windows((None, 4), (None, 3)), "each part opens before it closes"),
    (windows((None, None), (3, 3)), "each part opens before it closes"),
    (windows((4, 5), (3, 6)), "none before the one that it follows"),
    (windows((None, None), (3, 9), (None, 8)), "none before the one that it follows")])
def test_a_kind_that_names_its_parts_wrongly_is_refused_as_soon_as_it_says_so(plan, says):
    with pytest.raises(ValueError, match=says):
        Terms(instalments=plan)


@pytest.mark.parametrize("plan", [
    [], windows((None, None), (None, 3)), windows((1, 2), (1, 3)), windows((None, 5), (3, 6), (None, 9))])
def test_parts_that_follow_each_other_are_taken(plan):
    assert Terms(instalments=plan).is_one_order is bool(plan)


def test_who_orders_at_the_last_moment_has_no_longer_for_the_first_part_than_for_the_next():
    order = {"order_no": "ord_1", "pay_fen": 10, "balance_fen": 0}
    plan = windows((None, None), (2, 4))
    assert [[row["closes_at"] for row in rows_of(plan, order, expires_at, day(1))]
            for expires_at in (day(3), day(5))] == [[day(3), day(4)], [day(4), day(4)]]


@given(plans, fens, fens)
def test_another_price_changes_the_last_part_alone(amounts, rest_fen, other_fen):
    order = SimpleNamespace(balance_fen=0)
    parts = [SimpleNamespace(amount_fen=fen) for fen in [*amounts, rest_fen]]
    assert check_rest(order, parts, sum(amounts) + other_fen) == other_fen
    with pytest.raises(PartsDoNotFit):
        check_rest(order, parts, sum(amounts))


@given(st.lists(st.integers(0, 100), max_size=6), st.lists(st.integers(0, 100), min_size=1, max_size=4))
def test_amounts_fill_rooms_one_after_the_other(amounts, rooms):
    found = spread(amounts, rooms)
    assert [sum(each) for each in found] == [
        max(0, min(room, sum(amounts) - sum(rooms[:number]))) for number, room in enumerate(rooms)]
    if sum(rooms) >= sum(amounts):
        assert [sum(of) for of in zip(*found, strict=True)] == amounts


def paid_parts(*states: str, forfeits: bool = True):
    return [SimpleNamespace(number=number, state=state, forfeits=forfeits) for number, state in enumerate(states, 1)]


def test_the_first_part_that_is_not_paid_is_due():
    assert [due(paid_parts(*states)) and due(paid_parts(*states)).number for states in (
        ("UNPAID", "UNPAID"), ("PAID", "UNPAID"), ("PAID", "PAID"), ("KEPT", "CLOSED"))] == [1, 2, None, None]


@pytest.mark.parametrize(("forfeits", "broken", "verb"), [
    (True, True, "keep"), (True, False, "give_back"), (False, True, "give_back"), (False, False, "give_back")])
def test_a_part_is_kept_only_where_the_terms_say_so_and_the_buyer_broke_off(forfeits, broken, verb):
    found = ends_of(paid_parts("PAID", "UNPAID", forfeits=forfeits), broken=broken)
    assert [move for _, move in found] == [verb, "close"]


def test_the_latest_payment_gives_back_first_unless_the_terms_say_otherwise():
    parts = [SimpleNamespace(number=number, back_first=number == first) for first in (0,) for number in (1, 2, 3)]
    assert [part.number for part in in_turn(parts)] == [3, 2, 1]
    parts[0].back_first = True
    assert [part.number for part in in_turn(parts)] == [1, 3, 2]


@given(st.data())
def test_a_refund_over_several_payments_adds_up_by_payment_line_and_tender(data):
    lefts = data.draw(st.lists(st.integers(0, 500), min_size=2, max_size=4))
    wechat_fen = data.draw(st.integers(0, sum(lefts)))
    balance_fen = data.draw(st.integers(0, 300))
    assume(wechat_fen + balance_fen)
    amount_fen, by_amount = wechat_fen + balance_fen, data.draw(st.booleans())
    freight_fen = data.draw(st.integers(0, amount_fen))
    goods_fen = amount_fen - freight_fen if by_amount else amount_fen
    first = data.draw(st.integers(0, goods_fen))
    pieces = tuple(Pieces(SimpleNamespace(line_id=name), 0 if by_amount else 1, fen)
                   for name, fen in (("a", first), ("b", goods_fen - first)))
    decided = Plan(amount_fen, freight_fen, pieces, (), closes=False, parts=Parts(wechat_fen, balance_fen))
    paid = [SimpleNamespace(number=number, back_first=False, amount_fen=1_000 + left, refunded_fen=1_000)
            for number, left in enumerate(lefts, 1)]
    found = over(decided, paid)
    assert all(part.parts.wechat_fen <= payment.amount_fen - payment.refunded_fen for payment, part in found)
    assert [payment.number for payment, _ in found] == sorted((payment.number for payment, _ in found), reverse=True)
    assert tuple(map(sum, zip(*(part.parts for _, part in found), strict=True))) == decided.parts
    assert sum(part.freight_fen for _, part in found) == freight_fen
    for name, fen, quantity in (("a", first, pieces[0].quantity), ("b", goods_fen - first, pieces[1].quantity)):
        own = [each for _, part in found for each in part.pieces if each.line.line_id == name]
        assert (sum(each.amount_fen for each in own), sum(each.quantity for each in own)) == (fen, quantity)
    for _, part in found:  # as the audit has it: what no line bears is freight of an amount
        has_pieces = any(each.quantity for each in part.pieces)
        lines_fen = sum(each.amount_fen for each in part.pieces)
        assert part.amount_fen == sum(part.parts) == lines_fen + (0 if has_pieces else part.freight_fen)
