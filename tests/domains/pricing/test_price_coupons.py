from dataclasses import replace

import pytest
from mall.domains.pricing.rules import (
    CouponKind,
    CouponNotUsable,
    FreightRate,
    PriceChanged,
    Reason,
    RuleKind,
    Scope,
    ScopeKind,
    Share,
    StackingPolicy,
    check,
    price,
)
from pricing_baskets import DAY, NOW, SHENZHEN, basket, coupon, line, reduction, template

pytestmark = pytest.mark.spec("D2", "D4")

FULL, DISCOUNT, FREE = CouponKind.FULL_REDUCTION, CouponKind.DISCOUNT, CouponKind.FREE_SHIPPING
POST = template(FreightRate(frozenset(), 1, 800, 1, 200))


def only_skipped(*lines, **more):
    [why] = price(basket(*lines, **more)).skipped
    return why


def test_9_99_and_10_00_coupons_over_three_lines_add_up():
    lines = [line("a", 3333), line("b", 3333), line("c", 3334)]
    for off_fen, shares in ((999, [333, 333, 333]), (1000, [333, 333, 334])):
        quote = price(basket(*lines, coupons=(coupon("c", off_fen=off_fen),)))
        assert [share.amount_fen for share in quote.adjustments[0].shares] == shares
        assert quote.pay_fen == 10000 - off_fen


@pytest.mark.parametrize(("price_fen", "off_fen"), [(4999, 0), (5000, 2000)])
def test_a_full_reduction_coupon_applies_from_exactly_its_threshold(price_fen, off_fen):
    held = (coupon("c", FULL, threshold_fen=5000, off_fen=2000),)
    assert price(basket(line("a", price_fen), coupons=held)).goods_coupon_fen == off_fen


def test_below_the_threshold_it_says_how_much_more_to_buy():
    why = only_skipped(line("a", 4999), coupons=(coupon("c", FULL, threshold_fen=5000, off_fen=2000),))
    assert (why.reason, why.missing_fen, why.sentence) == (Reason.BELOW_THRESHOLD, 1, "再买 0.01 元可用")


def test_the_threshold_looks_at_the_goods_after_full_reductions():
    held = (coupon("c", FULL, threshold_fen=10000, off_fen=2000),)
    quote = price(basket(line("a", 10000), promotions=(reduction((10000, 1000)),), coupons=held))
    assert (quote.pay_fen, quote.skipped[-1].missing_fen) == (9000, 1000)


@pytest.mark.parametrize(("price_fen", "off_fen"), [(10000, 1000), (30000, 3000), (30010, 3000), (90000, 3000)])
def test_a_discount_stops_at_its_cap(price_fen, off_fen):
    quote = price(basket(line("a", price_fen), coupons=(coupon("c", DISCOUNT, percent=90, cap_fen=3000),)))
    assert quote.goods_coupon_fen == off_fen


def test_a_no_threshold_coupon_ignores_a_threshold():
    quote = price(basket(line("a", 300), coupons=(coupon("c", threshold_fen=9999, off_fen=100),)))
    assert quote.pay_fen == 200


def test_a_coupon_above_the_total_makes_a_free_order():
    quote = price(basket(line("a", 300), line("b", 200), coupons=(coupon("c", off_fen=100000),)))
    assert (quote.goods_coupon_fen, quote.pay_fen) == (500, 0)
    assert quote.adjustments[0].shares == (Share("a", 300), Share("b", 200))
    check(quote, expected_pay_fen=0)


def test_only_lines_in_scope_bear_the_coupon():
    goods = Scope(ScopeKind.GOODS, frozenset({"spu-b"}))
    quote = price(basket(line("a", 5000), line("b", 5000), coupons=(coupon("c", off_fen=700, scope=goods),)))
    assert [each.goods_pay_fen for each in quote.lines] == [5000, 4300]
    assert quote.shares_of("a") == ()
    assert [(each.source_id, fen) for each, fen in quote.shares_of("b")] == [("c", 700)]


def test_the_window_includes_its_begin_and_excludes_its_end():
    held = coupon("c", off_fen=1)
    assert price(basket(line("a", 9), coupons=(replace(held, valid_from=NOW),))).pay_fen == 8
    late = only_skipped(line("a", 9), coupons=(replace(held, valid_until=NOW),))
    early = only_skipped(line("a", 9), coupons=(replace(held, valid_from=NOW + DAY, valid_until=NOW + 2 * DAY),))
    assert (late.reason, early.reason) == (Reason.EXPIRED, Reason.NOT_STARTED)


def test_a_kinds_price_takes_no_coupon_only_freight():
    own = line("a", 9000, kind_price_fen=8000, freight_template_id="post")
    held = (coupon("c", off_fen=700), coupon("f", FREE))
    quote = price(basket(own, coupons=held, region=SHENZHEN, freight_templates=(POST,), points_to_use=100))
    assert quote.pay_fen == 8800
    assert [(why.kind, why.reason) for why in quote.skipped] == [
        (RuleKind.GOODS_COUPON, Reason.KIND_PRICE),
        (RuleKind.FREE_SHIPPING_COUPON, Reason.KIND_PRICE),
        (RuleKind.POINTS, Reason.CAPPED),
    ]


class TestTheAutomaticChoice:
    def test_takes_the_coupon_that_saves_most_and_says_why_not_the_other(self):
        quote = price(basket(line("a", 5000), coupons=(coupon("c1", off_fen=700), coupon("c2", off_fen=900))))
        assert quote.coupon_ids == ("c2",)
        [why] = quote.skipped
        assert (why.source_id, why.reason, why.saves_fen) == ("c1", Reason.NOT_AS_GOOD, 700)

    def test_of_equal_savings_the_earlier_expiry_then_the_smaller_id(self):
        held = (
            coupon("c1", off_fen=9),
            coupon("c3", off_fen=9, days_left=2),
            coupon("c2", off_fen=9, days_left=2),
        )
        assert price(basket(line("a", 5000), coupons=held)).coupon_ids == ("c2",)

    def test_adds_a_free_shipping_coupon_to_a_goods_coupon(self):
        goods = line("a", 5000, 3, freight_template_id="post")
        held = (coupon("c", off_fen=700), coupon("f", FREE, threshold_fen=15000))
        quote = price(basket(goods, coupons=held, region=SHENZHEN, freight_templates=(POST,)))
        assert quote.coupon_ids == ("c", "f")
        assert (quote.freight_fen, quote.freight_coupon_fen, quote.pay_fen) == (1200, 1200, 14300)

    def test_a_free_shipping_coupon_stops_at_its_cap(self):
        goods = line("a", 5000, 3, freight_template_id="post")
        held = (coupon("f", FREE, cap_fen=1000),)
        quote = price(basket(goods, coupons=held, region=SHENZHEN, freight_templates=(POST,)))
        assert (quote.freight_coupon_fen, quote.pay_fen) == (1000, 15200)

    def test_does_not_waste_a_coupon_that_saves_nothing(self):
        why = only_skipped(line("a", 5000), coupons=(coupon("f", FREE),))
        assert (why.reason, why.sentence) == (Reason.SAVES_NOTHING, "本单无需运费")

    def test_stacks_two_goods_coupons_of_different_groups_where_the_policy_allows(self):
        held = (
            coupon("c1", off_fen=1000, stack_group="shop"),
            coupon("c2", DISCOUNT, percent=90, stack_group="mall"),
            coupon("c3", off_fen=900, stack_group="shop"),
        )
        quote = price(basket(line("a", 10000), coupons=held, policy=StackingPolicy(goods_coupons=2)))
        # the discount first: 10000 - 1000 = 9000, then 1000 off
        assert (quote.coupon_ids, quote.pay_fen) == (("c2", "c1"), 8000)

    def test_does_not_add_a_coupon_to_an_order_that_is_already_free(self):
        held = tuple(coupon(f"c{i}", off_fen=500, stack_group=f"g{i}") for i in range(2))
        quote = price(basket(line("a", 500), coupons=held, policy=StackingPolicy(goods_coupons=2)))
        assert (quote.coupon_ids, quote.skipped[0].reason) == (("c0",), Reason.SAVES_NOTHING)


class TestTheBuyersChoice:
    held = (coupon("c1", off_fen=700), coupon("c2", off_fen=900))

    def quote(self, *chosen, **more):
        return price(basket(line("a", 5000), coupons=self.held, chosen_coupon_ids=chosen, **more))

    def test_is_taken_even_where_another_saves_more(self):
        quote = self.quote("c1")
        check(quote, expected_pay_fen=4300)
        assert (quote.skipped[0].reason, quote.skipped[0].was_chosen) == (Reason.NOT_CHOSEN, False)

    def test_of_none_uses_none(self):
        quote = self.quote()
        check(quote, expected_pay_fen=5000)
        assert [why.reason for why in quote.skipped] == [Reason.NOT_CHOSEN] * 2

    def test_of_two_that_do_not_combine_shows_the_better_and_refuses_to_order(self):
        quote = self.quote("c1", "c2")
        assert quote.pay_fen == 4100
        with pytest.raises(CouponNotUsable) as refused:
            check(quote)
        assert refused.value.data == {"coupon_id": "c1", "reason": "does_not_combine", "missing_fen": 0}

    def test_of_two_groups_where_only_one_coupon_is_allowed_refuses_to_order(self):
        held = (coupon("c1", off_fen=700, stack_group="g1"), coupon("c2", off_fen=900, stack_group="g2"))
        quote = price(basket(line("a", 5000), coupons=held, chosen_coupon_ids=("c1", "c2")))
        [why] = quote.skipped
        assert (why.source_id, why.reason, why.saves_fen) == ("c1", Reason.DOES_NOT_COMBINE, 700)
        with pytest.raises(CouponNotUsable):
            check(quote)

    def test_of_an_unknown_coupon_refuses_to_order(self):
        quote = self.quote("gone")
        assert quote.pay_fen == 5000
        with pytest.raises(CouponNotUsable) as refused:
            check(quote)
        assert refused.value.data["reason"] == "not_held"
        assert refused.value.message == "所选优惠券不可用：优惠券不存在或已使用"

    def test_below_the_threshold_refuses_to_order_and_says_what_is_missing(self):
        held = (coupon("c", FULL, threshold_fen=6000, off_fen=1),)
        quote = price(basket(line("a", 5000), coupons=held, chosen_coupon_ids=("c",)))
        with pytest.raises(CouponNotUsable) as refused:
            check(quote)
        assert refused.value.data == {"coupon_id": "c", "reason": "below_threshold", "missing_fen": 1000}

    def test_of_a_coupon_that_saves_nothing_is_no_error_and_keeps_it(self):
        quote = price(basket(line("a", 5000), coupons=(coupon("f", FREE),), chosen_coupon_ids=("f",)))
        check(quote, expected_pay_fen=5000)
        assert quote.coupon_ids == ()


def test_a_price_other_than_the_buyer_saw_is_told_not_charged():
    quote = price(basket(line("a", 5000)))
    with pytest.raises(PriceChanged) as refused:
        check(quote, expected_pay_fen=4900)
    assert (refused.value.status, refused.value.data) == (409, {"expected_fen": 4900, "actual_fen": 5000})
    assert check(quote) is None
