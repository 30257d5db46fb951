"""No set of coupons and no way through the table is better than the one that is taken: every one is tried."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_baskets import baskets, before_payments, coupon_sets, plain_baskets, quick
from mall.domains.pricing.rules import (
    Basket,
    CouponKind,
    RuleKind,
    Scope,
    ScopeKind,
    StackingPolicy,
    UnitRule,
    _assemble,
    price,
)
from mall.domains.pricing.stacking import APART, KIND, pair
from mall.domains.pricing.steps.unit_prices import price_units
from mall.kit.money import percent_of, split
from pricing_baskets import NOW, coupon, line

pytestmark = pytest.mark.spec("D2")


@quick
@given(baskets, coupon_sets(most=1))
def test_one_more_coupon_never_makes_the_automatic_price_worse(a_basket, more):
    a_basket = replace(a_basket, chosen_coupon_ids=None)
    extra = tuple(replace(each, coupon_id="extra") for each in more)
    richer = replace(a_basket, coupons=a_basket.coupons + extra)
    assert before_payments(price(richer)) <= before_payments(price(a_basket))


@quick
@given(baskets)
def test_the_automatic_choice_is_never_dearer_than_any_choice_of_the_buyer(a_basket):
    automatic = price(replace(a_basket, chosen_coupon_ids=None))
    ids = [each.coupon_id for each in a_basket.coupons]
    for size in range(len(ids) + 1):
        for chosen in combinations(ids, size):
            quote = price(replace(a_basket, chosen_coupon_ids=chosen))
            assert before_payments(automatic) <= before_payments(quote)


def usable_alone(each, a_basket, bare, amounts):
    """The lines the coupon may be used on, by a second reading of the rules; empty: not usable. `bare`: the price
    without coupons, whose lines are parts of the basket's."""
    if not each.valid_from <= a_basket.now < each.valid_until:
        return []
    free = each.kind is CouponKind.FREE_SHIPPING
    kind = RuleKind.FREE_SHIPPING_COUPON if free else RuleKind.GOODS_COUPON
    items = {item.line_id: item for item in a_basket.lines}
    own = [
        part.line_id
        for part in bare.lines
        if each.scope.covers(items[part.line_id[:2]]) and not (
            part.unit_rule is UnitRule.KIND and a_basket.policy.closes(KIND, kind.value))
    ]
    reached = each.kind is CouponKind.NO_THRESHOLD or sum(amounts[i] for i in own) >= each.threshold_fen
    return own if reached else []


def saved_by(coupons, a_basket, bare, amounts, freight):
    """What a set saves when forced, None when it is not allowed."""
    for slot, limit in (
        (False, a_basket.policy.goods_coupons),
        (True, a_basket.policy.free_shipping_coupons),
    ):
        groups = [each.stack_group for each in coupons if (each.kind is CouponKind.FREE_SHIPPING) is slot]
        if len(groups) > limit or len(set(groups)) < len(groups):
            return None
    left = {False: dict(amounts), True: dict(freight)}
    for each in sorted(coupons, key=lambda c: (c.kind is not CouponKind.DISCOUNT, c.valid_until, c.coupon_id)):
        own = sorted(usable_alone(each, a_basket, bare, amounts))
        if not own:
            return None
        rest = left[each.kind is CouponKind.FREE_SHIPPING]
        total = sum(rest[i] for i in own)
        if each.kind is CouponKind.DISCOUNT:
            off_fen = min(total - percent_of(total, each.percent), total if each.cap_fen is None else each.cap_fen)
        elif each.kind is CouponKind.FREE_SHIPPING:
            off_fen = min(total, total if each.cap_fen is None else each.cap_fen)
        else:
            off_fen = min(total, each.off_fen)
        for line_id, part in zip(own, split(off_fen, [rest[i] for i in own]), strict=True):
            rest[line_id] -= part
    return sum(amounts.values()) + sum(freight.values()) - sum(sum(rest.values()) for rest in left.values())


def turns(coupons):
    """How a set stands among equal ones: by slot, fewer coupons, then earlier expiry, then id."""
    slots = ([], [])
    for each in coupons:
        slots[each.kind is CouponKind.FREE_SHIPPING].append((each.valid_until, each.coupon_id))
    return [(len(slot), sorted(slot)) for slot in slots]


def assert_no_set_is_better(a_basket):
    """Try every set of the coupons held, and compare with the automatic choice."""
    bare = price(replace(a_basket, chosen_coupon_ids=()))
    amounts = {each.line_id: each.goods_pay_fen for each in bare.lines}
    freight = {each.line_id: each.freight_fen for each in bare.lines}
    forced = [
        (saved_fen, chosen)
        for size in range(len(a_basket.coupons) + 1)
        for chosen in combinations(a_basket.coupons, size)
        if (saved_fen := saved_by(chosen, a_basket, bare, amounts, freight)) is not None
    ]
    most_fen = max(saved_fen for saved_fen, _ in forced)
    first = min((chosen for saved_fen, chosen in forced if saved_fen == most_fen), key=turns)
    automatic = price(a_basket)
    assert bare.pay_fen - automatic.pay_fen == most_fen
    assert set(automatic.coupon_ids) == {each.coupon_id for each in first}


@settings(quick, max_examples=160)
@given(plain_baskets, coupon_sets(most=6))
def test_brute_force_over_all_sets_agrees_with_the_automatic_choice(a_basket, held):
    apart = frozenset(each for each in a_basket.policy.apart & APART if "hook" not in each)  # tried below
    policy = replace(a_basket.policy, apart=apart)
    plain = {"chosen_coupon_ids": None, "points_to_use": 0, "balance_to_use_fen": 0}
    assert_no_set_is_better(replace(a_basket, coupons=held, policy=policy, **plain))


small_coupons = st.lists(
    st.one_of(
        st.builds(dict, off_fen=st.integers(1, 12)),
        st.builds(dict, kind=st.just(CouponKind.DISCOUNT), percent=st.integers(60, 99)),
    ),
    min_size=3,
    max_size=7,
)


@settings(quick, max_examples=160)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=3), small_coupons, st.data())
def test_brute_force_agrees_to_the_fen_where_several_coupons_stack(prices, rows, data):
    held = tuple(
        coupon(
            f"c{number}",
            **row,
            days_left=data.draw(st.integers(1, 3)),
            stack_group=data.draw(st.sampled_from(["g1", "g2", f"own{number}"])),
            scope=data.draw(st.sampled_from([Scope(), Scope(ScopeKind.GOODS, frozenset({"spu-l0"}))])),
        )
        for number, row in enumerate(rows)
    )
    lines = tuple(line(f"l{number}", price_fen) for number, price_fen in enumerate(prices))
    limit = data.draw(st.integers(2, 3))
    assert_no_set_is_better(Basket(lines, NOW, coupons=held, policy=StackingPolicy(goods_coupons=limit)))


def ways(a_basket):
    """By a second reading of the table: every largest set of groups that may stand beside each other, with and without
    each price that closes any of those that are there."""
    apart, order = a_basket.policy.apart, (*a_basket.policy.order, "goods_coupon", "free_shipping_coupon")
    held = {"free_shipping_coupon" if each.kind is CouponKind.FREE_SHIPPING else "goods_coupon"
            for each in a_basket.coupons}
    there = {each.kind.value for each in a_basket.promotions} | held
    later = [each for each in order if each in there]
    allowed = [set(some) for size in range(len(later) + 1) for some in combinations(later, size)
               if not any(pair(*two) in apart for two in combinations(some, 2))]
    largest = [some for some in allowed if not any(some < other for other in allowed)]
    prices = [each for each in ("limited_time", "hook") if each in there
              and any(pair(each, other) in apart for other in later)]
    for some in largest:
        for size in range(len(prices) + 1):
            for without in combinations(prices, size):
                yield frozenset(set(later) - some) | frozenset(without)


@settings(quick, max_examples=80)
@given(baskets)
def test_brute_force_over_the_table_agrees_with_the_way_that_was_taken(a_basket):
    a_basket = replace(a_basket, chosen_coupon_ids=None)
    lines = sorted(a_basket.lines, key=lambda each: each.line_id)
    tried = [before_payments(_assemble(a_basket, *price_units(lines, a_basket, back), back))
             for back in ways(a_basket)]
    assert before_payments(price(a_basket)) == min(tried)
