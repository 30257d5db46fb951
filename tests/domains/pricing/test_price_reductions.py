import pytest
from mall.domains.pricing.rules import (
    CouponKind,
    Reason,
    RuleKind,
    Scope,
    ScopeKind,
    Share,
    StackingPolicy,
    price,
)
from mall.domains.pricing.stacking import APART, pair
from pricing_baskets import basket, coupon, kind_with, line, reduction

pytestmark = pytest.mark.spec("D2")


def test_300_less_50_over_three_lines_shares_exactly_50_yuan():
    quote = price(
        basket(line("a", 9999), line("b", 9999), line("c", 13332), promotions=(reduction((30000, 5000)),))
    )
    [taken] = quote.adjustments
    # 5000 * 9999 / 33330 = 1500.0 twice, 5000 * 13332 / 33330 = 2000.0
    assert taken.shares == (Share("a", 1500), Share("b", 1500), Share("c", 2000))
    assert (quote.goods_fen, quote.full_reduction_fen, quote.pay_fen) == (33330, 5000, 28330)


def test_10_yuan_over_three_equal_lines_leaves_no_remainder_behind():
    quote = price(basket(line("a", 1000), line("b", 1000), line("c", 1000), promotions=(reduction((3000, 1000)),)))
    assert [share.amount_fen for share in quote.adjustments[0].shares] == [334, 333, 333]
    assert [each.goods_pay_fen for each in quote.lines] == [666, 667, 667]
    assert quote.pay_fen == 2000


@pytest.mark.parametrize(("price_fen", "off_fen"), [(9999, 0), (10000, 1000), (19999, 1000), (20000, 2500)])
def test_the_best_step_that_is_reached_applies_from_exactly_its_threshold(price_fen, off_fen):
    quote = price(basket(line("a", price_fen), promotions=(reduction((10000, 1000), (20000, 2500)),)))
    assert (quote.full_reduction_fen, quote.pay_fen) == (off_fen, price_fen - off_fen)


def test_what_is_missing_for_the_next_step_is_said_whether_or_not_one_applied():
    steps = reduction((10000, 1000), (30000, 5000))
    [first] = price(basket(line("a", 9000), promotions=(steps,))).skipped
    assert (first.reason, first.missing_fen, first.saves_fen) == (Reason.BELOW_THRESHOLD, 1000, 1000)
    [second] = price(basket(line("a", 27000), promotions=(steps,))).skipped
    assert (second.missing_fen, second.saves_fen) == (3000, 5000)
    assert second.sentence == "再买 30.00 元可减 50.00 元"
    assert price(basket(line("a", 30000), promotions=(steps,))).skipped == ()


def test_a_repeating_reduction_counts_every_full_threshold():
    quote = price(basket(line("a", 29999), promotions=(reduction((10000, 1000), repeats=True),)))
    assert quote.full_reduction_fen == 2000
    assert (quote.skipped[0].missing_fen, quote.skipped[0].saves_fen) == (1, 3000)


def test_the_threshold_looks_at_the_amount_after_unit_prices():
    quote = price(basket(line("a", 10000, member_percent=95), promotions=(reduction((10000, 1000)),)))
    assert (quote.full_reduction_fen, quote.pay_fen, quote.skipped[0].missing_fen) == (0, 9500, 500)


def test_only_lines_in_scope_count_and_bear_the_reduction():
    books = Scope(ScopeKind.CATEGORIES, frozenset({"books"}))
    quote = price(
        basket(
            line("a", 8000, category_ids=("media", "books", "novels")),
            line("b", 8000, category_ids=("food",)),
            promotions=(reduction((8000, 800), scope=books),),
        )
    )
    assert quote.adjustments[0].shares == (Share("a", 800),)
    assert [each.goods_pay_fen for each in quote.lines] == [7200, 8000]


def test_a_rule_of_one_seller_leaves_the_goods_of_another_alone():
    quote = price(
        basket(
            line("a", 6000, seller_id="one"),
            line("b", 6000, seller_id="two"),
            promotions=(reduction((10000, 1000), scope=Scope(seller_id="one")),),
        )
    )
    assert (quote.full_reduction_fen, quote.skipped[0].missing_fen) == (0, 4000)


def test_a_line_takes_part_in_one_reduction_and_the_higher_priority_goes_first():
    first = reduction((5000, 500), promotion_id="p1", priority=9)
    more = reduction((5000, 2000), promotion_id="p2")
    quote = price(basket(line("a", 6000), promotions=(more, first)))
    assert [each.source_id for each in quote.adjustments] == ["p1"]
    assert (quote.skipped[0].source_id, quote.skipped[0].reason) == ("p2", Reason.LINES_TAKEN)


def test_of_equal_priority_the_greater_reduction_goes_first():
    quote = price(
        basket(
            line("a", 6000),
            promotions=(
                reduction((5000, 500), promotion_id="p1"),
                reduction((5000, 2000), promotion_id="p2"),
            ),
        )
    )
    assert [each.source_id for each in quote.adjustments] == ["p2"]


def test_two_reductions_on_different_lines_both_apply():
    scopes = [Scope(ScopeKind.GOODS, frozenset({f"spu-{line_id}"})) for line_id in "ab"]
    quote = price(
        basket(
            line("a", 6000),
            line("b", 6000),
            promotions=(
                reduction((5000, 500), promotion_id="p1", scope=scopes[0]),
                reduction((5000, 700), promotion_id="p2", scope=scopes[1]),
            ),
        )
    )
    assert [each.goods_pay_fen for each in quote.lines] == [5500, 5300]


def test_a_reduction_above_the_amount_makes_it_free():
    quote = price(basket(line("a", 1000), promotions=(reduction((1000, 5000)),)))
    assert (quote.full_reduction_fen, quote.pay_fen) == (1000, 0)


def test_out_of_scope_says_so():
    scope = Scope(ScopeKind.GOODS, frozenset({"other"}))
    [why] = price(basket(line("a", 1000), promotions=(reduction((1, 1), scope=scope),))).skipped
    assert (why.kind, why.reason) == (RuleKind.FULL_REDUCTION, Reason.OUT_OF_SCOPE)


def test_a_kinds_price_takes_no_reduction_and_lends_it_no_amount():
    quote = price(
        basket(
            line("a", 9000, kind_price_fen=8000),
            line("b", 4000),
            promotions=(reduction((5000, 500)),),
        )
    )
    assert (quote.pay_fen, quote.skipped[0].missing_fen) == (12000, 1000)
    [why] = price(basket(line("a", 9000, kind_price_fen=8000), promotions=(reduction((5000, 500)),))).skipped
    assert why.reason is Reason.KIND_PRICE


def test_the_policy_may_let_a_group_price_take_a_reduction():
    policy = StackingPolicy(apart=kind_with("full_reduction"))
    own = line("a", 9000, kind_price_fen=8000)
    quote = price(basket(own, promotions=(reduction((5000, 500)),), policy=policy))
    assert quote.pay_fen == 7500


class TestWhenReductionsAndGoodsCouponsExcludeEachOther:
    policy = StackingPolicy(apart=APART | {pair("full_reduction", "goods_coupon")})

    def quote(self, coupon_off_fen, **more):
        held = (coupon("c", CouponKind.FULL_REDUCTION, threshold_fen=10000, off_fen=coupon_off_fen),)
        promotions = (reduction((10000, 1000)),)
        goods = line("a", 10000)
        return price(basket(goods, promotions=promotions, coupons=held, policy=self.policy, **more))

    def test_the_cheaper_of_the_two_is_taken(self):
        assert [each.source_id for each in self.quote(999).adjustments] == ["promo"]
        assert [each.source_id for each in self.quote(1001).adjustments] == ["c"]

    def test_of_equal_savings_the_coupon_is_kept(self):
        assert self.quote(1000).coupon_ids == ()

    def test_a_chosen_coupon_wins_over_a_better_reduction(self):
        quote = self.quote(300, chosen_coupon_ids=("c",))
        assert (quote.coupon_ids, quote.pay_fen) == (("c",), 9700)
        assert quote.skipped[0].reason is Reason.DOES_NOT_COMBINE

    def test_choosing_none_takes_the_reduction(self):
        quote = self.quote(3000, chosen_coupon_ids=())
        assert (quote.coupon_ids, quote.pay_fen) == ((), 9000)
