"""What coupons paid for pieces that go back: by the stored split, adding up to the whole (E9)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mall.domains.pricing.rules import CouponKind, FreightRate, StackingPolicy, coupon_cost, price
from pricing_baskets import SHENZHEN, basket, coupon, line, reduction, template

pytestmark = pytest.mark.spec("D2")


def test_each_piece_bears_what_the_coupon_paid_for_it():
    quote = price(basket(line("a", 1_000, 2), line("b", 1_000), coupons=(coupon("c", off_fen=1_000),)))
    assert [share.amount_fen for share in quote.adjustments[0].shares] == [667, 333]
    assert [coupon_cost(quote, gone) for gone in ({}, {"a": 1}, {"a": 2}, {"b": 1}, {"a": 1, "b": 1}, {"a": 2, "b": 1})
            ] == [0, 334, 667, 333, 667, 1_000]


def test_what_a_coupon_took_off_the_freight_belongs_to_no_piece():
    post = template(FreightRate(frozenset(), 1, 1_000))
    quote = price(basket(line("a", 5_000, 2, freight_template_id="post"), region=SHENZHEN, freight_templates=(post,),
                         coupons=(coupon("f", CouponKind.FREE_SHIPPING),)))
    assert (quote.freight_coupon_fen, coupon_cost(quote, {"a": 2})) == (1_000, 0)


@st.composite
def with_coupons(draw):
    lines = tuple(line(f"l{number}", draw(st.integers(0, 30_000)), draw(st.integers(1, 5)))
                  for number in range(draw(st.integers(1, 4))))
    coupons = tuple(coupon(f"c{number}", off_fen=draw(st.integers(0, 9_000))) for number in range(2))
    reductions = (reduction((draw(st.integers(1, 40_000)), draw(st.integers(0, 6_000)))),)
    return price(basket(*lines, coupons=coupons, promotions=reductions, policy=StackingPolicy(goods_coupons=2)))


@given(with_coupons(), st.data())
def test_pieces_in_any_order_give_back_the_whole_cost_and_never_less_than_nothing(quote, data):
    pieces = data.draw(st.permutations([each.line_id for each in quote.lines for _ in range(each.quantity)]))
    gone, before = {}, 0
    for line_id in pieces:
        gone[line_id] = gone.get(line_id, 0) + 1
        now = coupon_cost(quote, gone)
        assert before <= now <= quote.goods_coupon_fen
        before = now
    assert before == quote.goods_coupon_fen
