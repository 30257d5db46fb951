"""What holds for every basket, tried on many made-up ones."""

import json
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mall.domains.pricing.rules import (
    Basket,
    Buyer,
    CouponKind,
    FreightBy,
    FreightRate,
    FreightRefund,
    Line,
    Part,
    RuleKind,
    Scope,
    ScopeKind,
    StackingPolicy,
    Tier,
    UnitRule,
    _assemble,
    before_balance,
    from_json,
    part_of,
    price,
    refund_share,
    to_json,
    with_balance,
)
from mall.domains.pricing.stacking import APART, pair
from mall.domains.pricing.steps.add_on import AddOn
from mall.domains.pricing.steps.gift import Gift
from mall.domains.pricing.steps.hook import Hook
from mall.domains.pricing.steps.limited_time import LimitedTime
from mall.domains.pricing.steps.member_day import MemberDay
from mall.domains.pricing.steps.nth_piece import NthPiece
from mall.domains.pricing.steps.unit_prices import price_units
from mall.kit.money import percent_of, split
from rule_of_tests import FenOff
from pricing_baskets import NOW, SHENZHEN, coupon, few, group, group_with, line, reduction, template

pytestmark = pytest.mark.spec("D2")

quick = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
money = st.integers(0, 30000)
rarely_money = st.one_of(st.none(), st.none(), st.none(), money)
scopes = st.one_of(
    st.just(Scope()),
    st.builds(Scope, st.just(ScopeKind.GOODS), st.frozensets(st.sampled_from("pqr"), max_size=2)),
    st.builds(Scope, st.just(ScopeKind.CATEGORIES), st.frozensets(st.sampled_from("xyz"), max_size=2)),
    st.builds(Scope, seller_id=st.sampled_from(["s1", "s2"])),
)


@st.composite
def line_sets(draw, most=5):
    rows = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "sku_id": st.sampled_from(["k1", "k2", "k3"]),
                    "spu_id": st.sampled_from("pqr"),
                    "seller_id": st.sampled_from(["s1", "s2"]),
                    "quantity": st.integers(1, 7),
                    "price_fen": money,
                    "category_ids": st.sampled_from([("x",), ("x", "y"), ("z",)]),
                    "tiers": st.sampled_from([(), (Tier(3, 900), Tier(5, 700))]),
                    "member_price_fen": rarely_money,
                    "member_percent": st.sampled_from([None, 95, 88]),
                    "offers": st.one_of(st.just(()), st.just(()), st.builds(group, money), st.builds(few, money)),
                    "weight_grams": st.integers(0, 900),
                    "is_virtual": st.booleans(),
                    "freight_template_id": st.sampled_from([None, "post", "van"]),
                }
            ),
            min_size=1,
            max_size=most,
        )
    )
    return tuple(Line(line_id=f"l{number}", **row) for number, row in enumerate(rows))


@st.composite
def coupon_sets(draw, most=4):
    rows = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "kind": st.sampled_from(CouponKind),
                    "days_left": st.integers(0, 3),
                    "threshold_fen": st.sampled_from([0, 1000, 20000]),
                    "off_fen": st.sampled_from([1, 999, 1000, 40000]),
                    "percent": st.integers(0, 100),
                    "cap_fen": st.sampled_from([None, 0, 700, 5000]),
                    "scope": scopes,
                    "stack_group": st.sampled_from(["", "g1", "g2"]),
                }
            ),
            max_size=most,
        )
    )
    return tuple(coupon(f"c{number}", **row) for number, row in enumerate(rows))


steps = st.lists(st.tuples(st.integers(1, 40000), st.integers(1, 30000)), min_size=1, max_size=3)  # none gives nothing
promotion_sets = st.lists(
    st.builds(
        lambda made, **more: reduction(*made, **more),
        steps,
        scope=scopes,
        repeats=st.booleans(),
        priority=st.integers(0, 1),
    ),
    max_size=3,
).map(lambda made: tuple(replace(each, promotion_id=f"p{number}") for number, each in enumerate(made)))
rules = st.one_of(
    st.builds(NthPiece, st.just("p"), st.just("n"), st.integers(2, 4), st.sampled_from([0, 50, 99]), scopes,
              st.booleans(), st.booleans()),
    st.builds(MemberDay, st.just("p"), st.just("d"), st.sampled_from([(1,), (2,)]), st.integers(0, 99),
              st.sampled_from([frozenset(), frozenset({"vip"})]), scopes),
    st.builds(AddOn, st.just("p"), st.just("a"), st.sampled_from([1, 5_000, 30_000]),
              st.sampled_from([{"k1": 0}, {"k1": 990, "k2": 500}]), st.integers(1, 3), scopes),
    st.builds(Gift, st.just("p"), st.just("g"), st.sampled_from([1, 5_000, 30_000]),
              st.sampled_from([(), (Line("g", "k1", "p", "s1", 2, 700),)]), scopes),
    st.builds(LimitedTime, st.just("p"), st.just("l"), st.integers(0, 99), scope=scopes),
    st.builds(Hook, st.just("p"), st.just("h"), st.sampled_from([{"k1": 99}, {"k1": 99, "k3": 0}]), st.integers(1, 3),
              st.booleans()),
    st.builds(FenOff, st.just("p"), st.just("f"), scopes),
    st.builds(lambda made, **more: reduction(*made, **more), steps, scope=scopes, repeats=st.booleans()),
)


def numbered(made):
    """Each with an id of its own, also of its gift."""
    return tuple(
        replace(each, promotion_id=f"p{number}", **({"lines": tuple(
            replace(own, line_id=f"x{number}") for own in each.lines)} if isinstance(each, Gift) else {}))
        for number, each in enumerate(made))


rule_sets = st.lists(rules, max_size=4).map(numbered)
rates = st.builds(
    FreightRate,
    st.just(frozenset()),
    st.integers(0, 1000),
    st.integers(0, 2000),
    st.integers(0, 700),
    st.integers(0, 500),
    st.sampled_from([None, 9900]),
    st.sampled_from([None, 4]),
)
template_sets = st.tuples(rates, rates).map(
    lambda two: (
        template(two[0], by=FreightBy.WEIGHT),
        template(two[1], template_id="van", undeliverable=frozenset({"海南省"})),
    )
)
policies = st.builds(
    StackingPolicy,
    several=st.sampled_from([frozenset(), frozenset({"full_reduction", "nth_piece"})]),
    apart=st.sampled_from([
        APART, APART | {pair("full_reduction", "goods_coupon")}, frozenset(), group_with("goods_coupon"),
        APART | {pair("nth_piece", "member_day"), pair("member_day", "full_reduction"), pair("gift", "goods_coupon"),
                 pair("limited_time", "full_reduction")}]),
    goods_coupons=st.integers(0, 3),
    free_shipping_coupons=st.integers(0, 2),
)
baskets = st.builds(
    Basket,
    line_sets(),
    st.just(NOW),
    st.sampled_from([SHENZHEN, SHENZHEN, None]),
    coupons=coupon_sets(),
    promotions=promotion_sets,
    chosen_coupon_ids=st.sampled_from([None, None, (), ("c0",), ("c0", "c1", "c9")]),
    freight_templates=template_sets,
    policy=policies,
    points_to_use=st.sampled_from([0, 0, 50, 999999]),
    points_per_yuan=st.sampled_from([100, 1, 1000]),
    points_cap_percent=st.sampled_from([100, 50, 33]),
    balance_to_use_fen=st.sampled_from([0, 0, 100, 9999999]),
)


plain_baskets, baskets = baskets, st.builds(
    lambda a_basket, promotions, level, is_new: replace(a_basket, promotions=promotions, buyer=Buyer(level, is_new)),
    baskets, rule_sets, st.sampled_from(["", "vip"]), st.booleans())


def before_payments(quote):
    return quote.pay_fen + quote.points_fen + quote.balance_fen


@quick
@given(baskets)
def test_every_part_adds_up_and_nothing_falls_below_zero(a_basket):
    quote = price(a_basket)
    for each in quote.adjustments:
        assert each.amount_fen == sum(share.amount_fen for share in each.shares) > 0
    for charge in quote.freight_charges:
        assert charge.fee_fen == sum(share.amount_fen for share in charge.shares)
    assert quote.freight_fen == sum(charge.fee_fen for charge in quote.freight_charges)
    for each in quote.lines:
        taken = {"goods": 0, "freight": 0}
        for adjustment, amount_fen in quote.shares_of(each.line_id):
            taken[adjustment.part.value] += amount_fen
        assert each.gross_fen == each.unit_fen * each.quantity
        assert each.gross_fen - taken["goods"] == each.goods_pay_fen >= 0
        assert each.freight_fen - taken["freight"] == each.freight_pay_fen >= 0
    assert quote.pay_fen == sum(each.goods_pay_fen + each.freight_pay_fen for each in quote.lines) >= 0
    assert quote.discount_fen == sum(each.amount_fen for each in quote.adjustments if each.part is Part.GOODS
                                     and each.kind is not RuleKind.BALANCE)
    off_fen = quote.full_reduction_fen + quote.promotion_fen + quote.goods_coupon_fen + quote.freight_coupon_fen
    assert before_payments(quote) == quote.goods_fen + quote.freight_fen - off_fen
    assert sum(each.amount_fen for each in quote.adjustments) == off_fen + quote.points_fen + quote.balance_fen


@quick
@given(baskets)
def test_balance_pays_for_a_price_and_changes_none(a_basket):
    whole, paid = price(replace(a_basket, balance_to_use_fen=0)), price(a_basket)
    assert before_balance(paid) == whole
    assert with_balance(whole, paid.balance_fen) == paid


@quick
@given(baskets, st.randoms(use_true_random=False))
def test_the_order_of_lines_coupons_and_rules_changes_nothing(a_basket, dice):
    def shuffled(values):
        return tuple(dice.sample(values, len(values)))

    mixed = replace(
        a_basket,
        lines=shuffled([replace(each, tiers=shuffled(each.tiers)) for each in a_basket.lines]),
        coupons=shuffled(a_basket.coupons),
        promotions=shuffled(a_basket.promotions),
        freight_templates=shuffled(a_basket.freight_templates),
        chosen_coupon_ids=a_basket.chosen_coupon_ids and shuffled(a_basket.chosen_coupon_ids),
    )
    assert price(mixed) == price(a_basket)


@quick
@given(baskets)
def test_every_rule_is_accounted_for_exactly_once_as_used_or_as_skipped(a_basket):
    quote = price(a_basket)
    coupon_kinds = (RuleKind.GOODS_COUPON, RuleKind.FREE_SHIPPING_COUPON)
    named = list(quote.coupon_ids) + [each.source_id for each in quote.skipped if each.kind in coupon_kinds]
    chosen = set(a_basket.chosen_coupon_ids or ())
    assert sorted(named) == sorted({each.coupon_id for each in a_basket.coupons} | chosen)
    assert all(each.sentence for each in quote.skipped)


@quick
@given(baskets)
def test_the_explanation_comes_back_from_json_as_it_went(a_basket):
    quote = price(a_basket)
    stored = to_json(quote)
    assert json.loads(json.dumps(stored)) == stored
    assert from_json(json.loads(json.dumps(stored))) == quote


@quick
@given(baskets, st.data())
def test_unit_by_unit_refunds_equal_the_whole_and_all_together_the_payment(a_basket, data):
    quote = price(a_basket)
    total_fen = 0
    for each in quote.lines:
        for freight, whole_fen in (
            (FreightRefund.KEPT, each.goods_pay_fen),
            (FreightRefund.BY_SHARE, each.goods_pay_fen + each.freight_pay_fen),
        ):
            done, given_back = 0, 0
            while done < each.quantity:
                more = data.draw(st.integers(1, each.quantity - done))
                part_fen = refund_share(quote, each.line_id, more, already_refunded_quantity=done, freight=freight)
                assert part_fen >= 0
                done, given_back = done + more, given_back + part_fen
            assert given_back == whole_fen
            assert given_back == refund_share(
                quote, each.line_id, each.quantity, already_refunded_quantity=0, freight=freight
            )
        total_fen += given_back
    assert total_fen == quote.pay_fen


@quick
@given(baskets)
def test_the_parts_of_two_sellers_add_up_to_the_whole_and_refund_the_same(a_basket):
    quote = price(a_basket)
    parts = [
        part_of(quote, [each.line_id for each in quote.lines if each.seller_id == seller_id])
        for seller_id in ("s1", "s2")
    ]
    for name, total in to_json(quote).items():
        if name.endswith("_fen") or name == "points_used":
            assert sum(getattr(part, name) for part in parts) == total, name
    for part in parts:
        for each in part.lines:
            assert part.shares_of(each.line_id) == tuple(
                (next(own for own in part.adjustments if own.source_id == whole.source_id
                      and own.part is whole.part), amount_fen)
                for whole, amount_fen in quote.shares_of(each.line_id)
            )  # fmt: skip


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
            part.unit_rule is UnitRule.GROUP and a_basket.policy.closes("group", kind.value))
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


@quick
@given(baskets)
def test_every_promotion_is_told_of_as_taken_as_an_offer_or_with_its_reason(a_basket):
    quote = price(a_basket)
    told = {each.source_id for each in (*quote.adjustments, *quote.skipped)}
    told |= {offer.source_id for each in quote.lines for offer in each.unit_offers}
    missing = {each.promotion_id for each in a_basket.promotions} - told
    assert missing <= {each.promotion_id for each in a_basket.promotions
                       if isinstance(each, Gift) and not sum(own.price_fen for own in each.lines)}


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
