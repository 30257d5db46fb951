"""A price cut into the orders of its checkout."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mall.domains.pricing.rules import (
    Basket, CouponKind, FreightRate, FreightRefund, Line, Reason, RuleKind, Scope, ScopeKind, Share, ThresholdRule,
    before_balance, by_order, from_json, price, refund_pieces, to_json,
)
from mall.domains.pricing.steps.add_on import AddOn
from mall.domains.pricing.steps.gift import Gift
from mall.domains.pricing.steps.nth_piece import NthPiece
from mall.kit.scope import PLATFORM
from pricing_baskets import NOW, SHENZHEN, basket, coupon, line, reduction, template

pytestmark = pytest.mark.spec("E13")
NONE: dict[str, int] = {}

EVERYWHERE = frozenset()
POST = template(FreightRate(EVERYWHERE, 1, 800, 1, 200, free_from_fen=30_000))
AMOUNTS = ("list_fen", "goods_fen", "full_reduction_fen", "promotion_fen", "goods_coupon_fen", "freight_fen",
           "freight_coupon_fen", "points_fen", "points_used", "balance_fen", "pay_fen")


def sent(line_id, price_fen, parcel, quantity=1, **more):
    return line(line_id, price_fen, quantity, parcel=parcel, freight_template_id="post", **more)


def cut(quote, parcel_of, sellers=None):
    orders = {}
    for each in quote.lines:
        orders.setdefault(parcel_of(each.line_id), []).append(each.line_id)
    return dict(zip(orders, by_order(quote, orders, sellers or {}), strict=True))


def first_letter(line_id):
    return line_id[0]


def gone_of(quote, wanted=NONE, **more):
    return refund_pieces(quote, wanted, **{"already": {}, "given_goods_fen": 0, "freight": FreightRefund.KEPT,
                                           "threshold": ThresholdRule.TAKE_BACK, **more})


def test_each_parcel_pays_the_freight_of_its_own_pieces():
    lines = sent("a", 5_000, "1", 2), sent("b", 3_000, "2")
    quote = price(basket(*lines, region=SHENZHEN, freight_templates=(POST,)))
    assert [(each.parcel, each.units, each.fee_fen) for each in quote.freight_charges] == [
        ("1", 2, 1_000), ("2", 1, 800)]
    assert [each.freight_fen for each in quote.lines] == [1_000, 800]


def test_what_makes_the_freight_free_is_counted_over_all_parcels_and_hinted_once():
    lines = sent("a", 20_000, "1"), sent("b", 9_000, "2")
    near = price(basket(*lines, region=SHENZHEN, freight_templates=(POST,)))
    [hint] = [each for each in near.skipped if each.kind is RuleKind.FREE_FREIGHT]
    assert (near.freight_fen, hint.missing_fen, hint.saves_fen) == (1_600, 1_000, 1_600)
    free = price(basket(lines[0], replace(lines[1], price_fen=10_000), region=SHENZHEN, freight_templates=(POST,)))
    assert (free.freight_fen, [each.waived for each in free.freight_charges]) == (0, [True, True])
    parts = cut(free, {"a": "1", "b": "2"}.get)
    assert [[each.parcel for each in part.freight_charges] for part in parts.values()] == [["1"], ["2"]]


def test_one_order_has_the_whole_explanation_as_it_is():
    quote = price(basket(line("a", 5_000), line("b", 100), promotions=(reduction((1_000, 300)),), balance_to_use_fen=7))
    assert by_order(quote, {"": ["a", "b"]}, {}) == [quote]


def test_each_order_bears_its_share_of_what_all_of_them_reached_together():
    quote = price(basket(line("a", 20_000), line("b", 10_000), promotions=(reduction((30_000, 5_000)),)))
    parts = cut(quote, first_letter)
    assert {name: (part.full_reduction_fen, part.pay_fen) for name, part in parts.items()} == {
        "a": (3_333, 16_667), "b": (1_667, 8_333)}
    assert parts["a"].adjustments[0].shares == (Share("a", 3_333),)


def test_a_piece_that_goes_back_costs_its_order_no_more_than_it_would_have_cost_the_whole():
    lines = line("a", 10_000, 2), line("b", 10_000, 2)
    part = cut(price(basket(*lines, promotions=(reduction((30_000, 4_000)),))), first_letter)["a"]
    one = gone_of(part, {"a": 1})
    assert (one.goods_fen, one.taken_back) == (9_000, ())  # 30 000 remain, ten thousand of them in the order itself
    both = gone_of(part, {"a": 1}, already={"a": 1}, given_goods_fen=one.goods_fen)
    assert one.goods_fen + both.goods_fen == part.pay_fen
    near = cut(price(basket(*lines, promotions=(reduction((40_000, 4_000)),))), first_letter)["a"]
    assert [each.amount_fen for each in gone_of(near, {"a": 1}).taken_back] == [1_000]  # what its own other piece has


def test_of_steps_an_order_keeps_what_the_rest_of_the_checkout_still_deserves():
    steps = reduction((30_000, 3_000), (40_000, 8_000))
    part = cut(price(basket(line("a", 10_000, 2), line("b", 20_000), promotions=(steps,))), first_letter)["a"]
    assert part.full_reduction_fen == 4_000
    whole = gone_of(price(basket(line("a", 10_000, 2), line("b", 20_000), promotions=(steps,))), {"a": 1})
    mine = gone_of(part, {"a": 1})
    assert [sum(each.amount_fen for each in back.taken_back) for back in (mine, whole)] == [2_000, 3_000]


def test_the_n_th_piece_of_another_order_still_counts():
    half = NthPiece("half", "第二件半价", 2, 50)
    part = cut(price(basket(line("a", 10_000), line("b", 6_000), promotions=(half,))), first_letter)["b"]
    assert part.pay_fen == 3_000
    assert gone_of(part, {"b": 1}).goods_fen == 3_000
    two = cut(price(basket(line("a", 10_000), line("b", 6_000, 3), promotions=(half,))), first_letter)["b"]
    assert (two.pay_fen, [each.amount_fen for each in gone_of(two, {"b": 1}).taken_back]) == (12_000, [1_000])
    assert gone_of(two, {"b": 2}).taken_back == ()  # the dear one and a second remain


def test_a_gift_stays_while_the_goods_of_another_order_deserve_it():
    gift = Gift("gift", "满赠", 20_000, (Line("ag", "mug", "mug", "seller", 1, 1_500),))
    part = cut(price(basket(line("a", 5_000), line("b", 20_000), promotions=(gift,))), first_letter)["a"]
    assert gone_of(part, {"a": 1}).taken_back == ()
    with_all = price(basket(line("a", 5_000), line("b", 20_000), promotions=(gift,)))
    assert [each.amount_fen for each in gone_of(with_all, {"b": 1}).taken_back] == [1_500]


def test_what_the_platform_gives_on_goods_of_others_is_said_to_be_its_own():
    ours, theirs = line("a", 6_000, seller_id=PLATFORM), line("b", 4_000, seller_id="tea")
    rules = {"promotions": (reduction((10_000, 1_000), giver=PLATFORM),),
             "coupons": (coupon("c", off_fen=500, giver=PLATFORM),)}
    parts = cut(price(basket(ours, theirs, **rules)), first_letter)
    assert [[(each.amount_fen, each.given_by) for each in part.adjustments] for part in parts.values()] == [
        [(600, ""), (300, "")], [(400, PLATFORM), (200, PLATFORM)]]
    alone = price(basket(replace(theirs, price_fen=10_000), **rules))
    assert {each.given_by for each in alone.adjustments} == {PLATFORM}
    assert {each.given_by for each in price(basket(replace(ours, price_fen=10_000), **rules)).adjustments} == {""}


def test_nobody_reads_of_another_sellers_rules():
    promotions = [reduction((90_000, 1), promotion_id=name, scope=Scope(seller_id=seller_id))
                  for name, seller_id in (("pa", "s1"), ("pb", "s2"))]
    promotions.append(reduction((90_000, 1), promotion_id="all"))
    quote = price(basket(line("a", 100, seller_id="s1"), line("b", 100, seller_id="s2"), promotions=tuple(promotions)))
    parts = cut(quote, first_letter, {"pa": "s1", "pb": "s2", "all": PLATFORM})
    assert [[each.source_id for each in part.skipped] for part in parts.values()] == [["all", "pa"], ["all", "pb"]]
    assert {each.reason for part in parts.values() for each in part.skipped} == {Reason.BELOW_THRESHOLD}


# what holds for every basket

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
money = st.integers(0, 30_000)
scopes = st.one_of(st.just(Scope()), st.builds(Scope, seller_id=st.sampled_from(["s1", "s2"])),
                   st.builds(Scope, st.just(ScopeKind.GOODS), st.frozensets(st.sampled_from("pqr"), max_size=2)))
line_sets = st.lists(
    st.tuples(st.sampled_from("pqr"), st.sampled_from(["s1", "s2"]), st.sampled_from("12"), st.integers(1, 5), money,
              st.booleans()), min_size=1, max_size=6,
).map(lambda rows: tuple(
    Line(f"l{number}", f"k{spu}{seller}", spu, seller, quantity, price_fen, parcel=seller + parcel, is_virtual=virtual,
         freight_template_id="post")
    for number, (spu, seller, parcel, quantity, price_fen, virtual) in enumerate(rows)))
rules = st.one_of(
    st.builds(lambda made, **more: reduction(*made, **more), st.lists(st.tuples(st.integers(1, 40_000), money),
                                                                      min_size=1, max_size=2),
              scope=scopes, repeats=st.booleans(), giver=st.sampled_from(["", "s1", "p"])),
    st.builds(NthPiece, st.just("p"), st.just("n"), st.integers(2, 3), st.sampled_from([0, 50]), scopes, st.booleans(),
              st.booleans()),
    st.builds(AddOn, st.just("p"), st.just("a"), st.sampled_from([1, 5_000]), st.just({"kps1": 0, "kqs2": 500}),
              st.integers(1, 3), scopes),
    st.builds(Gift, st.just("p"), st.just("g"), st.sampled_from([1, 5_000]),
              st.just((Line("x", "gift", "gift", "s1", 2, 700),)), scopes))
rule_sets = st.lists(rules, max_size=3).map(lambda made: tuple(
    replace(each, promotion_id=f"p{number}", **({"lines": (replace(each.lines[0], line_id=f"x{number}"),)}
                                                if isinstance(each, Gift) else {}))
    for number, each in enumerate(made)))
coupon_sets = st.lists(
    st.tuples(st.sampled_from(CouponKind), st.sampled_from([0, 5_000]), st.sampled_from([999, 9_999]),
              st.integers(0, 100), scopes), max_size=2,
).map(lambda rows: tuple(
    coupon(f"c{number}", kind, threshold_fen=threshold, off_fen=off, percent=percent, scope=scope)
    for number, (kind, threshold, off, percent, scope) in enumerate(rows)))
rates = st.builds(FreightRate, st.just(EVERYWHERE), st.integers(0, 5), money, st.integers(0, 3), money,
                  st.sampled_from([None, 20_000]), st.sampled_from([None, 4]))
baskets = st.builds(
    Basket, line_sets, st.just(NOW), st.sampled_from([SHENZHEN, None]), promotions=rule_sets, coupons=coupon_sets,
    freight_templates=rates.map(lambda rate: (template(rate),)), points_to_use=st.sampled_from([0, 50, 9_999]),
    balance_to_use_fen=st.sampled_from([0, 100, 99_999]))


def orders_of(a_basket, quote):
    """By parcel; gifts go with the first."""
    parcels = {each.line_id: each.parcel for each in a_basket.lines}
    first = next((parcels[each.line_id] for each in quote.lines if each.line_id in parcels), "")
    return cut(quote, lambda line_id: parcels.get(line_id, first))


@quick
@given(baskets)
def test_the_orders_add_up_to_the_checkout_in_every_amount_and_each_is_whole_in_itself(a_basket):
    quote = price(a_basket)
    parts = list(orders_of(a_basket, quote).values())
    assert sorted(each.line_id for part in parts for each in part.lines) == sorted(each.line_id for each in quote.lines)
    for name in AMOUNTS:
        assert sum(getattr(part, name) for part in parts) == getattr(quote, name), name
    assert sum(len(part.freight_charges) for part in parts) == len(quote.freight_charges)
    for part in parts:
        assert before_balance(part).pay_fen == part.pay_fen + part.balance_fen
        assert from_json(json.loads(json.dumps(to_json(part)))) == part
        for each in part.adjustments:
            assert each.amount_fen == sum(share.amount_fen for share in each.shares) > 0
        for each in part.lines:
            off_fen = {"goods": 0, "freight": 0}
            for adjustment, amount_fen in part.shares_of(each.line_id):
                off_fen[adjustment.part.value] += amount_fen
            assert each.gross_fen - off_fen["goods"] == each.goods_pay_fen >= 0
            assert each.freight_fen - off_fen["freight"] == each.freight_pay_fen >= 0


@quick
@given(baskets, st.data())
def test_an_order_gives_back_what_was_paid_for_it_and_nothing_is_taken_from_it_while_all_of_it_stays(a_basket, data):
    quote = price(a_basket)
    broken = {each.source_id for each in gone_of(before_balance(quote)).taken_back}  # a line too small for a share
    for part in orders_of(a_basket, quote).values():
        whole = before_balance(part)
        assert {each.source_id for each in gone_of(whole).taken_back} <= broken
        gone, given_fen = {}, 0
        for each in data.draw(st.permutations(whole.lines)):
            pieces = data.draw(st.integers(1, each.quantity))
            for number in {pieces, each.quantity - pieces} - {0} if pieces * 2 != each.quantity else (pieces, pieces):
                back = gone_of(whole, {each.line_id: number}, already=gone, given_goods_fen=given_fen)
                gone[each.line_id] = gone.get(each.line_id, 0) + number
                given_fen += back.goods_fen
        assert given_fen == sum(each.goods_pay_fen for each in whole.lines)
