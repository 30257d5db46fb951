"""Refunds by line and quantity: several of them add up to what was paid, whatever the order; 300 less 50 (E6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mall.domains.pricing.rules import (
    FreightRate,
    FreightRefund,
    LineNotInOrder,
    MoreThanBought,
    TakenBack,
    ThresholdRule,
    from_json,
    price,
    refund_pieces,
    refund_share,
    to_json,
)
from pricing_baskets import SHENZHEN, basket, coupon, line, reduction, template

pytestmark = pytest.mark.spec("D2")

KEPT, BY_SHARE = FreightRefund.KEPT, FreightRefund.BY_SHARE
KEEP, TAKE_BACK = ThresholdRule.KEEP, ThresholdRule.TAKE_BACK
TWO_LINES = price(basket(line("a", 20_000), line("b", 10_000), promotions=(reduction((30_000, 5_000)),)))


def back(quote, wanted, already=None, given_goods_fen=0, freight=KEPT, threshold=KEEP):
    return refund_pieces(quote, wanted, already=already or {}, given_goods_fen=given_goods_fen, freight=freight,
                         threshold=threshold)


def test_the_buyer_keeps_the_reduction_on_what_remains():
    # 300 less 50: a bears 33.33, b bears 16.67
    assert TWO_LINES.pay_fen == 25_000
    found = back(TWO_LINES, {"b": 1})
    assert (found.amount_fen, found.taken_back) == (8_333, ())
    assert back(TWO_LINES, {"a": 1}, {"b": 1}, 8_333).amount_fen == 16_667


def test_or_its_share_on_what_remains_is_taken_back_and_comes_again_with_the_last_piece():
    found = back(TWO_LINES, {"b": 1}, threshold=TAKE_BACK)
    assert (found.amount_fen, found.taken_back) == (5_000, (TakenBack("promo", "满减", 3_333),))
    assert back(TWO_LINES, {"a": 1}, {"b": 1}, 5_000, threshold=TAKE_BACK).amount_fen == 20_000
    assert back(TWO_LINES, {"a": 1}, {"b": 1}, 5_000, threshold=KEEP).amount_fen == 20_000


def test_a_refund_is_never_less_than_nothing():
    # 290 remain, for which 250 were paid: 40 would be due from the buyer
    quote = price(basket(line("a", 29_000), line("b", 1_000), promotions=(reduction((30_000, 5_000)),)))
    assert back(quote, {"b": 1}, threshold=TAKE_BACK).amount_fen == 0
    assert back(quote, {"a": 1}, {"b": 1}, 0, threshold=TAKE_BACK).amount_fen == 25_000


def test_a_lower_step_that_is_still_reached_stays():
    quote = price(basket(line("a", 10_000, 4), promotions=(reduction((20_000, 2_000), (40_000, 6_000)),)))
    assert quote.pay_fen == 34_000
    found = back(quote, {"a": 1}, threshold=TAKE_BACK)  # 300 remain: 20 off instead of their share of 45
    assert (found.amount_fen, found.taken_back[0].amount_fen) == (8_500 - 2_500, 2_500)


def test_a_reduction_that_repeats_counts_how_often_it_is_still_reached():
    quote = price(basket(line("a", 10_000, 3), promotions=(reduction((10_000, 1_000), repeats=True),)))
    assert back(quote, {"a": 1}, threshold=TAKE_BACK).amount_fen == 9_000


def test_an_order_that_was_stored_before_steps_were_is_read_as_keep():
    stored = to_json(TWO_LINES)
    assert [each["steps"] for each in stored["adjustments"]] == [[[30_000, 5_000]]]
    assert from_json(stored) == TWO_LINES
    for each in stored["adjustments"]:
        del each["steps"], each["repeats"]
    assert back(from_json(stored), {"b": 1}, threshold=TAKE_BACK).amount_fen == 8_333


@pytest.mark.parametrize(("wanted", "error"), [
    ({"x": 1}, LineNotInOrder), ({"a": 2}, MoreThanBought), ({"a": 0}, MoreThanBought)])
def test_what_was_not_bought_is_refused(wanted, error):
    with pytest.raises(error):
        back(TWO_LINES, wanted)


@st.composite
def bought(draw):
    lines = tuple(
        line(f"l{number}", draw(st.integers(0, 30_000)), draw(st.integers(1, 5)), freight_template_id="post")
        for number in range(draw(st.integers(1, 4))))
    reductions = (reduction((draw(st.integers(1, 40_000)), draw(st.integers(0, 6_000))), repeats=draw(st.booleans())),)
    coupons = (coupon("c", off_fen=draw(st.integers(0, 8_000))),) if draw(st.booleans()) else ()
    post = template(FreightRate(frozenset(), 1, draw(st.integers(0, 2_000)), 1, draw(st.integers(0, 500))))
    return price(basket(
        *lines, promotions=reductions, coupons=coupons, region=SHENZHEN, freight_templates=(post,)))


@given(bought(), st.data())
def test_any_refunds_in_any_order_add_up_to_what_was_paid_and_never_to_more(quote, data):
    pieces = data.draw(st.permutations([each.line_id for each in quote.lines for _ in range(each.quantity)]))
    already, goods_fen, total_fen = {}, 0, 0
    while pieces:
        take = data.draw(st.integers(1, len(pieces)))
        wanted = {line_id: pieces[:take].count(line_id) for line_id in pieces[:take]}
        pieces = pieces[take:]
        found = back(quote, wanted, already, goods_fen, BY_SHARE, data.draw(st.sampled_from([KEEP, TAKE_BACK])))
        assert found.goods_fen >= 0 and found.freight_fen >= 0
        goods_fen, total_fen = goods_fen + found.goods_fen, total_fen + found.amount_fen
        assert total_fen <= quote.pay_fen
        for line_id, quantity in wanted.items():
            already[line_id] = already.get(line_id, 0) + quantity
    assert total_fen == quote.pay_fen


@given(bought(), st.data())
def test_with_keep_a_line_gives_back_its_share_and_nobody_elses(quote, data):
    chosen = data.draw(st.sampled_from(quote.lines))
    quantity = data.draw(st.integers(1, chosen.quantity))
    for freight in (KEPT, BY_SHARE):
        assert back(quote, {chosen.line_id: quantity}, freight=freight).amount_fen == refund_share(
            quote, chosen.line_id, quantity, already_refunded_quantity=0, freight=freight)


def test_steps_are_stored_as_the_promotion_had_them():
    quote = price(basket(line("a", 100), promotions=(reduction((50, 5), (80, 9)),)))
    assert quote.adjustments[0].steps == ((50, 5), (80, 9)) and quote.adjustments[0].repeats is False
