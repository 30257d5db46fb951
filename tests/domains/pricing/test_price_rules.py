"""The rules of promotions beside full reductions, each with exact numbers: what it gives, why not, what is near, and
what of it goes back with a refund."""

from dataclasses import replace
from datetime import timedelta

import pytest
from mall.domains.pricing.rules import (
    Buyer, FreightRefund, Line, Reason, RuleKind, Scope, ScopeKind, StackingPolicy, TakenBack, ThresholdRule, UnitRule,
    from_json, gifts_gone, price, refund_pieces, to_json,
)
from mall.domains.pricing.stacking import APART, pair
from mall.domains.pricing.steps.add_on import AddOn
from mall.domains.pricing.steps.gift import Gift
from mall.domains.pricing.steps.hook import Hook
from mall.domains.pricing.steps.limited_time import LimitedTime
from mall.domains.pricing.steps.member_day import MemberDay
from mall.domains.pricing.steps.nth_piece import NthPiece
from pricing_baskets import basket, coupon, line, reduction

pytestmark = [pytest.mark.spec("D2"), pytest.mark.spec("F6")]

A = Scope(ScopeKind.GOODS, frozenset({"spu-a"}))


def skipped(quote, promotion_id="p"):
    [found] = [each for each in quote.skipped if each.source_id == promotion_id]
    return found


def back(quote, wanted, threshold=ThresholdRule.TAKE_BACK, already=None, given=0):
    return refund_pieces(quote, wanted, already=already or {}, given_goods_fen=given, freight=FreightRefund.KEPT,
                         threshold=threshold)


class TestNthPiece:
    half = NthPiece("p", "第二件半价", 2, 50)

    def test_every_second_piece_from_the_dearest_on_is_half(self):
        # 100, 100, 60: the second piece is the other one at 100; the third has no partner
        quote = price(basket(line("a", 10_000, 2), line("b", 6_000), promotions=(self.half,)))
        assert (quote.promotion_fen, quote.pay_fen) == (5_000, 21_000)
        assert [(each.line_id, each.amount_fen) for each in quote.adjustments[0].shares] == [("a", 5_000)]
        assert (skipped(quote).missing_quantity, skipped(quote).sentence) == (1, "再买 1 件，第二件半价")

    def test_pieces_of_each_sku_by_themselves_do_not_make_up_for_each_other(self):
        lines = line("a", 10_000), line("b", 6_000)
        assert price(basket(*lines, promotions=(self.half,))).promotion_fen == 3_000
        alone = NthPiece("p", "第二件半价", 2, 50, together=False)
        assert price(basket(*lines, promotions=(alone,))).promotion_fen == 0

    def test_three_for_two_gives_the_cheapest_of_three_once_or_every_time(self):
        lines = line("a", 3_000, 3), line("b", 2_000, 3)
        free = NthPiece("p", "买三免一", 3, 0)
        assert price(basket(*lines, promotions=(free,))).promotion_fen == 3_000 + 2_000
        once = NthPiece("p", "买三免一", 3, 0, repeats=False)
        quote = price(basket(*lines, promotions=(once,)))
        assert (quote.promotion_fen, quote.skipped) == (3_000, ())

    def test_it_looks_at_the_unit_price_and_the_full_reduction_at_what_is_left(self):
        quote = price(basket(line("a", 10_000, 2, member_percent=90),
                             promotions=(self.half, reduction((13_600, 600)))))
        assert (quote.goods_fen, quote.promotion_fen, quote.full_reduction_fen) == (18_000, 4_500, 0)

    def test_the_piece_that_stays_costs_its_whole_price_where_thresholds_are_taken_back(self):
        quote = price(basket(line("a", 10_000, 2), promotions=(self.half,)))
        assert quote.pay_fen == 15_000
        found = back(quote, {"a": 1})
        assert (found.amount_fen, found.taken_back) == (5_000, (TakenBack("p", "第二件半价", 2_500),))
        assert back(quote, {"a": 1}, ThresholdRule.KEEP).amount_fen == 7_500
        assert back(quote, {"a": 1}, already={"a": 1}, given=5_000).amount_fen == 10_000

    def test_a_term_that_a_newer_release_stored_stops_no_refund(self):
        quote = price(basket(line("a", 10_000, 2), promotions=(self.half,)))
        [taken] = quote.adjustments
        newer = replace(quote, adjustments=(replace(taken, terms={**taken.terms, "most": 3}),))
        assert back(from_json(to_json(newer)), {"a": 1}).amount_fen == 5_000


class TestMemberDay:
    monday = MemberDay("p", "会员日", (1,), 88, frozenset({"vip"}))

    def test_on_its_day_members_of_its_levels_pay_a_percent(self):
        quote = price(basket(line("a", 9_999), promotions=(self.monday,), buyer=Buyer("vip")))
        assert (quote.promotion_fen, quote.pay_fen) == (1_200, 8_799)  # 8799.12

    def test_others_and_other_days_are_told_why_not(self):
        quote = price(basket(line("a", 9_999), promotions=(self.monday,), buyer=Buyer("ordinary")))
        assert (quote.pay_fen, skipped(quote).reason) == (9_999, Reason.OTHER_BUYERS)
        tuesday = MemberDay("p", "会员日", (2, 3), 88)
        assert skipped(price(basket(line("a", 1), promotions=(tuesday,)))).sentence == "每周二、周三会员日可享 8.8 折"

    def test_the_day_is_the_shops(self):
        late = basket(line("a", 10_000), promotions=(MemberDay("p", "会员日", (2,), 50),))
        quote = price(late.__class__(late.lines, late.now + timedelta(hours=12), promotions=late.promotions))
        assert quote.promotion_fen == 5_000  # Monday 16:00 UTC is Tuesday in Shanghai

    def test_a_refund_has_its_share_and_no_threshold(self):
        quote = price(basket(line("a", 10_000, 2), promotions=(self.monday,), buyer=Buyer("vip")))
        assert back(quote, {"a": 1}).amount_fen == 8_800


class TestAddOn:
    rule = AddOn("p", "加价购", 10_000, {"sku-b": 990})

    def test_from_the_threshold_of_other_goods_on_one_piece_costs_the_price(self):
        quote = price(basket(line("a", 10_000), line("b", 3_000, 3), promotions=(self.rule,)))
        assert (quote.promotion_fen, quote.pay_fen) == (2_010, 10_000 + 990 + 6_000)

    def test_what_is_missing_is_said_and_the_offer_where_nothing_is(self):
        short = skipped(price(basket(line("a", 9_000), line("b", 3_000), promotions=(self.rule,))))
        assert (short.missing_fen, short.saves_fen, short.sentence) == (1_000, 2_010, "再买 10.00 元可加 9.90 元换购")
        bare = skipped(price(basket(line("a", 10_000), promotions=(self.rule,))))
        assert (bare.reason, bare.sentence) == (Reason.NOT_CHOSEN, "可加 9.90 元换购")

    def test_goods_at_the_add_on_price_never_count_for_it(self):
        assert price(basket(line("b", 12_000), promotions=(self.rule,))).promotion_fen == 0

    def test_when_the_goods_go_back_its_price_is_the_usual_one_again(self):
        quote = price(basket(line("a", 10_000), line("b", 3_000), promotions=(self.rule,)))
        found = back(quote, {"a": 1})
        assert (found.amount_fen, found.taken_back[0].amount_fen) == (7_990, 2_010)
        assert back(quote, {"b": 1}).amount_fen == 990


class TestGift:
    gift = Line("g", "sku-g", "spu-g", "seller", 2, 1_500)
    rule = Gift("p", "满赠", 10_000, (gift,))

    def test_a_gift_is_a_line_of_its_own_with_all_of_it_taken_off(self):
        quote = price(basket(line("a", 10_000), promotions=(self.rule,)))
        assert (quote.goods_fen, quote.promotion_fen, quote.pay_fen) == (13_000, 3_000, 10_000)
        assert [(each.line_id, each.quantity, each.goods_pay_fen) for each in quote.lines] == [
            ("a", 1, 10_000), ("g", 2, 0)]
        assert from_json(to_json(quote)) == quote

    def test_below_its_threshold_it_is_near_and_without_stock_it_is_over(self):
        near = skipped(price(basket(line("a", 9_000), promotions=(self.rule,))))
        assert (near.missing_fen, near.saves_fen, near.sentence) == (1_000, 3_000, "再买 10.00 元可得赠品")
        over = price(basket(line("a", 10_000), promotions=(Gift("p", "满赠", 10_000),)))
        assert (len(over.lines), skipped(over).reason) == (1, Reason.OUT_OF_STOCK)

    def test_it_lends_no_amount_to_coupons_nor_to_a_later_threshold(self):
        quote = price(basket(line("a", 10_000), promotions=(self.rule,), coupons=(coupon("c", off_fen=20_000),)))
        assert (quote.goods_coupon_fen, quote.pay_fen) == (10_000, 0)

    def test_its_pieces_are_not_bought_so_no_later_group_counts_them(self):
        first = StackingPolicy(order=("gift", "nth_piece", "full_reduction", "add_on", "member_day"))
        half = NthPiece("n", "第二件半价", 2, 50)
        dear = Gift("p", "满赠", 10_000, (Line("g", "sku-g", "spu-g", "seller", 1, 15_000),))
        quote = price(basket(line("a", 10_000), promotions=(dear, half), policy=first))
        assert (quote.pay_fen, [each.source_id for each in quote.adjustments]) == (10_000, ["p"])
        assert (skipped(quote, "n").reason, skipped(quote, "n").missing_quantity) == (Reason.QUANTITY_SHORT, 1)
        of_gifts = NthPiece("n", "第二件半价", 2, 50, Scope(ScopeKind.GOODS, frozenset({"spu-g"})))
        quote = price(basket(line("a", 10_000), promotions=(self.rule, of_gifts), policy=first))
        assert (quote.pay_fen, skipped(quote, "n").reason) == (10_000, Reason.OUT_OF_SCOPE)
        cheap = AddOn("n", "加价购", 5_000, {"sku-g": 100})
        quote = price(basket(line("a", 10_000), promotions=(self.rule, cheap), policy=first))
        assert (quote.pay_fen, skipped(quote, "n").sentence) == (10_000, "可加 1.00 元换购")

    def test_when_what_remains_does_not_deserve_it_it_goes_back_or_is_taken_off(self):
        quote = price(basket(line("a", 10_000, 2), promotions=(self.rule,)))
        gone = {"a": 0, "g": 0}
        assert gifts_gone(quote, {**gone, "a": 1}) == {}
        assert gifts_gone(quote, {**gone, "a": 2}) == {"g": 2}
        assert gifts_gone(quote, {"a": 2, "g": 1}) == {"g": 1}
        assert back(quote, {"a": 2}).amount_fen == 20_000 - 3_000
        assert back(quote, {"a": 2, "g": 2}).amount_fen == 20_000
        assert back(quote, {"a": 2}, ThresholdRule.KEEP).amount_fen == 20_000


class TestLimitedTime:
    def test_a_price_of_its_own_or_a_percent_and_the_lowest_counts(self):
        priced = LimitedTime("p", "限时价", prices={"sku-a": 7_000})
        percent = LimitedTime("q", "限时折扣", 80, scope=A)
        [quoted] = price(basket(line("a", 10_000, member_percent=75), promotions=(priced, percent))).lines
        assert (quoted.unit_rule, quoted.unit_fen) == (UnitRule.LIMITED_TIME, 7_000)
        assert [(each.rule, each.unit_fen, each.source_id) for each in quoted.unit_offers[1:]] == [
            (UnitRule.BASE, 10_000, ""), (UnitRule.MEMBER_PERCENT, 7_500, ""), (UnitRule.LIMITED_TIME, 8_000, "q")]

    def test_a_kinds_price_leaves_it_aside(self):
        quote = price(basket(line("a", 10_000, kind_price_fen=9_000),
                             promotions=(LimitedTime("p", "限时折扣", 10),)))
        assert quote.pay_fen == 9_000

    def test_out_of_scope_says_so(self):
        assert skipped(price(basket(line("b", 1), promotions=(LimitedTime("p", "限时", 80, scope=A),)))).reason \
            is Reason.OUT_OF_SCOPE


class TestHook:
    rule = Hook("p", "9.9 专享", {"sku-a": 990, "sku-b": 990})

    def test_one_piece_of_all_has_the_price_and_stands_on_a_line_of_its_own(self):
        quote = price(basket(line("a", 5_000, 3), line("b", 8_000), promotions=(self.rule,)))
        assert [(each.line_id, each.quantity, each.unit_fen) for each in quote.lines] == [
            ("a", 3, 5_000), ("b", 1, 990)]  # where it saves most
        quote = price(basket(line("a", 5_000, 3), promotions=(self.rule,)))
        assert [(each.line_id, each.quantity, each.unit_fen, each.unit_rule) for each in quote.lines] == [
            ("a", 2, 5_000, UnitRule.BASE), ("ab", 1, 990, UnitRule.HOOK)]
        assert quote.pay_fen == 10_990

    def test_who_had_it_and_who_is_not_new_pays_the_usual_price(self):
        had = Buyer(taken=(("p", 1),))
        quote = price(basket(line("a", 5_000), promotions=(self.rule,), buyer=had))
        assert (quote.pay_fen, skipped(quote).reason) == (5_000, Reason.PIECES_TAKEN)
        new = Hook("p", "9.9 专享", {"sku-a": 990}, new_members_only=True)
        assert price(basket(line("a", 5_000), promotions=(new,), buyer=Buyer(is_new=True))).pay_fen == 990
        assert skipped(price(basket(line("a", 5_000), promotions=(new,)))).reason is Reason.OTHER_BUYERS

    def test_the_usual_policy_lets_it_take_no_coupon_and_the_buyer_the_better_of_both(self):
        lines, small, large = line("a", 5_000), coupon("c", off_fen=4_000), coupon("d", off_fen=4_500)
        quote = price(basket(lines, promotions=(self.rule,), coupons=(small,)))
        assert (quote.pay_fen, quote.coupon_ids) == (990, ())
        quote = price(basket(lines, promotions=(self.rule,), coupons=(large,)))
        assert (quote.pay_fen, quote.coupon_ids) == (500, ("d",))
        assert skipped(quote).reason is Reason.DOES_NOT_COMBINE
        free = StackingPolicy(apart=APART - {pair("hook", "goods_coupon")})
        assert price(basket(lines, promotions=(self.rule,), coupons=(small,), policy=free)).pay_fen == 0

    def test_a_kinds_price_leaves_it_aside_for_every_piece(self):
        for pieces in (1, 2):
            [quoted] = price(basket(line("a", 5_000, pieces, kind_price_fen=4_000), promotions=(self.rule,))).lines
            assert (quoted.quantity, quoted.unit_rule, quoted.unit_fen) == (pieces, UnitRule.KIND, 4_000)
            [told] = [each for each in quoted.unit_offers if each.rule is UnitRule.HOOK]
            assert (told.unit_fen, told.reason) == (990, Reason.KIND_PRICE)

    def test_no_piece_is_lost_however_many_prices_divide_a_line(self):
        hooks = tuple(Hook(f"p{number:02}", "9.9 专享", {"sku-a": 990}) for number in range(60))
        lines = price(basket(line("a", 5_000, 70), promotions=hooks)).lines
        assert [each.unit_fen for each in lines] == [5_000] + [990] * 60
        assert (sum(each.quantity for each in lines), len({each.line_id for each in lines})) == (70, 61)
        assert [each.line_id for each in lines] == sorted(each.line_id for each in lines)
        assert [each.line_id for each in lines][:3] == ["a", "ab", "ac"]

    def test_each_piece_goes_back_at_what_it_cost(self):
        quote = price(basket(line("a", 5_000, 2), promotions=(self.rule,)))
        assert (back(quote, {"a": 1}).amount_fen, back(quote, {"ab": 1}).amount_fen) == (5_000, 990)


def test_groups_come_off_in_the_order_of_the_table():
    day = MemberDay("m", "会员日", (1,), 50)
    goods = {"promotions": (day, reduction((10_000, 2_000)))}
    assert price(basket(line("a", 10_000), **goods)).pay_fen == 5_000  # 50.00 does not reach 100.00
    turned = StackingPolicy(order=("full_reduction", "member_day"))
    assert price(basket(line("a", 10_000), **goods, policy=turned)).pay_fen == 4_000


def test_a_line_takes_several_of_a_group_where_the_table_lets_it():
    two = reduction((5_000, 500), promotion_id="p1", priority=1), reduction((5_000, 700), promotion_id="p2")
    assert price(basket(line("a", 6_000), promotions=two)).pay_fen == 5_500
    several = StackingPolicy(several=frozenset({"full_reduction"}))
    assert price(basket(line("a", 6_000), promotions=two, policy=several)).pay_fen == 4_800


def test_of_groups_that_stand_apart_the_cheaper_side_is_taken_and_the_other_says_so():
    apart = StackingPolicy(apart=APART | {pair("nth_piece", "full_reduction")})
    half = NthPiece("n", "第二件半价", 2, 50)
    for off_fen, taken, left in ((4_000, "n", "f"), (6_000, "f", "n")):
        quote = price(basket(line("a", 10_000, 2), policy=apart,
                             promotions=(half, reduction((20_000, off_fen), promotion_id="f"))))
        assert [each.source_id for each in quote.adjustments] == [taken]
        assert skipped(quote, left).reason is Reason.DOES_NOT_COMBINE
    assert {each.kind for each in quote.adjustments} == {RuleKind.FULL_REDUCTION}
