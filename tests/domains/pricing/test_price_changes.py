"""A price that staff change before it is paid: a rule of its own that adds up, and refunds follow it (E11, E6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mall.domains.pricing.rules import (
    AboveOffer, Adjustment, FreightRate, FreightRefund, Part, RuleKind, Share, ThresholdRule, change_price, from_json,
    price, refund_pieces, to_json,
)
from pricing_baskets import SHENZHEN, basket, coupon, line, reduction, template

pytestmark = pytest.mark.spec("D2")

POST = template(FreightRate(frozenset(), 1, 1_000))
QUOTE = price(basket(line("a", 10_000, 2, freight_template_id="post"), line("b", 10_000), region=SHENZHEN,
                     freight_templates=(POST,), promotions=(reduction((30_000, 5_000)),)))
GOODS = Adjustment(RuleKind.PRICE_CHANGE, Part.GOODS, "price_change", "商家改价", 5_000,
                   (Share("a", 3_333), Share("b", 1_667)))
FREIGHT = Adjustment(RuleKind.PRICE_CHANGE, Part.FREIGHT, "price_change", "商家改价", 1_000, (Share("a", 1_000),))


def changes(quote):
    return [each for each in quote.adjustments if each.kind is RuleKind.PRICE_CHANGE]


def test_the_goods_for_less_and_the_freight_waived_are_two_entries_of_the_explanation():
    assert (QUOTE.pay_fen, [each.goods_pay_fen for each in QUOTE.lines]) == (26_000, [16_667, 8_333])
    changed = change_price(QUOTE, 20_000, 0)
    assert changes(changed) == [GOODS, FREIGHT]
    assert [(each.goods_pay_fen, each.freight_pay_fen) for each in changed.lines] == [(13_334, 0), (6_666, 0)]
    assert (changed.pay_fen, changed.goods_fen, changed.full_reduction_fen, changed.freight_fen) == (
        20_000, 30_000, 5_000, 1_000)


def test_what_is_not_named_stays_and_a_second_change_replaces_the_first():
    waived = change_price(QUOTE, None, 0)
    assert (changes(waived), waived.pay_fen) == ([FREIGHT], 25_000)
    both = change_price(waived, 20_000, None)
    assert changes(both) == [GOODS, FREIGHT]
    assert change_price(both, 20_000, 0) == both
    assert changes(change_price(both, 24_000, 500)) == [
        Adjustment(RuleKind.PRICE_CHANGE, Part.GOODS, "price_change", "商家改价", 1_000,
                   (Share("a", 667), Share("b", 333))),
        Adjustment(RuleKind.PRICE_CHANGE, Part.FREIGHT, "price_change", "商家改价", 500, (Share("a", 500),))]


def test_a_concession_is_taken_back_and_nothing_of_it_remains():
    assert change_price(change_price(QUOTE, 1, 2), 25_000, 1_000) == QUOTE


@pytest.mark.parametrize(("goods_fen", "freight_fen", "field", "most_fen"), [
    (25_001, None, "goods_fen", 25_000), (20_000, 1_001, "freight_fen", 1_000)])
def test_a_price_is_never_raised_above_the_offer(goods_fen, freight_fen, field, most_fen):
    for before in (QUOTE, change_price(QUOTE, 12_000, 300)):
        with pytest.raises(AboveOffer) as refusal:
            change_price(before, goods_fen, freight_fen)
        assert (refusal.value.field, refusal.value.data) == (field, {"most_fen": most_fen})


def test_an_order_for_nothing():
    free = change_price(QUOTE, 0, 0)
    assert (free.pay_fen, [each.goods_pay_fen for each in free.lines]) == (0, [0, 0])
    assert sum(each.amount_fen for each in changes(free)) == 26_000


@st.composite
def changed(draw):
    lines = tuple(
        line(f"l{number}", draw(st.integers(0, 30_000)), draw(st.integers(1, 5)), freight_template_id="post")
        for number in range(draw(st.integers(1, 4))))
    post = template(FreightRate(frozenset(), 1, draw(st.integers(0, 2_000)), 1, draw(st.integers(0, 500))))
    quote = price(basket(
        *lines, region=SHENZHEN, freight_templates=(post,),
        promotions=(reduction((draw(st.integers(1, 40_000)), draw(st.integers(0, 6_000)))),),
        coupons=(coupon("c", off_fen=draw(st.integers(0, 8_000))),)))
    goods_fen = sum(each.goods_pay_fen for each in quote.lines)
    last, wanted = quote, (None, None)
    for _ in range(draw(st.integers(1, 3))):
        wanted = (draw(st.none() | st.integers(0, goods_fen)),
                  draw(st.none() | st.integers(0, quote.pay_fen - goods_fen)))
        last = change_price(last, *wanted)
    return quote, last, wanted


@given(changed())
def test_every_change_adds_up_over_the_lines_and_leaves_the_other_rules(given_):
    offered, found, (goods_fen, freight_fen) = given_
    assert goods_fen is None or sum(each.goods_pay_fen for each in found.lines) == goods_fen
    assert freight_fen is None or sum(each.freight_pay_fen for each in found.lines) == freight_fen
    assert all(0 <= new.goods_pay_fen <= old.goods_pay_fen and 0 <= new.freight_pay_fen <= old.freight_pay_fen
               for new, old in zip(found.lines, offered.lines, strict=True))
    assert found.pay_fen == offered.pay_fen - sum(each.amount_fen for each in changes(found))
    assert all(sum(share.amount_fen for share in each.shares) == each.amount_fen for each in found.adjustments)
    assert [each for each in found.adjustments if each not in changes(found)] == list(offered.adjustments)
    assert from_json(to_json(found)) == found


@given(changed(), st.data())
def test_refunds_by_pieces_give_back_exactly_the_changed_price(given_, data):
    quote = given_[1]
    pieces = data.draw(st.permutations([each.line_id for each in quote.lines for _ in range(each.quantity)]))
    already, goods_fen, total_fen = {}, 0, 0
    while pieces:
        take = data.draw(st.integers(1, len(pieces)))
        wanted = {line_id: pieces[:take].count(line_id) for line_id in pieces[:take]}
        pieces = pieces[take:]
        found = refund_pieces(quote, wanted, already=already, given_goods_fen=goods_fen,
                              freight=FreightRefund.BY_SHARE, threshold=data.draw(st.sampled_from(ThresholdRule)))
        assert found.goods_fen >= 0 and found.freight_fen >= 0
        goods_fen, total_fen = goods_fen + found.goods_fen, total_fen + found.amount_fen
        already = {line_id: already.get(line_id, 0) + wanted.get(line_id, 0) for line_id in already.keys() | wanted}
    assert total_fen == quote.pay_fen
